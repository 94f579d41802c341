"""What must hold of caps and of a plan beyond their form."""

from collections.abc import Iterator, Sequence

from creditbank.conversion.caps import Cap, PeriodCap, ScopedCap
from creditbank.conversion.plan_file import StatedPlan
from creditbank.conversion.source_coherence import repeated
from creditbank.errors import FieldProblem


def plan_problems(plan: StatedPlan, at: str) -> Iterator[FieldProblem]:
    """Name every place where a plan contradicts itself."""
    categories = {one.code for one in plan.categories}
    yield from repeated(f"{at}.categories", (one.code for one in plan.categories))
    yield from repeated(f"{at}.slots", (one.code for one in plan.slots))
    if plan.credits.milli == 0:
        yield FieldProblem(field=f"{at}.credits", code="amount-not-positive")
    for place, slot in enumerate(plan.slots):
        if slot.category not in categories:
            field = f"{at}.slots.{place}.category"
            yield FieldProblem(field=field, code="category-unknown", facts={"name": slot.category})
    yield from cap_problems(plan.caps, f"{at}.caps")
    for place, cap in enumerate(plan.caps):
        for field, name in _categories_of(cap):
            if name not in categories:
                where = f"{at}.caps.{place}.{field}"
                yield FieldProblem(field=where, code="category-unknown", facts={"name": name})


def cap_problems(caps: Sequence[Cap], at: str) -> Iterator[FieldProblem]:
    """Name every cap that states no limit or two, or a quantum of nothing."""
    for place, cap in enumerate(caps):
        if not isinstance(cap, ScopedCap) or cap.kind == "certificates":
            continue
        if (cap.credits is None) == (cap.share is None):
            yield FieldProblem(field=f"{at}.{place}", code="rule-cap-unclear")
        if cap.share is not None and cap.share.quantum.milli == 0:
            yield FieldProblem(field=f"{at}.{place}.share.quantum", code="amount-not-positive")
        if isinstance(cap, PeriodCap) and list(cap.begins) != sorted(set(cap.begins)):
            yield FieldProblem(field=f"{at}.{place}.begins", code="rule-days-unordered")


def _categories_of(cap: ScopedCap) -> Iterator[tuple[str, str]]:
    named = getattr(cap, "category", None)
    if named is not None:
        yield "category", named
    share = getattr(cap, "share", None)
    if share is not None and share.of_category is not None:
        yield "share.of_category", share.of_category
