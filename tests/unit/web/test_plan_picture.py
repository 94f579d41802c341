"""A bar is never longer than what is asked for, and its figures add up."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from api.v1.missing import CategoryLackView, LackView, MissingView
from api.v1.proposals import AppliedView, PlacedView, ProposalView
from api.web.citizen.plan_picture import bars

AMOUNTS = st.decimals(min_value=0, max_value=200, places=1)


def drawn(required: Decimal, covered: Decimal, added: Decimal) -> list[tuple[str, ...]]:
    """Draw a programme of one category."""
    lack = {
        "required": str(required),
        "covered": str(covered),
        "missing": str(max(required - covered, Decimal())),
    }
    missing = MissingView(
        programme="P",
        plan_version="1",
        total=LackView(**lack),
        categories=[CategoryLackView(category="专业课", **lack)],
        slots=[],
        caps=[],
    )
    place = PlacedView(target="DG-101", category="专业课", credits=str(added))
    proposal = ProposalView(
        recognised="0",
        applied=AppliedView(credits=str(added), places=[place], codes=[]),
        is_proved=True,
        steps=[],
    )
    return [
        (one.added, one.missing, one.counted_share, one.added_share)
        for one in bars(missing, proposal)
    ]


@given(required=AMOUNTS, covered=AMOUNTS, added=AMOUNTS)
def test_shares_stay_within_the_bar_and_nothing_is_missing_twice(
    required: Decimal, covered: Decimal, added: Decimal
) -> None:
    """Whatever is asked for, counts and would come."""
    whole, category = drawn(required, covered, added)
    assert whole == category
    told, missing, counted_share, added_share = map(Decimal, whole)
    assert told == added
    assert missing == max(required - covered - added, Decimal())
    assert 0 <= counted_share + added_share <= Decimal("100.01")


def test_half_of_what_is_asked_for_is_half_of_the_bar() -> None:
    """Ten of twenty credits, of which five count already."""
    assert drawn(Decimal(20), Decimal(5), Decimal(5))[0] == ("5", "10", "25", "25")
