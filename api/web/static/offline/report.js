"use strict";

// The report: one verdict, its reason, named checks, the signed content; the same as that of
// `creditbank verify --offline`.

const Check = {
  passed: (name) => ({ name, result: "passed", problem: null }),
  failed: (name, problem) => ({ name, result: "failed", problem }),
  skipped: (name, problem = null) => ({ name, result: "skipped", problem }),
};

const Report = (() => {
  const ORDER = ["format", "signature", "issuer", "ledger", "status", "dates", "holder"];

  /** Problems of a status that is not found out. */
  const STATUS_UNKNOWN = ["status-stale", "status-list-missing", "status-unreadable"];

  /** Give a report; `status` is what the lists tell, or the problem why they do not. */
  const make = (made, { status = null, shown = {} } = {}) => {
    const checks = [...made, ...(status === null ? [] : [statusCheck(status)])];
    const inOrder = ORDER.map(
      (name) => checks.findLast((one) => one.name === name) ?? Check.skipped(name),
    );
    const verdict = verdictOf(inOrder);
    // A list does not tell who ended a share, so that what may be one is hidden.
    const isHidden = verdict === "altered" || status?.failure === "no-longer-holds";
    return {
      verdict,
      reason: verdict === "suspended" ? "suspended" : null,
      status_as_of: status?.asOf === undefined ? null : Times.write(status.asOf),
      checks: inOrder,
      content: isHidden ? null : (shown.content ?? null),
      credential: isHidden ? null : (shown.credential ?? null),
      evidence: isHidden ? [] : (shown.evidence ?? []),
      successors: [],
      validity: [],
    };
  };

  const statusCheck = ({ problem, failure }) => {
    if (problem !== undefined) return Check.skipped("status", problem);
    return failure === null ? Check.passed("status") : Check.failed("status", failure);
  };

  const verdictOf = (checks) => {
    const hasFailed = (name) => checks.some((one) => one.name === name && one.result === "failed");
    const has = (problem) => checks.some((one) => one.problem === problem);
    if (hasFailed("format")) return "unknown";
    if (hasFailed("signature") || hasFailed("ledger")) return "altered";
    if (hasFailed("issuer")) return "unconfirmed";
    if (has("suspended")) return "suspended";
    if (has("no-longer-holds")) return "revoked";
    if (has("expired")) return "expired";
    if (has("not-yet-valid")) return "not_yet_valid";
    return STATUS_UNKNOWN.some(has) ? "unconfirmed" : "valid";
  };

  const unreadable = () => make([Check.failed("format", "unreadable")]);

  return { make, unreadable };
})();
