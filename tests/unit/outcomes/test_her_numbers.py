"""Which rows name a learner by a number of hers."""

import os

from hypothesis import assume, given
from hypothesis import strategies as st

from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.documents import identity_card
from creditbank.learners.find import learner_tag
from creditbank.outcomes.her_numbers import LENGTH_MIN, HerNumbers

SECRETS = VaultSecrets(kek_id="k", kek=os.urandom(32), lookup=b"l" * 32, spend=b"s" * 32)
ACCOUNT, IDENTITY, PASSPORT = "0123456789012340", "990101190101010015", "12XY34567"
"""No number below is one of these: two are longer, and the passport has letters of its own."""

NUMBERS = st.text(alphabet="0123456789ABC-学", min_size=LENGTH_MIN, max_size=12)


def hers(number: str) -> HerNumbers:
    """A learner with an account, an identity number, a passport and a number at one provider."""
    tags = {
        learner_tag(SECRETS, "school", "account_number", ACCOUNT),
        learner_tag(SECRETS, "school", "learner_number", number),
        identity_card(IDENTITY).tag(SECRETS),
    }
    return HerNumbers(secrets=SECRETS, tags=tags, documents={PASSPORT})


@given(NUMBERS, st.lists(NUMBERS), st.integers(min_value=0))
def test_a_row_is_hers_by_any_of_her_numbers_in_any_cell(
    number: str, others: list[str], place: int
) -> None:
    """As people write them: with spaces in an account number, in small or wide letters."""
    for written in (
        number,
        f" {number} ",
        "0123 4567 8901 2340",
        IDENTITY,
        "12xy 34567",
        "１２XY34567",
    ):
        cells = [*others]
        cells.insert(place % (len(others) + 1), written)
        assert hers(number).are_in(cells, "school")


@given(NUMBERS, st.lists(NUMBERS))
def test_other_numbers_and_names_take_nothing_away(number: str, cells: list[str]) -> None:
    """And a provider's own number is hers at that provider alone."""
    assume(number.strip() not in {cell.strip() for cell in cells})
    assert not hers(number).are_in([*cells, "示例学习者的姓名"], "school")
    assert not hers(number).are_in([number], "another school")


@given(st.text(alphabet="0123456789", max_size=LENGTH_MIN - 1))
def test_a_short_number_is_no_reason_to_take_a_row_away(number: str) -> None:
    """It may be somebody else's grade."""
    assert not hers(number).are_in([number], "school")
