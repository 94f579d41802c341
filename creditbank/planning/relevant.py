"""Which of many rules can take anything of a learner at all, asked quickly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from creditbank.conversion.filing import Outcome
from creditbank.conversion.shapes import Bundle
from creditbank.conversion.sources import Sources
from creditbank.conversion.versions import VersionInForce


@dataclass(frozen=True, slots=True)
class _Held:
    """The codes, series and classes of a learner's outcomes."""

    courses: frozenset[str]
    series: frozenset[str]
    classes: frozenset[str]

    def may_meet(self, sources: Sources) -> bool:
        """Say no only where no outcome can meet the predicates."""
        if (
            sources.courses
            and not sources.course_patterns
            and self.courses.isdisjoint(sources.courses)
        ):
            return False
        if sources.certificate_series and self.series.isdisjoint(sources.certificate_series):
            return False
        return not sources.classes or not self.classes.isdisjoint(sources.classes)


def relevant_rules(
    rules: Iterable[VersionInForce], outcomes: Sequence[Outcome]
) -> Iterator[VersionInForce]:
    """Leave out the rules that no outcome can meet."""
    held = _Held(
        courses=frozenset(one.course for one in outcomes),
        series=frozenset(one.certificate_series for one in outcomes if one.certificate_series),
        classes=frozenset(one.outcome_class for one in outcomes),
    )
    for version in rules:
        rule = version.document.rule
        parts = rule.shape.parts if isinstance(rule.shape, Bundle) else ()
        if held.may_meet(rule.sources) and all(held.may_meet(one.sources) for one in parts):
            yield version
