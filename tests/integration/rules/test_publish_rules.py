"""A rule is drafted by one, approved by another, and published once for all."""

from collections.abc import Sequence
from datetime import date

import pytest

from creditbank.bank import Bank
from creditbank.conversion.amounts import Credits
from creditbank.conversion.rule_file import RuleDocument
from creditbank.credits.recognise import preview
from creditbank.errors import FieldProblem, InvalidInput, ReasonedRefusal, Refusal
from creditbank.rules.draft import DraftRule
from creditbank.rules.publish import PublishRule
from creditbank.rules.queries import published_rules, versions_of
from ledger.leaf import decode
from ledger.objects import find_object
from ledger.read import read_leaf
from tests.fixtures.recognition import Recognition
from tests.fixtures.rules import HOURS_RULE

DOCUMENT = RuleDocument.read(HOURS_RULE)
SECOND_CASES = """
tests:
  - name: 一百学时认定五学分
    filed_on: 2026-03-01
    outcomes:
      - {id: a, class: venue, course: M-01, awarded_on: 2025-06-30, class_hours: 100}
    expect: {credits: 5}
"""


def second_version(
    supersedes: str = "1", effective_from: str = "2026-01-01", filed_on: str = "2026-03-01"
) -> RuleDocument:
    """Give version 2, which asks for 20 hours a credit."""
    head, _, _ = HOURS_RULE.partition("tests:")
    head = (
        head.replace('version: "1"', f"version: 2\nsupersedes: {supersedes}")
        .replace("effective_from: 2010-01-01", f"effective_from: {effective_from}")
        .replace("per_credit: 16", "per_credit: 20")
    )
    return RuleDocument.read(head + SECOND_CASES.replace("2026-03-01", filed_on))


@pytest.fixture
def owner(bank: Bank) -> str:
    """The bank's own institution."""
    return bank.installation.institution_id


def draft(bank: Bank, owner: str, document: RuleDocument = DOCUMENT, by: str = "author") -> None:
    """Draft a rule."""
    bank.writer.write(DraftRule(institution_id=owner, document=document, by=by))


def publish(bank: Bank, document: RuleDocument = DOCUMENT, by: str = "approver") -> None:
    """Publish a rule."""
    bank.writer.write(PublishRule(document=document, by=by))


def refused(bank: Bank, command: DraftRule | PublishRule) -> str:
    """Give the code with which a command is refused."""
    with pytest.raises(Refusal) as raised:
        bank.writer.write(command)  # type: ignore[arg-type]  # Either of them.
    return raised.value.code


def misfits(bank: Bank, command: DraftRule | PublishRule) -> Sequence[FieldProblem]:
    """Give the places where a rule does not fit what is published."""
    with pytest.raises(InvalidInput) as raised:
        bank.writer.write(command)  # type: ignore[arg-type]  # Either of them.
    return raised.value.problems


def test_a_published_rule_is_a_leaf_and_a_public_document(bank: Bank, owner: str) -> None:
    """The leaf names the document by its hash; publishing again changes nothing."""
    draft(bank, owner)
    publish(bank)
    publish(bank)
    with bank.readers.reading() as connection:
        rules = published_rules(connection)
        assert len(rules) == 1
        leaf = decode(read_leaf(connection, rules[0].entry_index or -1))
        found = find_object(connection, bytes.fromhex(DOCUMENT.sha256))
    assert (leaf["t"], leaf["object"], leaf["iss"]) == ("rule", DOCUMENT.sha256, owner)
    assert found is not None
    assert found[1] == DOCUMENT.content


def test_a_draft_is_in_force_for_nobody_and_may_be_replaced(bank: Bank, owner: str) -> None:
    """Until it is published there is nothing to keep."""
    draft(bank, owner)
    other = RuleDocument.read(HOURS_RULE.replace("示例文件第1号", "示例文件第9号"))
    draft(bank, owner, other)
    with bank.readers.reading() as connection:
        assert published_rules(connection) == []
        [stored] = versions_of(connection, ["class-hours"])["class-hours"]
    assert stored.sha256 == other.sha256
    assert refused(bank, PublishRule(document=DOCUMENT, by="approver")) == "rule-draft-differs"


def test_who_drafts_does_not_approve(bank: Bank, owner: str) -> None:
    """Two persons stand behind every rule."""
    draft(bank, owner, by="somebody")
    command = PublishRule(document=DOCUMENT, by="somebody")
    assert refused(bank, command) == "rule-approver-is-author"


def test_a_rule_whose_own_case_fails_is_not_published(bank: Bank, owner: str) -> None:
    """The refusal names the case."""
    wrong = RuleDocument.read(HOURS_RULE.replace("expect: {credits: 6}", "expect: {credits: 7}"))
    draft(bank, owner, wrong)
    with pytest.raises(Refusal) as raised:
        publish(bank, wrong)
    assert raised.value.code == "rule-cases-failed"
    assert raised.value.facts == {"cases": ("一百学时认定六学分",)}
    assert isinstance(raised.value, ReasonedRefusal)
    [problem] = raised.value.problems
    assert (problem.field, problem.code) == ("tests.0", "rule-case-failed")
    assert wrong.text is not None
    first_case = wrong.text.splitlines()[int(str(problem.facts["line"])) - 1]
    assert first_case.strip() == "- name: 一百学时认定六学分"


def test_a_published_version_never_changes(bank: Bank, owner: str) -> None:
    """Drafting the same file again is no change; other content needs another version."""
    draft(bank, owner)
    publish(bank)
    draft(bank, owner)
    other = RuleDocument.read(HOURS_RULE.replace("示例文件第1号", "示例文件第9号"))
    command = DraftRule(institution_id=owner, document=other, by="author")
    assert refused(bank, command) == "rule-version-published"


def test_a_version_follows_the_newest_one_and_begins_later(bank: Bank, owner: str) -> None:
    """Otherwise two versions could be in force on one day: refused, whichever is drafted first."""
    wrong = second_version(supersedes="0")
    draft(bank, owner)
    draft(bank, owner, wrong)
    publish(bank)
    [problem] = misfits(bank, PublishRule(document=wrong, by="approver"))
    assert (problem.field, problem.code) == ("effective_from", "rule-dates-overlap")
    assert wrong.text is not None
    assert wrong.text.splitlines()[int(str(problem.facts["line"])) - 1].startswith("effective_from")
    for other in (wrong, second_version(effective_from="2010-01-01")):
        [problem] = misfits(bank, DraftRule(institution_id=owner, document=other, by="author"))
        assert problem.code == "rule-dates-overlap"
    draft(bank, owner, second_version())
    publish(bank, second_version())
    with bank.readers.reading() as connection:
        first, second = published_rules(connection)
        leaf = decode(read_leaf(connection, second.entry_index or -1))
    assert leaf["ref"] == first.entry_index


def test_a_version_after_one_that_has_ended_names_it_too(bank: Bank, owner: str) -> None:
    """So that the versions of a rule are one row, also where there is a gap in time."""
    ended = HOURS_RULE.replace("from: 2010-01-01", "from: 2010-01-01\neffective_until: 2026-03-02")
    later = second_version(effective_from="2026-03-02", filed_on="2026-06-01")
    assert later.text is not None
    unnamed = RuleDocument.read(later.text.replace("supersedes: 1\n", ""))
    for document in (RuleDocument.read(ended), later):
        draft(bank, owner, document)
    publish(bank, RuleDocument.read(ended))
    draft(bank, owner, unnamed)
    assert refused(bank, PublishRule(document=unnamed, by="approver")) == "rule-supersedes-wrong"


def test_a_rule_belongs_to_the_institution_that_drafted_it(
    recognition: Recognition, owner: str
) -> None:
    """Nobody adds a version to another's rule."""
    command = DraftRule(institution_id=owner, document=second_version(), by="author")
    assert refused(recognition.bank, command) == "rule-not-yours"


@pytest.mark.parametrize(
    ("received_on", "milli"), [(date(2025, 12, 31), 6_000), (date(2026, 1, 1), 5_000)]
)
def test_the_filing_day_picks_the_version(
    recognition: Recognition, received_on: date, milli: int
) -> None:
    """T3: the old version counts until the day before the new one begins."""
    recognition.publish(second_version())
    outcome = recognition.hours("100", "2025春")
    key = recognition.key(recognition.centre)
    command = recognition.command(key, "class-hours", [outcome], received_on=received_on)
    with recognition.bank.readers.reading() as connection:
        judged = preview(connection, command, date(2026, 6, 1))
    assert judged.judgement.credits == Credits(milli=milli)
