from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from creditbank.conversion.days import civil_day, last_valid_day
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.versions import version_in_force
from creditbank.errors import InvalidInput
from tests.fixtures.rules import CERTIFICATE_RULE, HOURS_RULE, Stated, judge

BEIJING = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("awarded", "months", "last"),
    [
        (date(2019, 6, 30), 84, date(2026, 6, 30)),
        (date(2020, 2, 29), 84, date(2027, 2, 28)),
        (date(2020, 2, 29), 48, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2023, 12, 1), 1, date(2024, 1, 1)),
        (date(2023, 12, 1), 9_999 * 12, date.max),
    ],
)
def test_validity_ends_on_the_same_day_of_the_month_or_its_last(
    awarded: date, months: int, last: date
) -> None:
    """T2: the last day is inclusive; 29 February ends on the 28th of a common year."""
    assert last_valid_day(awarded, months) == last


@pytest.mark.parametrize(
    ("filed_at", "codes"),
    [
        (datetime(2026, 6, 30, 23, 59, tzinfo=BEIJING), ()),
        (datetime(2026, 6, 30, 15, 59, tzinfo=UTC), ()),
        (datetime(2026, 7, 1, 0, 0, tzinfo=BEIJING), ("expired", "no-outcome-left")),
        (datetime(2026, 6, 30, 16, 0, tzinfo=UTC), ("expired", "no-outcome-left")),
    ],
)
def test_the_last_day_counts_until_midnight_in_shanghai(
    filed_at: datetime, codes: tuple[str, ...]
) -> None:
    """T2: awarded 2019-06-30 with 7 years."""
    stated = Stated(value=6_000, awarded=date(2019, 6, 30))
    filed_on = civil_day(filed_at)
    decision = judge(CERTIFICATE_RULE, stated, targets=["DG-101"], filed_on=filed_on)
    assert decision.codes == codes


@pytest.mark.parametrize(
    ("filed_on", "code"),
    [
        (date(2026, 6, 1), None),
        (date(2026, 6, 15), "award-day-imprecise"),
        (date(2026, 6, 30), "award-day-imprecise"),
        (date(2026, 7, 1), "expired"),
    ],
)
def test_an_award_known_to_the_month_is_judged_only_where_every_day_agrees(
    filed_on: date, code: str | None
) -> None:
    """Nothing is padded in the learner's favour or against her."""
    stated = Stated(value=6_000, awarded=date(2019, 6, 1), awarded_last=date(2019, 6, 30))
    decision = judge(CERTIFICATE_RULE, stated, targets=["DG-101"], filed_on=filed_on)
    assert decision.codes[:1] == (() if code is None else (code,))


def test_an_award_after_the_filing_gives_nothing() -> None:
    """A form handed in before the award does not count for it."""
    late = Stated(class_hours=16_000, awarded=date(2026, 3, 2))
    assert judge(HOURS_RULE, late).codes == ("not-yet-awarded", "no-outcome-left")


def version(
    number: str, since: str, until: str | None = None, transition: str = ""
) -> RuleDocument:
    """Give a version of the rule of hours with no case outside its period."""
    end = transition if until is None else f"\neffective_until: {until}{transition}"
    text = HOURS_RULE.replace('version: "1"', f"version: {number}")
    text = text.replace("effective_from: 2010-01-01", f"effective_from: {since}{end}")
    return RuleDocument.read(text.replace("filed_on: 2026-03-01", f"filed_on: {since}"))


@pytest.mark.parametrize(
    ("on", "number"),
    [
        (date(2024, 12, 31), None),
        (date(2025, 1, 1), "1"),
        (date(2025, 12, 31), "1"),
        (date(2026, 1, 1), "2"),
        (date(2026, 12, 31), "2"),
        (date(2027, 1, 1), None),
    ],
)
def test_a_version_counts_from_its_first_day_until_it_is_superseded_or_ends(
    on: date, number: str | None
) -> None:
    """T3: the filing day picks the version, whatever the order in which they are given."""
    versions = [version("1", "2025-01-01"), version("2", "2026-01-01", "2027-01-01")]
    for given in (versions, versions[::-1]):
        found = version_in_force(given, on, [])
        assert (None if found is None else found.rule.version) == number


KEPT = """
supersedes: "1"
transition: {awarded_before: 2026-01-01, filed_until: 2026-12-31, version: "1"}"""


@pytest.mark.parametrize(
    ("on", "awarded", "number"),
    [
        (date(2025, 12, 31), [date(2025, 6, 1)], "1"),
        (date(2026, 2, 1), [date(2025, 12, 31)], "1"),
        (date(2026, 12, 31), [date(2025, 12, 31), date(2024, 1, 1)], "1"),
        (date(2027, 1, 1), [date(2025, 12, 31)], "2"),
        (date(2026, 2, 1), [date(2026, 1, 1)], "2"),
        (date(2026, 2, 1), [date(2025, 12, 31), date(2026, 1, 1)], "2"),
    ],
)
def test_a_transition_leaves_earlier_awards_to_the_earlier_version_for_a_time(
    on: date, awarded: list[date], number: str
) -> None:
    """T3: awarded before 2026-01-01 and filed by 2026-12-31 keeps the first, if all do."""
    versions = [version("1", "2025-01-01"), version("2", "2026-01-01", transition=KEPT)]
    for given in (versions, versions[::-1]):
        found = version_in_force(given, on, awarded)
        assert found is not None
        assert found.rule.version == number


@pytest.mark.parametrize(
    ("transition", "field", "code"),
    [
        (KEPT.replace("2026-12-31", "2025-12-31"), "filed_until", "rule-transition-over"),
        (KEPT.replace('version: "1"', 'version: "2"'), "version", "rule-transition-unknown"),
        (KEPT.replace('supersedes: "1"', ""), "version", "rule-transition-unknown"),
    ],
)
def test_a_transition_that_never_applies_is_refused(transition: str, field: str, code: str) -> None:
    """Its place and the remedy are told."""
    with pytest.raises(InvalidInput) as refused:
        version("2", "2026-01-01", transition=transition)
    assert (f"transition.{field}", code) in [
        (one.field, one.code) for one in refused.value.problems
    ]
