"""Requests that persons decide: along a chain, on what a rule does not know, and once again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from creditbank.access.roles import Role
from creditbank.bank import Bank, open_bank
from creditbank.conversion.amounts import Credits
from creditbank.conversion.filing import Finding
from creditbank.credits.balances import recognised_total
from creditbank.credits.replay import replay
from creditbank.credits.show import get_conversion
from creditbank.errors import InvalidInput, ReasonedRefusal, Refusal
from creditbank.filings.answer import ActOnFiling
from creditbank.filings.appeal import AppealFiling
from creditbank.filings.chain import Act, FilingState
from creditbank.filings.show import publications
from creditbank.learners.notices import DeliverNotices
from creditbank.outcomes.catalogued import AS_PRINTED
from creditbank.settings import Settings
from tests.fixtures.clocks import Clock
from tests.fixtures.filings import PLAIN, Persons
from tests.fixtures.recognition import Recognition
from tests.fixtures.whose import audited

MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)
GOOD = {"grade": "合格", "grade_scale": "pass-fail"}
UNKNOWN = {"grade": "良", "grade_scale": AS_PRINTED}


@pytest.fixture
def clock() -> Clock:
    """The bank's clock."""
    return Clock(MONDAY)


@pytest.fixture
def bank(settings: Settings, clock: Clock) -> Iterator[Bank]:
    """A bank on a Monday in March."""
    opened = open_bank(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def persons(recognition: Recognition) -> Persons:
    """A school with staff."""
    return Persons(recognition)


def is_sound(recognition: Recognition) -> bool:
    """Say whether audit and replay find everything as it was decided."""
    with recognition.bank.readers.reading() as connection:
        report = replay(connection, recognition.bank.keystore)
    assert report.differences == ()
    assert audited(recognition.bank) == []
    return True


def test_a_chain_is_walked_by_those_whom_it_names(
    persons: Persons, recognition: Recognition, clock: Clock
) -> None:
    """受理 → 初审 → 终审 → 公示 → 认定, each by its role; then the credit is the learner's."""
    persons.publish("chained")
    outcome, key = recognition.certificate(**GOOD), recognition.key()
    clerk, checker = persons.hire(Role.CLERK), persons.hire(Role.CHECKER)
    expert = persons.hire(Role.EXPERT)
    director = persons.hire(Role.DIRECTOR, institution=persons.of_bank)
    filing = persons.file(key, "chained", outcome, "DQ-1")
    assert persons.show(filing, key).progress.due_on == date(2026, 3, 4)

    with pytest.raises(Refusal, match="filing-role-needed"):
        persons.act(filing, key, checker)
    persons.act(filing, key, clerk)
    persons.act(filing, key, checker)
    with pytest.raises(Refusal, match="filing-role-needed"):
        persons.act(filing, key, checker)
    persons.act(filing, key, expert)
    with pytest.raises(Refusal, match="filing-published"):
        persons.act(filing, key, director, institution=persons.of_bank)
    with recognition.bank.readers.reading() as connection:
        assert recognised_total(connection, key.account_id) == Credits(milli=0)

    clock.now += timedelta(days=4)
    with pytest.raises(Refusal, match="filing-not-theirs"):
        persons.act(filing, key, persons.hire(Role.DIRECTOR))
    decided = persons.act(filing, key, director, institution=persons.of_bank)

    assert decided.state is FilingState.RECOGNISED
    with recognition.bank.readers.reading() as connection:
        assert recognised_total(connection, key.account_id) == Credits(milli=3_000)
        opened = get_conversion(connection, key, str(decided.conversion_id))
    assert opened.filing.filed_on == date(2026, 3, 2)
    assert is_sound(recognition)


def test_what_the_rule_alone_refuses_is_not_filed(
    persons: Persons, recognition: Recognition
) -> None:
    """Each failing test is named, and nothing waits for anybody."""
    persons.publish("chained")
    outcome, key = recognition.certificate(**GOOD, awarded_on="2010-01-01"), recognition.key()
    with pytest.raises(ReasonedRefusal, match="nothing-recognised"):
        persons.file(key, "chained", outcome, "DQ-1")


def test_an_unknown_scale_waits_for_a_person_even_where_the_rule_decides_by_itself(
    persons: Persons, recognition: Recognition
) -> None:
    """What she finds is an input of the decision, so that the replay gives the same again."""
    persons.publish("automatic", workflow="", decided_by="automatic")
    outcome, key = recognition.certificate(**UNKNOWN), recognition.key()
    checker = persons.hire(Role.CHECKER)
    filing = persons.file(key, "automatic", outcome, "DQ-1")
    with pytest.raises(Refusal, match="filing-open-already"):
        persons.file(key, "automatic", outcome, "DQ-1")
    with pytest.raises(Refusal, match="nothing-recognised"):
        persons.act(filing, key, checker)
    with pytest.raises(InvalidInput):
        persons.act(filing, key, checker, found=_found(outcome, "cap-rule"))

    decided = persons.act(filing, key, checker, found=_found(outcome, "grade-scale-not-listed"))

    with recognition.bank.readers.reading() as connection:
        opened = get_conversion(connection, key, str(decided.conversion_id))
    assert "found-met" in {line.code for line in opened.decision.trace}
    assert is_sound(recognition)


def test_what_the_rule_decides_at_once_needs_no_filing(
    persons: Persons, recognition: Recognition
) -> None:
    """The learner is told to ask for the credit itself."""
    persons.publish("automatic", workflow="", decided_by="automatic")
    outcome, key = recognition.certificate(**GOOD), recognition.key()
    with pytest.raises(Refusal, match="filing-not-needed"):
        persons.file(key, "automatic", outcome, "DQ-1")


def test_a_form_received_at_the_counter_counts_from_the_day_it_was_received(
    persons: Persons, recognition: Recognition, clock: Clock
) -> None:
    """Case T20: seven years from 2019-06-30 end on 2026-06-30; it is typed on 3 July."""
    persons.publish("chained", workflow=PLAIN)
    outcome = recognition.certificate(**GOOD, awarded_on="2019-06-30")
    key, checker = recognition.key(), persons.hire(Role.CHECKER)
    clock.now = datetime(2026, 7, 3, 2, tzinfo=UTC)
    with pytest.raises(ReasonedRefusal, match="nothing-recognised"):
        persons.file(key, "chained", outcome, "DQ-1")
    received = date(2026, 6, 30)
    filing = persons.file(key, "chained", outcome, "DQ-1", received_on=received)
    assert persons.act(filing, key, checker).state is FilingState.RECOGNISED
    assert is_sound(recognition)


def test_an_objection_holds_the_recognition_until_it_is_answered(
    persons: Persons, recognition: Recognition, clock: Clock
) -> None:
    """公示: the name is masked; an objection that is upheld has the review made again."""
    persons.publish("chained")
    outcome, key = recognition.certificate(**GOOD), recognition.key()
    filing = persons.file(key, "chained", outcome, "DQ-1")
    clerk, expert = persons.hire(Role.CLERK), persons.hire(Role.EXPERT)
    checker = persons.hire(Role.CHECKER)
    for by in (clerk, checker, expert):
        persons.act(filing, key, by)
    bank = recognition.bank
    with bank.readers.reading() as connection:
        published = publications(connection, bank.keystore, date(2026, 3, 2), bank.working_days)
    assert [(one.credits, one.until) for one in published] == [("3", date(2026, 3, 5))]
    bank.writer.write(
        ActOnFiling(
            filing_id=filing,
            key=key,
            secrets=bank.keystore.secrets,
            by="login-another",
            act=Act.OBJECTED,
            text="证书内容不符",
        )
    )
    clock.now += timedelta(days=10)
    director = persons.hire(Role.DIRECTOR, institution=persons.of_bank)
    with pytest.raises(Refusal, match="filing-published"):
        persons.act(filing, key, director, institution=persons.of_bank)
    persons.act(filing, key, checker, Act.UPHELD)
    shown = persons.show(filing, key)
    assert shown.step is not None
    assert shown.step.step == "final_review"
    with pytest.raises(Refusal, match="filing-same-person"):
        persons.act(filing, key, expert)
    assert is_sound(recognition)


@pytest.mark.parametrize(
    ("received_on", "due_on"), [(None, date(2026, 3, 18)), (date(2026, 3, 12), date(2026, 3, 16))]
)
def test_what_is_returned_goes_on_when_it_is_answered_and_may_be_withdrawn(
    persons: Persons, recognition: Recognition, clock: Clock, received_on: date | None, due_on: date
) -> None:
    """退回补正: the days that were left are left still, from the day of receipt on."""
    persons.publish("chained")
    outcome, key = recognition.certificate(**GOOD), recognition.key()
    clerk, bank = persons.hire(Role.CLERK), recognition.bank
    filing = persons.file(key, "chained", outcome, "DQ-1")
    assert persons.act(filing, key, clerk, Act.RETURNED).state is FilingState.RETURNED
    clock.now += timedelta(days=14)
    for what in (Act.ANSWERED, Act.WITHDRAWN):
        bank.writer.write(
            ActOnFiling(
                filing_id=filing,
                key=key,
                secrets=bank.keystore.secrets,
                by="login-citizen",
                act=what,
                text="已补",
                received_on=received_on if what is Act.ANSWERED else None,
            )
        )
        if what is Act.ANSWERED:
            assert persons.show(filing, key).progress.due_on == due_on
    with pytest.raises(Refusal, match="filing-decided"):
        persons.act(filing, key, clerk)
    assert is_sound(recognition)


def test_a_decision_that_departs_from_the_last_ones_asks_for_a_reason(
    persons: Persons, recognition: Recognition, clock: Clock
) -> None:
    """先例: one certificate for one course was recognised; the next refusal must say why."""
    persons.publish("chained", workflow=PLAIN)
    checker = persons.hire(Role.CHECKER)
    filings = []
    for number in ("1", "2", "3"):
        outcome = recognition.certificate(
            learner=f"2023000{number}", **GOOD, certificate_number=f"示例-{number}"
        )
        key = recognition.key(learner=f"2023000{number}")
        filings.append((persons.file(key, "chained", outcome, "DQ-1"), key))
    persons.act(*filings[0], checker)
    clock.now += timedelta(minutes=1)
    with pytest.raises(Refusal, match="departs-from-precedents") as refused:
        persons.act(*filings[1], checker, Act.REFUSED, code="content-differs")
    assert refused.value.facts["filings"] == (filings[0][0],)
    persons.act(*filings[1], checker, Act.REFUSED, code="content-differs", departure="内容已改版")
    with pytest.raises(Refusal, match="departs-from-precedents"):
        persons.act(*filings[2], checker)
    assert [one.is_granted for one in persons.show(*filings[2]).precedents] == [False, True]
    assert is_sound(recognition)


def test_a_refusal_is_appealed_against_from_its_delivery_and_decided_by_others(
    persons: Persons, recognition: Recognition, clock: Clock
) -> None:
    """申诉: linked to the first, by another person; the day of the first filing still counts."""
    persons.publish("chained", workflow=f"{PLAIN}\n  appeal_working_days: 10")
    outcome, key = recognition.certificate(**GOOD), recognition.key()
    checker, other = persons.hire(Role.CHECKER), persons.hire(Role.DIRECTOR)
    bank = recognition.bank
    filing = persons.file(key, "chained", outcome, "DQ-1")
    with pytest.raises(InvalidInput):
        persons.act(filing, key, checker, Act.REFUSED, code="no-such-code")
    persons.act(filing, key, checker, Act.REFUSED, code="content-differs")
    assert persons.show(filing, key).appeal_until is None
    notice = persons.show(filing, key).stored.notice_id
    bank.writer.write(DeliverNotices(account_ids=[key.account_id], notice_ids=[str(notice)]))
    assert persons.show(filing, key).appeal_until == date(2026, 3, 16)

    appeal = AppealFiling(
        filing_id=filing, key=key, secrets=bank.keystore.secrets, by="login-citizen", text="请复核"
    )
    clock.now += timedelta(days=20)
    with pytest.raises(Refusal, match="appeal-too-late"):
        bank.writer.write(appeal)
    clock.now -= timedelta(days=10)
    again = bank.writer.write(appeal).answer
    with pytest.raises(Refusal, match="filing-appealed"):
        bank.writer.write(appeal)
    with pytest.raises(Refusal, match="filing-same-person"):
        persons.act(again, key, checker)
    decided = persons.act(again, key, other, departure="复核后认为内容相符")
    assert persons.show(again, key).stored.appeal_of == filing
    with bank.readers.reading() as connection:
        opened = get_conversion(connection, key, str(decided.conversion_id))
    assert opened.filing.filed_on == date(2026, 3, 2)
    assert is_sound(recognition)


def _found(outcome: str, code: str) -> Finding:
    return Finding(outcome=outcome, code=code, is_met=True)
