"use strict";

// An offline pass: `LP1:` and base45 of a COSE_Sign1 (RFC 9052) over the claims of a pass in CBOR.
// The claims and their numbers are those of `certificates/pass_cbor.py`.

const Pass = (() => {
  const PREFIX = "LP1:";
  const DOCUMENT_BYTES_MAX = 2 ** 19;
  const SIGN1_TAG = 18;
  const PRIVATE_CLAIM = -65537;
  const OUTCOMES_MAX = 50;
  const TEXT_LENGTH_MAX = 300;
  const TIME_MAX = 253402300799;
  const CLASSES = ["formal", "vocational", "non_degree", "venue"];
  const DATE = /^(?:19|[2-9]\d)\d{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/;
  const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
  const CLAIMS = { issuer: 1, expires_at: 4, not_before: 5, issued_at: 6, pass_id: 7 };
  const DETAILS = { log: 1, holder: 2, purpose: 3, audience: 4, outcomes: 5, status_place: 6 };
  const COLUMNS = [
    "index", "title", "title_en", "provider", "provider_en", "outcome_class", "awarded_on",
    "result", "grade", "grade_scale", "credits", "minutes", "class_hours",
  ];

  const isText = (value) =>
    typeof value === "string" && value !== "" && Array.from(value).length <= TEXT_LENGTH_MAX
    && !UNPRINTABLE.test(value);
  const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
  const isTime = (value) => isCount(value) && value <= TIME_MAX;
  const isBytes = (...lengths) => (value) =>
    value instanceof Uint8Array && lengths.includes(value.length);
  const optional = (isOfForm) => (value) => value === undefined || isOfForm(value);

  const FORMS = {
    issuer: isText, issued_at: isTime, not_before: optional(isTime), expires_at: isTime,
    pass_id: isBytes(10, 16), log: isText, holder: optional(isText), purpose: optional(isText),
    audience: optional(isText), status_place: optional(isCount),
    outcomes: (value) => value instanceof Map,
    index: isCount, title: isText, title_en: optional(isText), provider: isText,
    provider_en: optional(isText), outcome_class: (value) => CLASSES.includes(value),
    awarded_on: optional((value) => DATE.test(value)), result: isText, grade: optional(isText),
    grade_scale: optional(isText), credits: optional(isCount), minutes: optional(isCount),
    class_hours: optional(isCount),
  };

  /** Open an envelope: key id, payload, signature and what is signed; nothing is verified yet. */
  const open = (text) => {
    const bytes = Bytes.fromBase45(text.slice(PREFIX.length));
    Bytes.require(bytes.length <= DOCUMENT_BYTES_MAX, "a document is not that long");
    const document = CBOR.decode(bytes);
    const parts = document?.tag === SIGN1_TAG ? document.value : null;
    Bytes.require(Array.isArray(parts) && parts.length === 4, "this is not a COSE_Sign1");
    const [header, unprotected, payload, signature] = parts;
    const areBytes = [header, payload, signature].every((one) => one instanceof Uint8Array);
    Bytes.require(areBytes && signature.length === Keys.SIGNATURE_BYTES, "a part is not bytes");
    Bytes.require(unprotected instanceof Map && !unprotected.size, "a header is not protected");
    const kid = header.subarray(5);
    const isHeader = Bytes.equal(header.subarray(0, 5), [0xa2, 0x01, 0x27, 0x04, 0x48]);
    Bytes.require(isHeader && kid.length === 8, "the header names EdDSA and a key, and no more");
    return { kid: Bytes.hex(kid), payload, signature, signed: toBeSigned(header, payload) };
  };

  /** Give the Sig_structure (RFC 9052, section 4.4). */
  const toBeSigned = (header, payload) => {
    const context = [0x84, 0x6a, ...Bytes.utf8("Signature1")];
    return Bytes.concat(context, CBOR.byteString(header), [0x40], CBOR.byteString(payload));
  };

  /** Read the claims. */
  const read = (payload) => {
    const content = CBOR.decode(payload);
    const details = content instanceof Map ? content.get(PRIVATE_CLAIM) : null;
    Bytes.require(details instanceof Map, "the pass has no claims");
    const claims = {
      ...named(content, { ...CLAIMS, details: PRIVATE_CLAIM }), ...named(details, DETAILS),
    };
    Bytes.require(isText(claims.issuer), "the pass has no issuer");
    const own = ownLog(claims.issuer);
    Bytes.require(claims.log !== own, "the issuer's own log is not written");
    claims.log ??= own;
    requireForms(claims, [...Object.keys(CLAIMS), ...Object.keys(DETAILS)]);
    return { ...claims, outcomes: outcomes(claims.outcomes) };
  };

  /** Give the values of a map by name; unknown numbers, and null for what is absent, are refused. */
  const named = (map, numbers) => {
    const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]));
    const values = {};
    for (const [number, value] of map) {
      Bytes.require(names.has(number) && value !== null, "the pass has another claim");
      values[names.get(number)] = value;
    }
    return values;
  };

  const requireForms = (values, names) => {
    for (const name of names) Bytes.require(FORMS[name](values[name]), `${name} is not of its form`);
  };

  /** Give the log that a did:web issuer keeps at its own host. */
  const ownLog = (issuer) => {
    const host = issuer.replace(/^did:web:/, "").split(":")[0];
    const bytes = (run) => Uint8Array.from(run.match(/[^%]{2}/g), (digits) => parseInt(digits, 16));
    const decoded = (run) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes(run));
    return `${host.replace(/(?:%[0-9a-f]{2})+/gi, decoded)}/ledger`;
  };

  const outcomes = (map) => {
    const columns = named(map, Object.fromEntries(COLUMNS.map((name, at) => [name, at + 1])));
    const count = Array.isArray(columns.index) ? columns.index.length : 0;
    Bytes.require(count > 0 && count <= OUTCOMES_MAX, "a pass shows some outcomes");
    const cells = Object.fromEntries(
      COLUMNS.map((name) => [name, column(name, columns[name], count)]),
    );
    Bytes.require(new Set(cells.index).size === count, "an outcome is shown twice");
    const shown = cells.index.map((_, place) =>
      Object.fromEntries(COLUMNS.map((name) => [name, cells[name][place]])));
    for (const outcome of shown) requireForms(outcome, COLUMNS);
    return shown;
  };

  /** Read a column: one value where all agree, else a cell for each outcome. */
  const column = (name, value, count) => {
    if (!Array.isArray(value)) return Array(count).fill(cell(name, value));
    const written = resolved(name, value);
    const isMixed = written.some((one) => one !== written[0]);
    Bytes.require(value.length === count && (name === "index" || isMixed), "a column is too long");
    return written.map((one) => cell(name, one ?? undefined));
  };

  /** Resolve references to texts that stand earlier, which are written in no other way. */
  const resolved = (name, cells) => {
    const isOfText = ![
      "index", "outcome_class", "awarded_on", "credits", "minutes", "class_hours",
    ].includes(name);
    return cells.map((one, place) => {
      const isReference = isOfText && typeof one === "number";
      const text = isReference ? cells[one] : one;
      const isFirst = typeof text !== "string" || cells.indexOf(text) === (isReference ? one : place);
      const isEarlier = !isReference || (one < place && typeof text === "string");
      Bytes.require(isFirst && isEarlier, "a text is not written as the first of its kind");
      return text;
    });
  };

  const cell = (name, value) => {
    if (value === undefined || (name !== "outcome_class" && name !== "awarded_on")) return value;
    Bytes.require(isCount(value), "a class or a date is a number");
    if (name === "outcome_class") return CLASSES[value - 1];
    const day = value % 32;
    const month = Math.floor(value / 32) % 13;
    Bytes.require(month !== 0 || day === 0, "there is no such date");
    const year = String(Math.floor(value / 32 / 13) + 1900);
    return [year, month, day].filter(Boolean).map((part) => String(part).padStart(2, "0")).join("-");
  };

  /** Give an amount in 10^-3 as a decimal string. */
  const thousandths = (amount) => {
    const fraction = String(amount % 1000n).padStart(3, "0").replace(/0+$/, "");
    return `${amount / 1000n}${fraction ? `.${fraction}` : ""}`;
  };

  const inThousandths = (value) => value === undefined ? null : thousandths(BigInt(value));

  /** Give hours, to the nearest 1/1000. */
  const hours = (minutes) =>
    minutes === undefined ? null : thousandths((BigInt(minutes) * 2000n + 60n) / 120n);

  /** Give the claims as a report shows them. */
  const view = (claims) => ({
    issuer: claims.issuer,
    log: claims.log,
    issued_at: Times.write(Times.ofSeconds(claims.issued_at)),
    expires_at: Times.write(Times.ofSeconds(claims.expires_at)),
    holder: claims.holder ?? null,
    purpose: claims.purpose ?? null,
    audience: claims.audience ?? null,
    outcomes: claims.outcomes.map((one) => ({
      entry_index: one.index,
      title: one.title,
      title_en: one.title_en ?? null,
      provider: one.provider,
      provider_en: one.provider_en ?? null,
      outcome_class: one.outcome_class,
      awarded_on: one.awarded_on ?? null,
      result: one.result,
      grade: one.grade ?? null,
      grade_scale: one.grade_scale ?? null,
      credits: inThousandths(one.credits),
      class_hours: inThousandths(one.class_hours),
      hours: hours(one.minutes),
    })),
  });

  return { PREFIX, open, read, view };
})();
