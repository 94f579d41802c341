"""Credit that is applied to a plan: what its slots and caps leave, in the order asked for."""

from collections.abc import Sequence
from datetime import date

from creditbank.conversion.amounts import Credits
from creditbank.conversion.apply import Applying, apply_credit
from creditbank.conversion.caps import PeriodCap, PlanCap, ScopedCap, Share
from creditbank.conversion.decision import Line
from creditbank.conversion.plan import Category, CountedCredit, CreditSource, Plan, Slot

HALF = PlanCap(kind="programme", share=Share(percent=5_000, quantum=Credits(milli=500)))


def whole(number: int) -> Credits:
    """Give whole credits."""
    return Credits(milli=number * 1000)


def credit(target: str, number: int, ended: date = date(2025, 6, 30)) -> CountedCredit:
    """Give credit of a formal course that ended on a day."""
    source = CreditSource(
        outcome_class="formal", provider="u", awarded_first=ended, awarded_last=ended
    )
    return CountedCredit(
        target=target, category="课程", credits=whole(number), rule="r", sources=(source,)
    )


def plan(total: int, *slots: Slot) -> Plan:
    """Give a plan of one category."""
    return Plan(
        programme="P",
        version="1",
        credits=whole(total),
        categories=(Category(code="课程", credits=whole(total)),),
        slots=slots,
    )


def slot(code: str, number: int, *, in_parts: bool = False) -> Slot:
    """Give a slot of that category."""
    return Slot(code=code, category="课程", credits=whole(number), in_parts=in_parts)


def failing(trace: Sequence[Line]) -> list[tuple[str | None, str, dict[str, str]]]:
    """Give the failing lines as they are shown."""
    return [(one.subject, one.code.value, one.shown) for one in trace if not one.has_passed]


def test_a_cap_in_the_middle_leaves_the_first_slot_and_says_why_the_others_wait() -> None:
    """T1: 80 credits, half may be applied, 36 are; 3, 3 and 2 indivisible give 3: 39 of 40."""
    wanted = [Applying(credit=credit(code, n)) for code, n in (("A", 3), ("B", 3), ("C", 2))]
    found = apply_credit(
        plan(80, slot("A", 3), slot("B", 3), slot("C", 2)),
        [HALF],
        {},
        wanted,
        [credit("X", 36)],
    )
    assert [(one.target, str(one.credits)) for one in found.applied] == [("A", "3")]
    sums = {"limit": "40", "used": "39"}
    assert failing(found.trace) == [
        ("B", "cap-programme", {**sums, "asked": "3", "granted": "0"}),
        ("C", "cap-programme", {**sums, "asked": "2", "granted": "0"}),
    ]


def test_a_divisible_elective_takes_what_the_cap_leaves() -> None:
    """T1 with a divisible elective: of 8 credits 4 are applied."""
    elective = plan(80, slot("E", 10, in_parts=True))
    found = apply_credit(elective, [HALF], {}, [Applying(credit=credit("E", 8))], [credit("X", 36)])
    assert str(found.credits) == "4"
    assert found.codes == ("cap-programme",)


def test_terms_and_years_count_by_the_day_on_which_a_course_ended() -> None:
    """T7: nine courses of 3 in one term count 24, seven in the next 18: 42 in all."""
    caps: list[ScopedCap] = [
        PeriodCap(kind="period", begins=((3, 1), (9, 1)), credits=whole(24)),
        PeriodCap(kind="period", begins=((3, 1),), credits=whole(42)),
    ]
    first = [credit(f"A{n}", 3, date(2025, 8, 31)) for n in range(9)]
    second = [credit(f"B{n}", 3, date(2025, 9, 1)) for n in range(7)]
    slots = [slot(one.target, 3) for one in (*first, *second)]
    wanted = [Applying(credit=one) for one in (*first, *second)]
    found = apply_credit(plan(140, *slots), caps, {}, wanted)
    terms = [str(one.target)[0] for one in found.applied]
    assert (terms.count("A") * 3, terms.count("B") * 3) == (24, 18)
    assert str(found.credits) == "42"


def test_a_full_slot_takes_no_more_and_one_filled_in_parts_takes_the_rest() -> None:
    """What does not fit is named with the slot's sum."""
    parts = plan(80, slot("E", 4, in_parts=True), slot("W", 4))
    wanted = [Applying(credit=credit("E", 3)), Applying(credit=credit("W", 4))]
    found = apply_credit(parts, [], {}, wanted, [credit("E", 2), credit("W", 4)])
    assert [(one.target, str(one.credits)) for one in found.applied] == [("E", "2")]
    assert [one[:2] for one in failing(found.trace)] == [("E", "slot-full"), ("W", "slot-full")]


def test_a_cap_of_a_rule_counts_the_credit_of_that_rule_alone() -> None:
    """Ten credits by another rule leave the cap of this one untouched."""
    cap = PlanCap(kind="programme", credits=whole(4))
    other = CountedCredit(target="X", category="课程", credits=whole(10), rule="other", sources=())
    wanted = [Applying(credit=credit("A", 3)), Applying(credit=credit("B", 3))]
    slots = plan(80, slot("A", 3), slot("B", 3))
    found = apply_credit(slots, [], {"r": [cap]}, wanted, [other])
    assert [one.target for one in found.applied] == ["A"]
    assert found.codes == ("cap-programme",)


def test_what_is_neither_slot_nor_category_of_the_plan_is_not_applied() -> None:
    """It stays recognised."""
    elsewhere = CountedCredit(target="Z", category="别的", credits=whole(3), rule="r", sources=())
    found = apply_credit(plan(80), [], {}, [Applying(credit=elsewhere)])
    assert (found.applied, found.codes) == ((), ("target-not-in-plan",))
