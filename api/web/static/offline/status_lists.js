"use strict";

// Bitstring Status List v1.0: lists that their issuer signed, and how something stands by them.
// A revocation is for good, so a set bit counts although its list has run out.

const StatusLists = (() => {
  const BITS = 131_072;
  const BYTES_MAX = (16 * BITS) / 8;
  const ENTRY_TYPE = "BitstringStatusListEntry";
  const PURPOSES = ["revocation", "suspension"];

  /** Read a list as it is served; one that its issuer, by any of its names, did not sign is refused. */
  const read = async (text, issuers, keyOf) => {
    const presented = Credential.parse(text);
    const { document } = presented;
    const madeAt = Times.read(document.validFrom);
    Bytes.require(issuers.includes(presented.issuer), "the status list is of another issuer");
    const signed = await Credential.verify(presented, keyOf, madeAt);
    const isSigned = signed.checks.length === 3
      && signed.checks.every((one) => one.result === "passed");
    Bytes.require(isSigned, "the status list is not signed by its issuer");
    const subject = document.credentialSubject;
    const isList = [document.type].flat().includes("BitstringStatusListCredential")
      && subject.type === "BitstringStatusList" && PURPOSES.includes(subject.statusPurpose);
    Bytes.require(isList && typeof document.id === "string", "this credential is no status list");
    return {
      name: nameOf(document.id),
      purpose: subject.statusPurpose,
      bits: await decode(subject.encodedList),
      madeAt,
      validUntil: Times.read(document.validUntil),
    };
  };

  const nameOf = (url) => url.slice(url.lastIndexOf("/") + 1);

  /** Unpack the bits of a list, never more than a list may have. */
  const decode = async (encoded) => {
    const isText = typeof encoded === "string" && encoded.startsWith("u");
    Bytes.require(isText, "a status list is multibase of base64url");
    const packed = Bytes.fromBase64url(encoded.slice(1));
    const reader = new Blob([packed]).stream()
      .pipeThrough(new DecompressionStream("gzip")).getReader();
    let bits = new Uint8Array();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        bits = Bytes.concat(bits, part.value);
        if (bits.length > BYTES_MAX) break;
      }
    } catch {
      throw new Refused("a status list is compressed by GZIP");
    }
    Bytes.require(bits.length <= BYTES_MAX && 8 * bits.length >= BITS, "a list is not that long");
    return bits;
  };

  /** Give the status of a pass whose bit stands at this place; older passes have none. */
  const ofPass = (place, lists, now) => {
    if (place === undefined) return { problem: "offline" };
    const number = Math.floor(place / BITS);
    const entries = PURPOSES.map((purpose) =>
      ({ purpose, list: `pass-${purpose}-${number}`, index: place % BITS }));
    return told(entries, lists, now);
  };

  /** Give the status of a credential by its `credentialStatus`; of a list (CLR 2.0) all must hold. */
  const ofCredential = (document, lists, now) => {
    const parts = objects(document.credentialSubject?.verifiableCredential);
    const known = [document, ...parts].flatMap((one) => objects(one.credentialStatus))
      .filter((one) => one.type === ENTRY_TYPE);
    if (!known.length) return { problem: "offline" };
    const areReadable = known.every((one) =>
      typeof one.statusListCredential === "string" && PURPOSES.includes(one.statusPurpose)
      && typeof one.statusListIndex === "string" && /^\d{1,9}$/.test(one.statusListIndex));
    if (!areReadable) return { problem: "status-unreadable" };
    const entries = known.map((one) => ({
      purpose: one.statusPurpose,
      list: nameOf(one.statusListCredential),
      index: Number(one.statusListIndex),
    }));
    return told(entries, lists, now);
  };

  const objects = (value) => [value].flat().filter(JSONText.isObject);

  /** Tell what several lists say together, as of the oldest of them. */
  const told = (entries, lists, now) => {
    const found = { revocation: null, suspension: null };
    const asOf = [];
    const problems = [];
    for (const { purpose, list: name, index } of entries) {
      const list = lists.get(name);
      if (list?.purpose !== purpose || index >= 8 * list.bits.length) {
        problems.push("status-list-missing");
        continue;
      }
      const isSet = (list.bits[index >> 3] & (0x80 >> (index & 7))) !== 0;
      const isCurrent = list.madeAt <= now && now <= list.validUntil;
      if (isSet && (purpose === "revocation" || isCurrent)) found[purpose] = list.madeAt;
      else if (!isCurrent) problems.push("status-stale");
      else asOf.push(list.madeAt);
    }
    if (found.revocation !== null) return { asOf: found.revocation, failure: "no-longer-holds" };
    if (found.suspension !== null) return { asOf: found.suspension, failure: "suspended" };
    if (problems.length) return { problem: problems[0] };
    return { asOf: asOf.reduce((oldest, one) => (one < oldest ? one : oldest)), failure: null };
  };

  return { read, ofPass, ofCredential };
})();
