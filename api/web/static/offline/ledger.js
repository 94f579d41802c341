"use strict";

// The proof that an entry is in the ledger: C2SP tlog-proof over a signed checkpoint, Merkle tree of
// RFC 9162, and statements whose fields are disclosed one by one (SD-JWT form, RFC 9901).

const Ledger = (() => {
  const HEADER = "c2sp.org/tlog-proof@v1";
  const HASH_BYTES = 32;
  const KEY_ID_BYTES = 4;
  const PATH_LENGTH_MAX = 63;
  const NOTE_LENGTH_MAX = 1 << 17;
  const SIGNATURES_MAX = 64;
  const ED25519 = 1;
  const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([0-9A-Za-z+/]+={0,2})$/;
  const CONTROL = /[\x00-\x09\x0b-\x1f]/;
  const DECIMAL = /^(?:0|[1-9][0-9]{0,18})$/;
  const STATEMENT_NAMES = ["_sd", "_sd_alg", "iss", "log", "vct"];
  const RESERVED_NAMES = ["...", ...STATEMENT_NAMES];

  /** Check that a receipt's checkpoint, which the log signed, includes a leaf; gives the index. */
  const verifyReceipt = async (text, leaf, verifierKeys) => {
    const receipt = parseReceipt(text);
    const checkpoint = await verifyNote(receipt.note, verifierKeys);
    const digest = await Bytes.sha256(Bytes.concat([0], leaf));
    await verifyInclusion(digest, receipt, checkpoint);
    return receipt.index;
  };

  const parseReceipt = (text) => {
    const split = text.indexOf("\n\n");
    const lines = text.slice(0, Math.max(split, 0)).split("\n");
    Bytes.require(split >= 0 && lines.shift() === HEADER, "this is not a tlog-proof");
    if (lines[0]?.startsWith("extra ")) Bytes.fromBase64(lines.shift().slice(6));
    Bytes.require(lines[0]?.startsWith("index "), "a tlog-proof names an index");
    const index = decimal(lines.shift().slice(6));
    Bytes.require(lines.length <= PATH_LENGTH_MAX, "a tlog-proof is not that long");
    return { index, path: lines.map(hash), note: text.slice(split + 2) };
  };

  const decimal = (text) => {
    Bytes.require(DECIMAL.test(text), "this is not a decimal number");
    return BigInt(text);
  };

  const hash = (line) => {
    const digest = Bytes.fromBase64(line);
    Bytes.require(digest.length === HASH_BYTES, "a hash has 32 bytes");
    return digest;
  };

  /** Give the checkpoint of a note that a key of the log signed; other signatures are left. */
  const verifyNote = async (note, verifierKeys) => {
    const { checkpoint, text, signatures } = parseNote(note);
    const keys = await Promise.all(verifierKeys.map(parseVerifierKey));
    let isSigned = false;
    for (const [name, data] of signatures) {
      const id = Bytes.hex(data.subarray(0, KEY_ID_BYTES));
      const key = keys.find((one) => one.name === name && one.id === id);
      if (key === undefined) continue;
      const isGood = await Keys.verifies(key, data.subarray(KEY_ID_BYTES), text);
      Bytes.require(isGood, `a signature of ${name} is wrong`);
      isSigned ||= name === checkpoint.origin;
    }
    Bytes.require(isSigned, "no known key of the log signed this note");
    return checkpoint;
  };

  const parseNote = (note) => {
    const isOfForm = note.length <= NOTE_LENGTH_MAX && !CONTROL.test(note);
    Bytes.require(isOfForm, "a note is too long or has control characters");
    const split = note.lastIndexOf("\n\n");
    const lines = note.slice(split + 2).split("\n");
    Bytes.require(split >= 0 && lines.pop() === "", "a note ends with signature lines");
    Bytes.require(lines.length > 0 && lines.length <= SIGNATURES_MAX, "a note is signed");
    const body = note.slice(0, split);
    return {
      checkpoint: parseCheckpoint(body.split("\n")),
      text: Bytes.utf8(`${body}\n`),
      signatures: lines.map(parseSignature),
    };
  };

  const parseCheckpoint = (lines) => {
    const isOfForm = lines.length >= 3 && lines.every(Boolean);
    Bytes.require(isOfForm, "a checkpoint has an origin, a size and a root");
    return { origin: lines[0], size: decimal(lines[1]), root: hash(lines[2]) };
  };

  const parseSignature = (line) => {
    const match = SIGNATURE_LINE.exec(line);
    Bytes.require(match !== null, "a signature line is a dash, a name and base64");
    const data = Bytes.fromBase64(match[2]);
    Bytes.require(data.length > KEY_ID_BYTES, "a signature has a key id and some bytes");
    return [match[1], data];
  };

  /** Read a verifier key, `<name>+<key id>+<base64 of type and key>` (C2SP signed-note). */
  const parseVerifierKey = async (text) => {
    const [name, id, ...rest] = text.split("+");
    const data = Bytes.fromBase64(rest.join("+"));
    const isOfForm = name !== "" && data[0] === ED25519 && data.length === HASH_BYTES + 1;
    Bytes.require(isOfForm, "a verifier key is <name>+<id>+<Ed25519 key>");
    const digest = await Bytes.sha256(Bytes.concat(Bytes.utf8(`${name}\n`), data));
    const isOwn = Bytes.hex(digest.subarray(0, KEY_ID_BYTES)) === id;
    Bytes.require(isOwn, "a verifier key's id does not belong to it");
    return { name, id, suite: Keys.ED25519, public: data.subarray(1) };
  };

  /** Check an inclusion proof (RFC 9162, section 2.1.3.2). */
  const verifyInclusion = async (digest, { index, path }, { size, root }) => {
    Bytes.require(index < size, "there is no such leaf");
    let [node, position, last] = [digest, index, size - 1n];
    for (const sibling of path) {
      Bytes.require(last !== 0n, "the path is too long");
      if (position & 1n || position === last) {
        node = await nodeHash(sibling, node);
        while (!(position & 1n) && position) [position, last] = [position >> 1n, last >> 1n];
      } else {
        node = await nodeHash(node, sibling);
      }
      [position, last] = [position >> 1n, last >> 1n];
    }
    Bytes.require(last === 0n && Bytes.equal(node, root), "the path does not lead to the root");
  };

  const nodeHash = (left, right) => Bytes.sha256(Bytes.concat([1], left, right));

  /** Give the disclosed fields of a statement; each belongs to it, and is disclosed once. */
  const disclosedFields = async (statement, disclosures) => {
    const digests = digestsOf(statement);
    const fields = new Map();
    for (const disclosure of disclosures) {
      const [name, value] = readDisclosure(disclosure);
      const digest = Bytes.base64url(await Bytes.sha256(Bytes.utf8(disclosure)));
      Bytes.require(digests.includes(digest), `the digest of ${name} is not in the statement`);
      const isNew = !fields.has(name) && !RESERVED_NAMES.includes(name);
      Bytes.require(isNew, `the field ${name} is disclosed twice or reserved`);
      fields.set(name, value);
    }
    return fields;
  };

  const digestsOf = (statement) => {
    const claims = JSONText.read(statement);
    const isOfForm = JSONText.isObject(claims)
      && Object.keys(claims).sort().join() === STATEMENT_NAMES.join()
      && JSONText.canonical(claims) === statement;
    Bytes.require(isOfForm, "these are not the canonical bytes of a statement");
    const { _sd: digests, _sd_alg: algorithm } = claims;
    const areDigests = algorithm === "sha-256" && Array.isArray(digests)
      && digests.every((one) => typeof one === "string") && new Set(digests).size === digests.length;
    Bytes.require(areDigests, "the statement has no SHA-256 digests");
    return digests;
  };

  const readDisclosure = (disclosure) => {
    const parts = JSONText.read(Bytes.text(Bytes.fromBase64url(disclosure)));
    const isOfForm = Array.isArray(parts) && parts.length === 3
      && typeof parts[0] === "string" && typeof parts[1] === "string";
    Bytes.require(isOfForm, "a disclosure is not [salt, name, value]");
    return parts.slice(1);
  };

  return { verifyReceipt, disclosedFields };
})();
