"""An application is stored with everything that it was applied from, and computed again from it."""

from datetime import date

import orjson
from hypothesis import given
from hypothesis import strategies as st

from creditbank.conversion.amounts import Credits
from creditbank.conversion.application import (
    ENGINE,
    ENGINES,
    INPUTS,
    RESULTS,
    ApplicationInputs,
    apply_inputs,
    left_of,
)
from creditbank.conversion.apply import Applying
from creditbank.conversion.caps import CertificatesCap, PeriodCap, PlanCap, ProviderCap, Share
from creditbank.conversion.plan import (
    Category,
    CountedCredit,
    CreditSource,
    Plan,
    Slot,
    total_of,
)

SOURCE = CreditSource(
    outcome_class="formal",
    provider="u",
    awarded_first=date(2025, 6, 1),
    awarded_last=date(2025, 6, 30),
    provider_above=("above",),
    certificate="c",
)


def credit(target: str, milli: int) -> CountedCredit:
    """Give credit of one course."""
    amount = Credits(milli=milli)
    return CountedCredit(target=target, category="课", credits=amount, rule="r", sources=(SOURCE,))


def inputs(count: int, share: int, *, in_parts: bool = False) -> ApplicationInputs:
    """Give so many courses of 3 credits in a plan of 120 of which a share may be applied."""
    slots = tuple(
        Slot(code=f"S{n:02}", category="课", credits=Credits(milli=3_000), in_parts=in_parts)
        for n in range(count)
    )
    return ApplicationInputs(
        plan=Plan(
            programme="P",
            version="1",
            credits=Credits(milli=120_000),
            categories=(Category(code="课", credits=Credits(milli=120_000)),),
            slots=slots,
        ),
        plan_caps=(
            PlanCap(kind="programme", share=Share(percent=share, quantum=Credits(milli=500))),
        ),
        rule_caps=(
            PeriodCap(kind="period", begins=((3, 1), (9, 1)), credits=Credits(milli=90_500)),
            CertificatesCap(kind="certificates", at_most=12),
            ProviderCap(kind="provider", provider_subtrees=("x",), credits=Credits(milli=1)),
        ),
        wanted=tuple(Applying(credit=credit(one.code, 3_000)) for one in slots),
        applied=(),
    )


def test_residency_leaves_what_is_beyond_a_quarter_recognised() -> None:
    """R13: three quarters of 120 are taken at the school: of 54 recognised 30 are applied."""
    found = apply_inputs(inputs(18, 2_500))
    assert (str(total_of(one.credit for one in inputs(18, 2_500).wanted)), str(found.credits)) == (
        "54",
        "30",
    )
    assert found.codes == ("cap-programme",)


@given(st.integers(0, 20), st.integers(0, 10_000), st.booleans())
def test_what_is_stored_gives_the_same_result_again(count: int, share: int, in_parts: bool) -> None:  # noqa: FBT001
    """Inputs and result survive plain JSON, caps in the words in which they are stated."""
    before = inputs(count, share, in_parts=in_parts)
    stored = orjson.dumps(INPUTS.dump_python(before, mode="json", exclude_none=True))
    again = INPUTS.validate_json(stored)
    assert again == before
    result = ENGINES[ENGINE](again)
    dumped = orjson.dumps(RESULTS.dump_python(result, mode="json", exclude_none=True))
    assert RESULTS.validate_json(dumped) == apply_inputs(before)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.data())
def test_what_is_applied_and_what_is_left_are_all_that_was_granted(
    worth: list[int], data: st.DataObject
) -> None:
    """Nothing is applied twice, and nothing is lost between two applications."""
    granted = [Applying(credit=credit(f"S{n}", one * 500)) for n, one in enumerate(worth)]
    applied = [
        credit(one.credit.target, data.draw(st.integers(0, one.credit.credits.milli)))
        for one in granted
    ]
    left = [one.credit for one in left_of(granted, applied)]
    assert total_of([*applied, *left]) == total_of(one.credit for one in granted)
    assert all(one.credits.milli > 0 for one in left)
