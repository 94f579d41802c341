"""Which of several definitions of one code a result belongs to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.catalogue.choose import choose
from creditbank.catalogue.definition import Definition, OutcomeClass
from creditbank.errors import InvalidInput

DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))


def definition(version: str, valid_from: str, valid_until: str | None = None) -> Definition:
    """Give a version of one course."""
    return Definition(
        id=version,
        institution_id="i",
        code="B",
        version=version,
        title="B",
        title_en=None,
        outcome_class=OutcomeClass.FORMAL,
        scheme_id="s",
        credits=None,
        hours=None,
        valid_from=valid_from,
        valid_until=valid_until,
    )


OLD, NEW = definition("1", "2010-01-01"), definition("2", "2020-01-01")


@given(DAYS)
def test_a_version_ends_where_the_next_begins(day: date) -> None:
    """Of versions without a last day the one that had begun last is meant, whatever their order."""
    if day < date(2010, 1, 1):
        with pytest.raises(InvalidInput):
            choose([NEW, OLD], None, first_day=day, last_day=day)
    else:
        expected = OLD if day < date(2020, 1, 1) else NEW
        assert choose([NEW, OLD], None, first_day=day, last_day=day) == expected


def test_a_stated_version_is_that_version() -> None:
    """The poster knows."""
    day = date(2024, 6, 30)
    assert choose([OLD, NEW], "1", first_day=day, last_day=day) == OLD


@pytest.mark.parametrize(
    ("versions", "first", "last"),
    [
        ([OLD, NEW], date(2019, 1, 1), date(2020, 12, 31)),
        ([definition("1", "2010-01-01", "2021-12-31"), NEW], date(2020, 5, 1), date(2020, 5, 1)),
        ([definition("1", "2010-01-01"), definition("2", "2010-01-01")], date(2015, 1, 1),
         date(2015, 1, 1)),
    ],
)  # fmt: skip
def test_where_two_may_be_meant_both_are_named_and_none_is_guessed(
    versions: list[Definition], first: date, last: date
) -> None:
    """A date across two versions, versions that overlap, versions of one day."""
    with pytest.raises(InvalidInput) as refused:
        choose(versions, None, first_day=first, last_day=last)
    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == ("course_version", "course-version-ambiguous")
    named = problem.facts["versions"]
    assert [name.split()[0] for name in named] == ["1", "2"]  # type: ignore[union-attr]  # Texts.
