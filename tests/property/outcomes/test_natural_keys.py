from dataclasses import replace
from datetime import date

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from creditbank.catalogue.definition import Definition, OutcomeClass
from creditbank.outcomes.posting import parse_posting
from creditbank.outcomes.stated import natural_key

POSTED = parse_posting(
    {"learner": "1", "course": "B", "term": "2024", "result": "Pass", "credits": "1",
     "awarded_on": "2024"},
    today=date(2026, 1, 1),
)  # fmt: skip
DEFINITION = Definition(
    id="d",
    institution_id="i",
    code="B",
    version="1",
    title="B",
    title_en=None,
    outcome_class=OutcomeClass.FORMAL,
    scheme_id="s",
    credits=None,
    hours=None,
    valid_from="2000-01-01",
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(term=TEXT, code=TEXT, attempt=st.integers(min_value=1, max_value=99))
def test_a_natural_key_has_the_bytes_of_rfc_8785(term: str, code: str, attempt: int) -> None:
    """Anyone who holds the account's key can make the same tag with any implementation."""
    posted = replace(POSTED, term=term, attempt=attempt)
    key = natural_key(posted, replace(DEFINITION, code=code))
    assert key == rfc8785.dumps(
        {
            "attempt": attempt,
            "attempt_kind": "first",
            "course": code,
            "institution": "i",
            "term": term,
            "version": "1",
        }
    )
