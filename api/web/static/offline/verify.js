"use strict";

// Verify whatever text was shown by a folder of trust alone: a pass, a credential, or the proof of an
// entry, each known by how it begins. Untrusted input never throws.

const Verify = (() => {
  const TOKEN_BEGINNING = "eyJ";
  const TEXT_LENGTH_MAX = 2 ** 19;

  /** Report on a text; `now` is in microseconds since 1970. */
  const offline = async (text, trust, now) => {
    try {
      return await reportOn(text.trim(), trust, now);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return Report.unreadable();
    }
  };

  const reportOn = async (text, trust, now) => {
    if (text.startsWith(Pass.PREFIX)) return pass(text, trust, now);
    if (text.startsWith(TOKEN_BEGINNING)) return credential(text, trust, now);
    Bytes.require(text.startsWith("{") && text.length <= TEXT_LENGTH_MAX, "this is no document");
    const document = JSONText.read(text);
    const isProof = "leaf" in document && "receipt" in document;
    return isProof ? entryProof(document, trust) : credential(text, trust, now);
  };

  const pass = async (text, trust, now) => {
    const envelope = Pass.open(text);
    const key = trust.passKeys.get(envelope.kid);
    const format = Check.passed("format");
    if (key === undefined) {
      const unknown = ["skipped", "failed"].map((result, at) =>
        Check[result](["signature", "issuer"][at], "unknown-key"));
      return Report.make([format, ...unknown]);
    }
    if (!await Keys.verifies(key, envelope.signature, envelope.signed)) {
      return Report.make([format, Check.failed("signature", "signature-mismatch")]);
    }
    return signedPass(envelope.payload, trust, now);
  };

  const signedPass = (payload, trust, now) => {
    const signature = Check.passed("signature");
    let claims;
    try {
      claims = Pass.read(payload);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return Report.make([Check.failed("format", "unreadable"), signature]);
    }
    const isOwn = trust.names.includes(claims.issuer);
    const issuer = isOwn ? Check.passed("issuer") : Check.failed("issuer", "unknown-issuer");
    const status = StatusLists.ofPass(isOwn ? claims.status_place : undefined, trust.lists, now);
    const checks = [Check.passed("format"), signature, issuer, passDates(claims, now)];
    return Report.make(checks, { status, shown: { content: Pass.view(claims) } });
  };

  const passDates = ({ expires_at: ends, not_before: begins, issued_at: issued }, now) => {
    if (now >= Times.ofSeconds(ends)) return Check.failed("dates", "expired");
    const isEarly = now < Times.ofSeconds(begins ?? issued);
    return isEarly ? Check.failed("dates", "not-yet-valid") : Check.passed("dates");
  };

  const credential = async (text, trust, now) => {
    const signed = await Credential.verify(Credential.parse(text), trust.keyOf, now);
    if (signed.credential === null) {
      const unknown = signed.checks
        .filter((one) => one.name === "signature" && one.result === "skipped" && one.problem)
        .map((one) => Check.failed("issuer", one.problem));
      return Report.make([...signed.checks, ...unknown]);
    }
    const { document } = signed.credential;
    const status = StatusLists.ofCredential(document, trust.lists, now);
    const checks = [...signed.checks, Check.passed("issuer")];
    return Report.make(checks, { status, shown: { credential: document } });
  };

  const entryProof = async (document, trust) => {
    const { leaf, receipt, statement = null, disclosures = [], entry_index: index = null } = document;
    const isText = typeof leaf === "string" && typeof receipt === "string"
      && (statement === null || typeof statement === "string");
    const areListed = Array.isArray(disclosures)
      && disclosures.every((one) => typeof one === "string");
    const isOfForm = isText && areListed && (index === null || Number.isInteger(index));
    Bytes.require(isOfForm, "this is not the proof of an entry");
    const proof = { leaf, receipt, statement: statement ?? "", disclosures, index };
    const { problem, found } = await ledgerProblem(proof, trust.logKeys);
    const ledger = problem === null ? Check.passed("ledger") : Check.failed("ledger", problem);
    const evidence = [{
      entry_index: Number(found), leaf, receipt, statement: proof.statement, disclosures,
      certification: null,
    }];
    const checks = [Check.passed("format"), ledger];
    return Report.make(checks, { status: { problem: "offline" }, shown: { evidence } });
  };

  /** Give why an entry is not proved, null where it is, and its index. */
  const ledgerProblem = async ({ leaf, receipt, statement, disclosures, index }, logKeys) => {
    let found;
    let stated;
    try {
      found = await Ledger.verifyReceipt(receipt, Bytes.utf8(leaf), logKeys);
      stated = JSONText.read(leaf).stmt;
      Bytes.require(index === null || BigInt(index) === found, "another entry is named");
    } catch (error) {
      return refusedAs("not-in-ledger", error);
    }
    if (statement === "") {
      return { found, problem: disclosures.length ? "content-mismatch" : null };
    }
    const digest = Bytes.hex(await Bytes.sha256(Bytes.utf8(statement)));
    if (stated !== digest) return { found, problem: "statement-mismatch" };
    try {
      await Ledger.disclosedFields(statement, disclosures);
    } catch (error) {
      return refusedAs("content-mismatch", error);
    }
    return { found, problem: null };
  };

  const refusedAs = (problem, error) => {
    if (!(error instanceof Refused)) throw error;
    return { found: null, problem };
  };

  return { offline };
})();
