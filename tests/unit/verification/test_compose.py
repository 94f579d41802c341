import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from certificates.issue import issue_pass
from certificates.keys import Purpose, SigningKey
from certificates.pass_claims import PassClaims, PassOutcome
from certificates.report import CheckName
from certificates.signer import SecretSigner
from certificates.verify import verify_pass
from creditbank.verification.compose import Status, compose_signed
from creditbank.verification.report import Evidence, Reason, Report, Verdict
from ledger.checkpoint import Checkpoint, sign_note, verifier_key
from ledger.leaf import LeafDraft, encode_draft
from ledger.merkle import leaf_hash, node_hash
from ledger.receipt import make_receipt
from ledger.statement import JSONValue, choose, make_statement

LOG, ISSUER = "bank.example/ledger", "did:web:bank.example"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = Status(as_of=NOW, reason=None)
PASS_KEY = SigningKey(purpose=Purpose.PASS, created_at=NOW, signer=SecretSigner(b"p" * 32))
LOG_KEY = SigningKey(purpose=Purpose.CHECKPOINT, created_at=NOW, signer=SecretSigner(b"c" * 32))
OTHER_KEY = SigningKey(purpose=Purpose.PASS, created_at=NOW, signer=SecretSigner(b"o" * 32))
SHOWN: dict[str, JSONValue] = {
    "awarded_on": "2013-09",
    "class": "formal",
    "class_hours": "48.5",
    "credits": "3",
    "grade": "92",
    "grade_scale": "hundred",
    "minutes": 5_400,
    "provider": "广州开放大学",
    "provider_en": "Guangzhou Open University",
    "result": "合格",
    "title": "高等数学",
    "title_en": "Calculus",
}
HIDDEN: dict[str, JSONValue] = {"account_number": "440100001234", "course": "MATH101"}
OUTCOME = PassOutcome(
    index=1,
    title="高等数学",
    title_en="Calculus",
    provider="广州开放大学",
    provider_en="Guangzhou Open University",
    outcome_class="formal",
    awarded_on="2013-09",
    result="合格",
    grade="92",
    grade_scale="hundred",
    credits=3_000,
    minutes=5_400,
    class_hours=48_500,
)
CLAIMS = PassClaims(
    issuer=ISSUER,
    log=LOG,
    pass_id=bytes(16),
    issued_at=NOW,
    expires_at=NOW + 30 * DAY,
    outcomes=(OUTCOME,),
)


@dataclass(frozen=True)
class LogSigner:
    """Signs for a log."""

    name: str = LOG
    key: SigningKey = LOG_KEY

    @property
    def public(self) -> bytes:
        """The public key."""
        return self.key.public

    def sign(self, data: bytes) -> bytes:
        """Sign."""
        return self.key.sign(data)


KEYS, LOG_KEYS = {PASS_KEY.kid: PASS_KEY.verification_key}, [verifier_key(LOG, LOG_KEY.public)]


def make_evidence(
    stated: dict[str, JSONValue], disclosed: Collection[str], signer: LogSigner
) -> Evidence:
    """Prove a statement whose leaf is the second of two."""
    statement = make_statement(
        issuer="gzou", log=LOG, kind="outcome", fields=stated, entropy=_spread
    )
    draft = LeafDraft(t="outcome", id=bytes(16), iss="gzou", acct=bytes(32), stmt=statement.digest)
    leaf = encode_draft(draft, log=LOG, at=1_772_352_000)
    first = leaf_hash(b"first")
    tree = Checkpoint(origin=signer.name, size=2, root=node_hash(first, leaf_hash(leaf)))
    return Evidence(
        index=1,
        leaf=leaf,
        receipt=make_receipt(1, [first], sign_note(tree, signer)),
        statement=statement.body,
        disclosures=choose(statement.disclosures, disclosed),
    )


def _spread(size: int) -> bytes:
    return hashlib.shake_256(b"salts").digest(size)


EVIDENCE = make_evidence(SHOWN | HIDDEN, SHOWN, LogSigner())


def compose(
    document: bytes, *, now: datetime, evidence: list[Evidence] | None, status: Status
) -> Report:
    """Verify a pass by the keys of these tests, and compose the report."""
    signed = verify_pass(document, keys=KEYS, issuers=[ISSUER], now=now)
    return compose_signed(signed, log_keys=LOG_KEYS, evidence=evidence, status=status)


def report_on(
    claims: PassClaims = CLAIMS,
    *,
    key: SigningKey = PASS_KEY,
    evidence: Evidence | None = EVIDENCE,
    reason: Reason | None = None,
    now: datetime = NOW,
) -> Report:
    """Report on a pass that is sound but for what is given."""
    return compose(
        issue_pass(claims, key),
        now=now,
        evidence=None if evidence is None else [evidence],
        status=Status(as_of=NOW, reason=reason),
    )


def checks_of(report: Report) -> dict[str, str]:
    """Give each check's result, with the problem where there is one."""
    return {
        check.name.value: f"{check.result.value} {check.problem or ''}".strip()
        for check in report.checks
    }


def test_a_sound_pass_is_valid_with_every_check_in_order() -> None:
    """The holder's check needs a PIN or a name, so it is not made here."""
    report = report_on()
    assert report.verdict == Verdict.VALID
    assert [check.name for check in report.checks] == list(CheckName)
    assert checks_of(report) == dict.fromkeys(CheckName, "passed") | {"holder": "skipped"}
    assert (report.reason, report.status_as_of, report.content) == (None, NOW, CLAIMS)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is wrong with a pass, and the verdict that follows."""

    is_altered: bool = False
    is_key_known: bool = True
    issuer: str = ISSUER
    title: str = "高等数学"
    reason: Reason | None = None
    age: timedelta = timedelta(0)
    verdict: Verdict
    shown_reason: Reason | None = None


EVERY_LATER_FAULT = {"reason": Reason.VOID, "age": 30 * DAY}


@pytest.mark.parametrize(
    "case",
    [
        Case(**EVERY_LATER_FAULT, is_altered=True, verdict=Verdict.ALTERED),
        Case(**EVERY_LATER_FAULT, title="线性代数", issuer="did:x", verdict=Verdict.ALTERED),
        Case(**EVERY_LATER_FAULT, is_key_known=False, verdict=Verdict.UNCONFIRMED),
        Case(**EVERY_LATER_FAULT, issuer="did:x", verdict=Verdict.UNCONFIRMED),
        Case(**EVERY_LATER_FAULT, verdict=Verdict.REVOKED, shown_reason=Reason.VOID),
        Case(age=30 * DAY, verdict=Verdict.EXPIRED),
        Case(age=-DAY, verdict=Verdict.NOT_YET_VALID),
        Case(age=29 * DAY, verdict=Verdict.VALID),
    ],
)
def test_the_gravest_fault_gives_the_verdict(case: Case) -> None:
    """A wrong content comes before an unknown issuer, then the status, then the dates."""
    outcome = replace(OUTCOME, title=case.title)
    claims = replace(CLAIMS, issuer=case.issuer, outcomes=(outcome,))
    document = bytearray(issue_pass(claims, PASS_KEY if case.is_key_known else OTHER_KEY))
    document[-1] ^= case.is_altered
    report = compose(
        bytes(document),
        now=NOW + case.age,
        evidence=[EVIDENCE],
        status=Status(as_of=NOW, reason=case.reason),
    )
    assert (report.verdict, report.reason) == (case.verdict, case.shown_reason)
    is_shown = case.is_key_known and case.verdict != Verdict.ALTERED
    assert report.content == (claims if is_shown else None)
    assert len(report.evidence) == is_shown


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        (Reason.SUPERSEDED, Verdict.REVOKED),
        (Reason.VOID, Verdict.REVOKED),
        (Reason.REVOKED, Verdict.REVOKED),
        (Reason.CANCELLED, Verdict.REVOKED),
        (Reason.SHARE_ENDED, Verdict.REVOKED),
        (Reason.SUSPENDED, Verdict.SUSPENDED),
        (Reason.ERASED, Verdict.GONE),
    ],
)
def test_a_status_gives_its_verdict_and_its_reason(reason: Reason, verdict: Verdict) -> None:
    """The pages print the reason; what was erased or is no longer shared is not shown again."""
    report = report_on(reason=reason)
    assert (report.verdict, report.reason) == (verdict, reason)
    assert checks_of(report)["status"] == f"failed {reason.value}"
    is_hidden = reason in {Reason.ERASED, Reason.SHARE_ENDED}
    assert (report.content is None) == (report.evidence == ()) == is_hidden


def test_garbage_is_unknown_and_never_altered() -> None:
    """What cannot be read is not accused of a change."""
    report = compose(b"garbage", now=NOW, evidence=[EVIDENCE], status=GOOD)
    skipped = dict.fromkeys(CheckName, "skipped")
    assert report.verdict == Verdict.UNKNOWN
    assert checks_of(report) == skipped | {"format": "failed unreadable"}
    assert (report.content, report.evidence, report.status_as_of) == (None, (), None)


def test_without_evidence_the_ledger_is_not_checked() -> None:
    """An absent proof is told as such, and does not pass."""
    report = report_on(evidence=None)
    assert (report.verdict, checks_of(report)["ledger"]) == (Verdict.VALID, "skipped")


@pytest.mark.parametrize("name", SHOWN)
def test_each_shown_field_must_be_the_disclosed_one(name: str) -> None:
    """A pass that says another amount, name or date than the ledger's statement is altered."""
    value = SHOWN[name]
    other: JSONValue = value + 1 if isinstance(value, int) else f"{value}1"
    _assert_ledger_problem(make_evidence(SHOWN | {name: other}, SHOWN, LogSigner()), "content")


@pytest.mark.parametrize("names", [SHOWN.keys() - {"grade"}, SHOWN.keys() | {"course"}])
def test_what_is_disclosed_is_what_is_shown(names: Collection[str]) -> None:
    """Neither a shown field without proof nor a disclosed one that the pass does not show."""
    _assert_ledger_problem(make_evidence(SHOWN | HIDDEN, names, LogSigner()), "content")


@pytest.mark.parametrize(
    "changed",
    [
        {"leaf": EVIDENCE.leaf.replace(b"gzou", b"gzoo")},
        {"leaf": b""},
        {"receipt": ""},
        {"receipt": EVIDENCE.receipt.replace("index 1", "index 0")},
        {"receipt": EVIDENCE.receipt.replace("index 1", "index " + "9" * 5_000)},
        {"receipt": "\ud800" + EVIDENCE.receipt},
        {"statement": b"{}"},
        {"disclosures": ("\ud800",)},
        {"disclosures": (*EVIDENCE.disclosures, "W10")},
        {"disclosures": (*EVIDENCE.disclosures, EVIDENCE.disclosures[0])},
    ],
)
def test_evidence_that_proves_nothing_fails_and_never_raises(changed: dict[str, object]) -> None:
    """Changed leaves, receipts, statements and disclosures alike."""
    broken = replace(EVIDENCE, **changed)  # type: ignore[arg-type]  # one field of the case
    _assert_ledger_problem(broken, "not-in-ledger")


def test_evidence_of_another_log_key_origin_or_entry_fails() -> None:
    """A receipt counts only for this log and this entry."""
    stranger = LogSigner(key=OTHER_KEY)
    _assert_ledger_problem(make_evidence(SHOWN, SHOWN, stranger), "not-in-ledger")
    elsewhere = LogSigner(name="log.example/other")
    _assert_ledger_problem(make_evidence(SHOWN, SHOWN, elsewhere), "not-in-ledger")
    other_entry = replace(CLAIMS, outcomes=(replace(OUTCOME, index=0),))
    report = report_on(other_entry, evidence=replace(EVIDENCE, index=0))
    assert checks_of(report)["ledger"] == "failed not-in-ledger"
    assert checks_of(report_on(other_entry))["ledger"] == "failed evidence-missing"


def test_a_statement_that_the_leaf_does_not_commit_to_fails() -> None:
    """A sound statement under a sound leaf must also belong together."""
    other = make_evidence(SHOWN, SHOWN, LogSigner())
    mixed = replace(EVIDENCE, statement=other.statement, disclosures=other.disclosures)
    _assert_ledger_problem(mixed, "statement-mismatch")


def _assert_ledger_problem(evidence: Evidence, problem: str) -> None:
    report = report_on(evidence=evidence)
    assert report.verdict == Verdict.ALTERED
    assert checks_of(report)["ledger"].startswith(f"failed {problem}")
    assert report.content is None
