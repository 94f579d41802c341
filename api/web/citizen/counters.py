"""The three counters of a learner's home, each with what its classes add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from api.v1.own_account import ClassTotal

COUNTERS = (
    ("formal", ("formal",)),
    ("vocational", ("vocational",)),
    ("others", ("non_degree", "venue")),
)
"""学历教育, 职业技能证书, 非学历与场馆."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """How many outcomes there are of some classes; amounts are decimal strings, empty for none."""

    name: str
    outcomes: int
    credits: str
    class_hours: str


def counters(totals: Sequence[ClassTotal]) -> list[Counter]:
    """Add up what stands, by the counters' classes."""
    return [
        _counter(name, [one for one in totals if one.outcome_class in of]) for name, of in COUNTERS
    ]


def _counter(name: str, totals: Sequence[ClassTotal]) -> Counter:
    return Counter(
        name=name,
        outcomes=sum(one.outcomes for one in totals),
        credits=_sum([one.credits for one in totals]),
        class_hours=_sum([one.class_hours for one in totals]),
    )


def _sum(amounts: Sequence[str]) -> str:
    total = sum(map(Decimal, amounts), Decimal())
    return f"{total.normalize():f}" if total else ""
