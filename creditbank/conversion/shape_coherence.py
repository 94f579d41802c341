"""What must hold of a rule's shape beyond its form."""

from collections.abc import Iterator

from creditbank.conversion.amounts import AmountError
from creditbank.conversion.shapes import (
    Bundle,
    CourseTarget,
    FixedAmount,
    HoursPool,
    Shape,
    SourceAmount,
)
from creditbank.conversion.source_coherence import repeated, source_problems
from creditbank.errors import FieldProblem


def shape_problems(shape: Shape) -> Iterator[FieldProblem]:
    """Name every place where a shape contradicts itself."""
    if isinstance(shape, HoursPool):
        yield from _pool_problems(shape)
        return
    for place, target in enumerate(shape.targets):
        yield from _target_problems(target, f"shape.targets.{place}")
    yield from repeated("shape.targets", (target.code for target in shape.targets))
    if isinstance(shape, Bundle):
        yield from repeated("shape.parts", (part.name for part in shape.parts))
        for place, part in enumerate(shape.parts):
            yield from source_problems(part.sources, f"shape.parts.{place}.sources")


def _pool_problems(pool: HoursPool) -> Iterator[FieldProblem]:
    if pool.quantum.milli == 0:
        yield FieldProblem(field="shape.quantum", code="amount-not-positive")
    try:
        units = pool.units(pool.per_credit)
    except AmountError as error:
        yield FieldProblem(field="shape.per_credit", code=error.code)
        return
    if units == 0:
        yield FieldProblem(field="shape.per_credit", code="amount-not-positive")
    elif units * pool.quantum.milli % 1000:
        yield FieldProblem(field="shape.quantum", code="rule-quantum-uneven")


def _target_problems(target: CourseTarget, at: str) -> Iterator[FieldProblem]:
    gives = target.gives
    if target.credits is not None and target.credits.milli == 0:
        yield FieldProblem(field=f"{at}.credits", code="amount-not-positive")
    is_own = gives is None or gives.kind == "lesser" or not target.is_whole
    if target.credits is None and is_own:
        yield FieldProblem(field=f"{at}.credits", code="field-missing")
    if isinstance(gives, FixedAmount) and gives.credits.milli == 0:
        yield FieldProblem(field=f"{at}.gives.credits", code="amount-not-positive")
    if isinstance(gives, SourceAmount):
        yield from _source_amount_problems(gives, f"{at}.gives")
    if target.sources is not None:
        yield from source_problems(target.sources, f"{at}.sources")


def _source_amount_problems(gives: SourceAmount, at: str) -> Iterator[FieldProblem]:
    if gives.factor == 0:
        yield FieldProblem(field=f"{at}.factor", code="amount-not-positive")
    if gives.quantum is not None and gives.quantum.milli == 0:
        yield FieldProblem(field=f"{at}.quantum", code="amount-not-positive")
    levels = (f"{one.framework} {one.level}" for one in gives.by_level)
    yield from repeated(f"{at}.by_level", levels)
