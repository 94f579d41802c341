"""The table of how a posted row finds its person, line by line."""

import pytest

from creditbank.learners.match import KnownPerson, LearnerKind, Match, match_person
from creditbank.learners.names import fold

NAMED = KnownPerson({fold("学习者"), fold("曾用名")})
NAMELESS = KnownPerson(frozenset())
ATTACHED, OPENED, UNKNOWN = Match.ATTACHED, Match.OPENED, Match.UNKNOWN
DIFFERS, ALONE, NO_NAME = Match.NAME_DIFFERS, Match.NAME_ALONE, Match.NAME_UNKNOWN

TABLE: list[tuple[LearnerKind, str | None, KnownPerson | None, bool, Match]] = [
    ("account_number", None, NAMED, True, ATTACHED),
    ("account_number", "學習者", NAMED, True, ATTACHED),
    ("account_number", "曾用名", NAMED, True, ATTACHED),
    ("account_number", "别人", NAMED, True, DIFFERS),
    ("account_number", "别人", NAMELESS, True, ATTACHED),
    ("account_number", None, None, True, UNKNOWN),
    ("learner_number", None, NAMED, True, ATTACHED),
    ("learner_number", "学习者", NAMED, True, ATTACHED),
    ("learner_number", "别人", NAMED, True, DIFFERS),
    ("learner_number", "别人", NAMELESS, True, ATTACHED),
    ("learner_number", "别人", None, True, OPENED),
    ("learner_number", "别人", None, False, UNKNOWN),
    ("document", "学习者", NAMED, True, ATTACHED),
    ("document", "别人", NAMED, True, DIFFERS),
    ("document", "别人", NAMELESS, True, NO_NAME),
    ("document", None, NAMED, True, NO_NAME),
    ("document", "别人", None, True, OPENED),
    ("document", "别人", None, False, UNKNOWN),
    ("name", "学习者", None, True, ALONE),
    ("name", "学习者", None, False, ALONE),
    ("name", "学习者", NAMED, True, ALONE),
]


@pytest.mark.parametrize(("kind", "name", "found", "may_open", "match"), TABLE)
def test_a_row_finds_its_person_as_the_table_says(
    kind: LearnerKind, name: str | None, found: KnownPerson | None, *, may_open: bool, match: Match
) -> None:
    """By one number, with a name that agrees; a name alone leads to nobody."""
    assert match_person(kind, name, found, may_open=may_open) is match


def test_what_waits_for_a_person_is_held() -> None:
    """And nothing else is."""
    assert {one for one in Match if one.is_held} == {DIFFERS, ALONE, NO_NAME}
