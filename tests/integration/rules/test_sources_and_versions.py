"""Which outcomes a published rule takes in a real bank, and which version an award falls under."""

import pytest

from creditbank.bank import Bank
from creditbank.conversion.rule_file import RuleDocument
from creditbank.credits.replay import replay
from creditbank.errors import ReasonedRefusal, Refusal
from creditbank.institutions.change import ChangeInstitution
from creditbank.institutions.history import Act, InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from tests.fixtures.recognition import Recognition
from tests.fixtures.rules import HOURS_RULE, taking
from tests.fixtures.whose import audited

CASE = """
tests:
  - name: 所属机构的学时可认定
    filed_on: 2026-03-01
    outcomes:
      - {{id: a, class: venue, course: M-01, awarded_on: 2025-06-30, class_hours: 100{more}}}
    expect: {{credits: {credits}}}
"""


def rule(sources: str, more: str = "") -> RuleDocument:
    """Give the rule of hours under another name, with other sources and a case of its own."""
    head, _, _ = taking(HOURS_RULE, sources).partition("tests:")
    head = head.replace("id: class-hours", "id: other-hours")
    return RuleDocument.read(head + CASE.format(more=more, credits="6"))


def second_version(keeps: str) -> RuleDocument:
    """Give its second version: 20 hours a credit, but for what was awarded before July 2025."""
    head, _, _ = taking(HOURS_RULE, "{}").partition("tests:")
    kept = f"{{awarded_before: 2025-07-01, filed_until: 2999-12-31, version: '{keeps}'}}"
    for old, new in (
        ("id: class-hours", "id: other-hours"),
        ('version: "1"', f"version: '2'\nsupersedes: '1'\ntransition: {kept}"),
        ("effective_from: 2010-01-01", "effective_from: 2020-01-01"),
        ("per_credit: 16", "per_credit: 20"),
    ):
        head = head.replace(old, new)
    return RuleDocument.read(head + CASE.format(more="", credits="5"))


def move(bank: Bank, centre: str, under: str, since: str) -> None:
    """Let an institution stand under another one from a day on."""
    command = ChangeInstitution(institution_id=centre, act=Act.MOVED, since=since, parent_id=under)
    bank.writer.write(command)


@pytest.fixture
def bureau(bank: Bank) -> str:
    """A bureau above providers."""
    command = RegisterInstitution(kind=InstitutionKind.PROVIDER, name="区教育局")
    return bank.writer.write(command).answer.id


def test_a_subtree_is_read_on_the_day_of_award_and_as_the_ledger_knew_it(
    recognition: Recognition, bureau: str
) -> None:
    """A centre that moved later, or was said later to have stood elsewhere, changes no decision."""
    bank = recognition.bank
    more = f", provider: c, provider_above: [{bureau}]"
    recognition.publish(rule(f"{{provider_subtrees: [{bureau}]}}", more))
    move(bank, recognition.centre, bureau, "2025-01-01")
    earlier = recognition.post(
        recognition.centre, course="SF-1", class_hours="32", awarded_on="2024-12-31", term="前"
    )
    later = recognition.hours("32", "后")
    key = recognition.key(recognition.centre)
    with pytest.raises(ReasonedRefusal) as refused:
        recognition.recognise(key, "other-hours", [earlier])
    assert "provider-not-accepted" in [one.code for one in refused.value.problems]
    assert recognition.recognise(key, "other-hours", [later])
    move(bank, recognition.centre, recognition.school, "2025-06-01")
    assert audited(bank) == []
    with bank.readers.reading() as connection:
        report = replay(connection, bank.keystore)
    assert (report.conversions, report.differences) == (1, ())


def test_a_level_and_a_grade_are_compared_on_their_own_scales_alone(
    recognition: Recognition,
) -> None:
    """Another scale waits for a person, and says so."""
    more = ", grade: '80', grade_scale: percent"
    recognition.publish(rule("{grades: [{scale: percent, at_least: '75'}]}", more))
    hours = recognition.hours("32", "1")
    key = recognition.key(recognition.centre)
    with pytest.raises(ReasonedRefusal) as refused:
        recognition.recognise(key, "other-hours", [hours])
    assert "grade-not-stated" in [one.code for one in refused.value.problems]


def test_what_was_awarded_before_a_new_version_is_decided_by_the_old_one_for_a_time(
    recognition: Recognition,
) -> None:
    """Both decisions are replayed by the version that made them."""
    bank = recognition.bank
    recognition.publish(rule("{}"))
    recognition.publish(second_version(keeps="1"))
    old = recognition.hours("160", "旧")
    new = recognition.post(
        recognition.centre, course="SF-1", class_hours="160", awarded_on="2025-07-01", term="新"
    )
    key = recognition.key(recognition.centre)
    for outcome, expected in ((old, "10"), (new, "8")):
        conversion = recognition.recognise(key, "other-hours", [outcome])
        with bank.readers.reading() as connection:
            wanted = f"SELECT credits FROM conversion WHERE id = '{conversion}'"
            assert connection.exec_driver_sql(wanted).scalar_one() == int(expected) * 1000
    assert audited(bank) == []
    with bank.readers.reading() as connection:
        report = replay(connection, bank.keystore)
    assert (report.conversions, report.differences) == (2, ())


def test_a_transition_to_a_version_that_was_never_published_is_not_published(
    recognition: Recognition,
) -> None:
    """Awards would fall under nothing."""
    recognition.publish(rule("{}"))
    with pytest.raises(Refusal) as refused:
        recognition.publish(second_version(keeps="0"))
    assert refused.value.code == "rule-transition-unknown"
