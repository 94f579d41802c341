"""An entry of the timeline says how it stands wherever that needs a word."""

from itertools import product

import pytest

from api.web.citizen.outcomes import Entry
from api.web.rendering import environment
from creditbank.outcomes.status import OutcomeStatus


@pytest.mark.parametrize(("status", "expired"), [*product(OutcomeStatus, (True, False))])
def test_an_entry_is_plain_where_the_pages_have_no_word_for_how_it_stands(
    status: OutcomeStatus, *, expired: bool
) -> None:
    """The home asks for no word then."""
    entry = Entry(
        id="0" * 32,
        status=status.value,
        expired=expired,
        awarded_on="2026-06-30",
        title="社会科学",
        title_en=None,
        provider="开放大学",
        provider_en=None,
        outcome_class="formal",
        credits="4",
        class_hours=None,
    )
    words = environment("zh").get_template("frame/words.html").module.standing(entry)
    assert entry.is_plain == (not words.strip())
