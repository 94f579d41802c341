"""What must hold of a rule's predicates beyond their form."""

from collections import Counter
from collections.abc import Iterable, Iterator

from creditbank.conversion.amounts import AmountError
from creditbank.conversion.filing import units_of
from creditbank.conversion.sources import Sources
from creditbank.errors import FieldProblem


def source_problems(sources: Sources, at: str) -> Iterator[FieldProblem]:
    """Name every place where predicates contradict themselves; `at` is where they stand."""
    yield from repeated(f"{at}.levels", (one.framework for one in sources.levels))
    yield from repeated(f"{at}.grades", (one.scale for one in sources.grades))
    for place, grade in enumerate(sources.grades):
        if (grade.at_least is None) == (not grade.any_of):
            yield FieldProblem(field=f"{at}.grades.{place}", code="rule-grade-wrong")
    if sources.hours is not None:
        try:
            units_of(sources.hours.unit, sources.hours.at_least)
        except AmountError as error:
            yield FieldProblem(field=f"{at}.hours.at_least", code=error.code)
    begins, ends = sources.awarded_from, sources.awarded_until
    if begins is not None and ends is not None and ends < begins:
        yield FieldProblem(field=f"{at}.awarded_until", code="days-reversed")


def repeated(field: str, names: Iterable[str]) -> Iterator[FieldProblem]:
    """Name what stands in a list more than once."""
    for name, count in Counter(names).items():
        if count > 1:
            facts = {"name": name}
            yield FieldProblem(field=field, code="rule-name-repeated", facts=facts)
