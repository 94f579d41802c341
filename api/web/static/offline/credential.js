"use strict";

// Credentials by keys at hand: Data Integrity proofs of Ed25519 (eddsa-rdfc-2022, eddsa-jcs-2022) and
// tokens of ES256 in two forms (VC-JWT of Open Badges 3.0, and vc+jwt). The rules are those of
// `certificates/verify_credential.py`, `data_integrity.py` and `credential_jwt.py`.

const Credential = (() => {
  const CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2";
  const DOCUMENT_BYTES_MAX = 2 ** 19;
  const PROOFS_MAX = 4;
  const RDFC = "eddsa-rdfc-2022";
  const JCS = "eddsa-jcs-2022";
  const REGISTERED = { nbf: "validFrom", exp: "validUntil" };
  const CLAIMS = ["iss", "sub", "jti", "iat", "nbf", "exp"];

  /** Read a credential, JSON or a token: its document, its issuer, and the token where it is one. */
  const parse = (text) => {
    Bytes.require(Bytes.utf8(text).length <= DOCUMENT_BYTES_MAX, "a credential is not that long");
    const token = text.startsWith("{") ? null : openToken(text);
    const document = token === null ? JSONText.read(text) : token.credential;
    const issuer = JSONText.isObject(document.issuer) ? document.issuer.id : document.issuer;
    Bytes.require(typeof issuer === "string", "a credential names its issuer");
    return { document, issuer, token };
  };

  const openToken = (text) => {
    const parts = text.split(".");
    Bytes.require(parts.length === 3, "this is not a token of a credential");
    const [header, payload] = parts
      .slice(0, 2).map((part) => JSONText.read(Bytes.text(Bytes.fromBase64url(part))));
    const areObjects = JSONText.isObject(header) && JSONText.isObject(payload);
    Bytes.require(areObjects && typeof header.kid === "string", "a token names its key");
    Bytes.require(header.alg === "ES256" && !("crit" in header), "a token is signed by ES256");
    return {
      method: header.kid,
      signed: Bytes.utf8(`${parts[0]}.${parts[1]}`),
      signature: Bytes.fromBase64url(parts[2]),
      credential: credentialIn(payload),
    };
  };

  /** Give the credential of a token; registered claims that contradict it are refused. */
  const credentialIn = (payload) => {
    const beside = Object.entries(payload).filter(([name]) => !CLAIMS.includes(name));
    const credential = payload.vc ?? Object.fromEntries(beside);
    Bytes.require(JSONText.isObject(credential), "a token holds a credential");
    for (const [name, value] of Object.entries(registered(credential))) {
      const isSame = !(name in payload)
        || JSONText.canonical(payload[name]) === JSONText.canonical(value ?? null);
      Bytes.require(value === undefined || isSame, `the claim ${name} contradicts the credential`);
    }
    return credential;
  };

  const registered = (credential) => {
    const { id, issuer, credentialSubject: subject } = credential;
    const areNamed = id !== undefined && issuer !== undefined && JSONText.isObject(subject);
    Bytes.require(areNamed, "the credential lacks an issuer, a subject or its id");
    const claims = { iss: JSONText.isObject(issuer) ? issuer.id : issuer, sub: subject.id, jti: id };
    for (const [claim, name] of Object.entries(REGISTERED)) {
      if (name in credential) claims[claim] = Number(Times.read(credential[name]) / 1_000_000n);
    }
    return claims;
  };

  /** Check form, signature and dates; the credential is given only where its signature is good. */
  const verify = async (presented, keyOf, now) => {
    try {
      requireForm(presented.document);
      const signature = await signatureOf(presented, keyOf);
      const dates = datesOf(presented.document, now);
      const isGood = signature.result === "passed";
      const checks = [Check.passed("format"), signature];
      if (isGood) checks.push(dates);
      return { checks, credential: isGood ? presented : null };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { checks: [Check.failed("format", "unreadable")], credential: null };
    }
  };

  /** Refuse what VCDM 2.0, section 4 requires and is not there. */
  const requireForm = (document) => {
    const { "@context": contexts, type, credentialSubject: subject } = document;
    const isOfVersion = Array.isArray(contexts) && contexts[0] === CREDENTIALS_V2;
    Bytes.require(isOfVersion, "the first context is that of credentials of version 2");
    const types = Array.isArray(type) ? type : [type];
    Bytes.require(types.includes("VerifiableCredential"), "its type is not that of a credential");
    const isSubject = subject !== null && typeof subject === "object";
    Bytes.require(isSubject && Object.keys(subject).length > 0, "a credential has a subject");
  };

  const signatureOf = async ({ document, issuer, token }, keyOf) => {
    if (token !== null) {
      const key = keyOf(issuer, token.method);
      if (key === undefined) return Check.skipped("signature", "unknown-key");
      const isGood = key.suite === Keys.P256
        && await Keys.verifies(key, token.signature, token.signed);
      return isGood ? Check.passed("signature") : Check.failed("signature", "signature-mismatch");
    }
    const proofs = proofsOf(document).filter(isSupported);
    if (!proofs.length) return Check.skipped("signature", "suite-unknown");
    const judged = [];
    for (const proof of proofs) judged.push(await proofVerifies(document, issuer, proof, keyOf));
    if (judged.includes(false)) return Check.failed("signature", "signature-mismatch");
    return judged.includes(true) ? Check.passed("signature") : Check.skipped("signature", "unknown-key");
  };

  const proofsOf = (document) => {
    const proofs = document.proof === undefined ? [] : document.proof;
    const listed = Array.isArray(proofs) ? proofs : [proofs];
    Bytes.require(listed.every(JSONText.isObject), "a proof is an object");
    Bytes.require(listed.length <= PROOFS_MAX, "a document has not that many proofs");
    return listed;
  };

  const isSupported = (proof) =>
    proof.type === "DataIntegrityProof" && [RDFC, JCS].includes(proof.cryptosuite);

  /** Judge one proof; null where its key is not known. */
  const proofVerifies = async (document, issuer, proof, keyOf) => {
    Bytes.require(typeof proof.verificationMethod === "string", "a proof names its method");
    const key = keyOf(issuer, proof.verificationMethod);
    if (key === undefined) return null;
    const { proofValue, ...options } = proof;
    const { proof: _, ...unsecured } = document;
    const signature = signatureIn(proof);
    if ("@context" in options && !beginsWith(document["@context"], options["@context"])) {
      return false;
    }
    const data = await toBeSigned(unsecured, options);
    return key.suite === Keys.ED25519 && Keys.verifies(key, signature, data);
  };

  const signatureIn = (proof) => {
    const isText = ["proofPurpose", "proofValue"].every((name) => typeof proof[name] === "string");
    Bytes.require(isText && proof.proofPurpose === "assertionMethod", "the proof does not assert");
    for (const name of ["created", "expires"]) if (name in proof) Times.read(proof[name]);
    Bytes.require(proof.proofValue.startsWith("z"), "the proof value is multibase of base58");
    const signature = Bytes.fromBase58(proof.proofValue.slice(1));
    Bytes.require(signature.length === Keys.SIGNATURE_BYTES, "a signature has 64 bytes");
    return signature;
  };

  /** Give the proof options' hash and then the document's. */
  const toBeSigned = async (document, options) => {
    const isRDFC = options.cryptosuite === RDFC;
    const context = isRDFC ? document["@context"] : options["@context"];
    const pair = [options, document].map((one, at) =>
      context !== undefined && isRDFC === (at === 0) ? { ...one, "@context": context } : one);
    const write = isRDFC ? LinkedData.canonical : JSONText.canonical;
    const hashes = [];
    for (const one of pair) hashes.push(await Bytes.sha256(Bytes.utf8(await write(one))));
    return Bytes.concat(...hashes);
  };

  /** Say whether the document's contexts begin with those of the proof. */
  const beginsWith = (contexts, those) => {
    const [every, first] = [contexts, those].map((one) => (Array.isArray(one) ? one : [one]));
    return JSONText.canonical(every.slice(0, first.length)) === JSONText.canonical(first);
  };

  const datesOf = (document, now) => {
    const [begins, ends] = ["validFrom", "validUntil"].map((name) =>
      name in document ? Times.read(document[name]) : null);
    const areInOrder = begins === null || ends === null || begins <= ends;
    Bytes.require(areInOrder, "a credential does not end before it begins");
    if (ends !== null && now > ends) return Check.failed("dates", "expired");
    if (begins !== null && now < begins) return Check.failed("dates", "not-yet-valid");
    return Check.passed("dates");
  };

  return { parse, verify };
})();
