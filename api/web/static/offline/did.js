"use strict";

// The keys of a DID document (did:web), by verification method.

const DID = (() => {
  /** Give the keys of one relation; only those that the DID itself controls. */
  const methodsOf = async (document, relation) => {
    Bytes.require(JSONText.isObject(document), "this is not a DID document");
    const did = document.id;
    const listed = document[relation];
    Bytes.require(typeof did === "string" && Array.isArray(listed), "this is not a DID document");
    const named = (document.verificationMethod ?? []).filter((one) => listed.includes(one.id));
    const found = new Map();
    for (const method of [...named, ...listed.filter(JSONText.isObject)]) {
      if (method.controller !== did) continue;
      const key = publicOf(method);
      const name = String(method.id).startsWith("#") ? did + method.id : method.id;
      if (key !== null) found.set(name, await Keys.make(...key));
    }
    return found;
  };

  const publicOf = (method) => {
    if ("publicKeyMultibase" in method) return fromMultibase(method.publicKeyMultibase);
    const jwk = method.publicKeyJwk;
    if (!JSONText.isObject(jwk) || "d" in jwk) return null;
    if (jwk.kty === "OKP" && jwk.crv === "Ed25519") return [Keys.ED25519, coordinate(jwk.x)];
    if (jwk.kty !== "EC" || jwk.crv !== "P-256") return null;
    const point = [new Uint8Array([4]), coordinate(jwk.x), coordinate(jwk.y)];
    return [Keys.P256, Bytes.concat(...point)];
  };

  /** Read an Ed25519 key (multicodec ed25519-pub); others are left. */
  const fromMultibase = (text) => {
    if (!text.startsWith("z")) return null;
    const data = Bytes.fromBase58(text.slice(1));
    const isEd25519 = data.length === 34 && data[0] === 0xed && data[1] === 0x01;
    return isEd25519 ? [Keys.ED25519, data.subarray(2)] : null;
  };

  const coordinate = (text) => {
    const data = Bytes.fromBase64url(text);
    Bytes.require(data.length === 32, "a coordinate has 32 bytes");
    return data;
  };

  /** Give the other DIDs of its subject; believe them only of a document that is trusted by itself. */
  const otherNamesIn = (document) => {
    const names = document.alsoKnownAs ?? [];
    const areNames = Array.isArray(names) && names.every((one) => typeof one === "string");
    Bytes.require(areNames, "other names are a list of texts");
    return names;
  };

  return { methodsOf, otherNamesIn };
})();
