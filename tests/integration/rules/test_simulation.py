"""A draft on history: counts that add up, exact sums, the same at each door, nothing written."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.conversion.filing import Finding
from creditbank.conversion.rule_file import RuleDocument
from creditbank.filings.chain import Act
from creditbank.rules.draft import DraftRule
from ledger.read import read_head
from tests.fixtures.filings import CHAINED, PLAIN, Persons
from tests.fixtures.recognition import Recognition
from tests.fixtures.rules import CERTIFICATE_RULE
from tests.fixtures.showcase import revoke_outcome
from tests.fixtures.simulated import Look, effects
from tests.fixtures.terminal import Terminal

RULE, WEIGHED = "certificate-courses", "weighed"
COURSE = "en: Fundamentals of electrical work}, credits: "


def second(text: str) -> str:
    """Give the next version of a rule, with one case that it keeps."""
    kept = text[: text.index("tests:")].replace("2010-01-01", "2026-01-01")
    kept = kept.replace('version: "1"', 'version: "2"\nsupersedes: "1"', 1)
    return (
        f"{kept}tests:\n  - name: 不适用\n    filed_on: 2026-03-01\n    targets: [X]\n"
        "    outcomes: [{id: a, class: venue, course: C, awarded_on: 2025-01-01}]\n"
        "    expect: {credits: 0, codes: [CODES]}\n"
    )


DRAFT = (
    second(CERTIFICATE_RULE)
    .replace(f"{COURSE}4", f"{COURSE}5")
    .replace("valid_for_months: 84", "valid_for_months: 36")
    .replace("CODES", "class-not-accepted, series-not-accepted, target-unknown, no-outcome-left")
)
CHAINED_DRAFT = (
    second(CHAINED.format(name=WEIGHED, workflow=PLAIN, decided_by="chain"))
    .replace("  grades: [{scale: pass-fail, any_of: [合格]}]\n", "")
    .replace("valid_for_months: 84", "valid_for_months: 36")
    .replace("CODES", "series-not-accepted, target-unknown, no-outcome-left")
)


@dataclass(frozen=True)
class Lived:
    """A bank with a rule's decisions of six learners, and a draft that would decide otherwise."""

    recognition: Recognition

    def convert(self, learner: str, target: str, awarded_on: str = "2024-11-20") -> str:
        """Have a certificate of a learner converted; gives the outcome."""
        recognition = self.recognition
        outcome = recognition.certificate(
            learner, certificate_number=f"示例-{learner}", awarded_on=awarded_on
        )
        recognition.recognise(recognition.key(learner=learner), RULE, [outcome], [target])
        return outcome

    def draft(self, text: str) -> None:
        """Draft a version."""
        document = RuleDocument.read(text)
        recognition = self.recognition
        recognition.bank.writer.write(
            DraftRule(institution_id=recognition.school, document=document, by="clerk")
        )


@pytest.fixture
def lived(recognition: Recognition) -> Lived:
    """Four that stand, one of them of an erased account, and one that was taken back."""
    made = Lived(recognition)
    made.convert("20230001", "DG-101")
    made.convert("20230002", "DG-101", awarded_on="2021-01-31")
    made.convert("20230003", "DG-103")
    made.convert("20230004", "DG-101")
    taken_back = made.convert("20230005", "DG-102")
    revoke_outcome(recognition.bank, recognition.key(learner="20230005"), taken_back)
    recognition.bank.keystore.destroy([recognition.key(learner="20230004").account_id])
    made.draft(DRAFT)
    return made


def size(bank: Bank) -> int:
    """How many leaves there are."""
    with bank.readers.reading() as connection:
        return read_head(connection).size


def test_a_draft_says_what_would_be_more_less_and_nothing_in_exact_sums(
    lived: Lived, look: Look, bank: Bank, terminal: Terminal, tmp_path: Path
) -> None:
    """All are counted, the newest first; the command line says the same, and nothing is written."""
    before = size(bank)
    found = look(RULE, "2")
    conversions = found["conversions"]
    assert effects(conversions) == {
        "same": (1, "2", "2"),
        "more": (1, "4", "5"),
        "no_longer": (1, "4", "0"),
        "taken_back": (1, "4", None),
        "erased": (1, "4", None),
    }
    assert (conversions["known"], conversions["computed"]) == (5, 5)
    reasons = [(one["code"], one["decisions"]) for one in conversions["reasons"]]
    assert reasons == [("expired", 1)]
    assert conversions["reasons"][0]["text"] == "The time in which it counts was over"
    assert found["ledger"]["size"] == before
    assert found["refused_filings"] == {"known": 0, "computed": 0, "effects": [], "reasons": []}
    assert "示例学习者" not in str(found)

    file = tmp_path / "draft.yaml"
    file.write_text(DRAFT, "utf-8")
    told = terminal.answer("rules", "simulate", str(file))
    assert effects(told["conversions"]) == effects(conversions)
    shown = terminal.run("rules", "simulate", str(file))
    assert "conversions: more 1: credits 4 → 5" in shown.stdout
    assert "9/9" in shown.stderr, "five conversions, and the four who still hold a certificate"
    assert size(bank) == before

    newest = look(RULE, "2", conversions=3)["conversions"]
    assert (newest["known"], newest["computed"]) == (5, 3)
    assert set(effects(newest)) == {"same", "taken_back", "erased"}
    del lived


def test_what_persons_refused_is_asked_again_with_what_is_known_today(
    recognition: Recognition, look: Look
) -> None:
    """Whose grade the draft does not ask for would be recognised; what was weighed is theirs."""
    persons = Persons(recognition)
    persons.publish(WEIGHED, workflow=PLAIN)
    checker = persons.hire(Role.CHECKER)
    graded = {"grade": "合格", "grade_scale": "pass-fail"}
    for learner, awarded_on, stated in (
        ("20230001", "2024-11-20", {}),
        ("20230002", "2024-11-20", graded),
        ("20230003", "2021-01-31", {}),
    ):
        certificate = recognition.certificate(
            learner, certificate_number=learner, awarded_on=awarded_on, **stated
        )
        key = recognition.key(learner=learner)
        filing = persons.file(key, WEIGHED, certificate, "DQ-1")
        found = Finding(outcome=certificate, code="grade-not-stated", is_met=False)
        code = "content-differs" if stated else "found-not-met"
        persons.act(filing, key, checker, Act.REFUSED, code=code, found=None if stated else found)
    Lived(recognition).draft(CHAINED_DRAFT)
    refused = look(WEIGHED, "2")["refused_filings"]
    assert effects(refused) == {
        "newly": (1, "0", "3"),
        "still_refused": (1, "0", "0"),
        "refused_anyway": (1, "0", "3"),
    }
    assert [one["code"] for one in refused["reasons"]] == ["expired"]
    assert look(WEIGHED, "2")["conversions"]["known"] == 0
