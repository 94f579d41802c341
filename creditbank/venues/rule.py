"""What a venue publishes of a visit: what it counts for, how often, and by which methods. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType

from creditbank.conversion.amounts import ClassHours
from creditbank.errors import FieldProblem
from creditbank.outcomes.particulars import Assurance

MINUTES_A_VISIT_MAX = 24 * 60
CLASS_HOURS_A_VISIT_MAX = ClassHours(milli=24_000)
VISITS_A_DAY_MAX = 12
MINUTES_BETWEEN = (5, 24 * 60)
"""The least and the most time that may be asked for between two visits."""


class Method(StrEnum):
    """How somebody checked in."""

    LIVE_CODE = "live_code"  # 动态码: her phone at a desk, or a desk's screen by her phone
    CARD = "card"  # 打卡证: the printed card, scanned at a desk
    ROSTER = "roster"  # 名册: ticked by staff
    KIOSK = "kiosk"  # 自助机: a device that nobody attends to


ASSURANCES: Mapping[Method, Assurance] = MappingProxyType(
    {
        Method.LIVE_CODE: Assurance.ATTENDED,
        Method.CARD: Assurance.ATTENDED,
        Method.ROSTER: Assurance.ATTENDED,
        Method.KIOSK: Assurance.DECLARED,
    }
)
"""How sure each is: where nobody of the venue sees her, it is she who declares that she came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRule:
    """What holds from a day on (YYYY-MM-DD), for whole civil days."""

    from_day: str
    minutes: int | None
    class_hours: ClassHours | None
    visits_a_day: int
    minutes_between: int
    methods: frozenset[Method]

    def problems(self) -> Iterator[FieldProblem]:
        """Say what is wrong with it."""
        if self.minutes is None and self.class_hours is None:
            yield FieldProblem(field="minutes", code="amount-missing")
        for name, value, least, most in (
            ("minutes", self.minutes, 1, MINUTES_A_VISIT_MAX),
            ("visits_a_day", self.visits_a_day, 1, VISITS_A_DAY_MAX),
            ("minutes_between", self.minutes_between, *MINUTES_BETWEEN),
        ):
            if value is not None and not least <= value <= most:
                facts = {"least": least, "most": most}
                yield FieldProblem(field=name, code="number-out-of-range", facts=facts)
        if self.class_hours is not None and self.class_hours > CLASS_HOURS_A_VISIT_MAX:
            facts = {"least": 0, "most": CLASS_HOURS_A_VISIT_MAX.milli // 1_000}
            yield FieldProblem(field="class_hours", code="number-out-of-range", facts=facts)
        if not self.methods:
            yield FieldProblem(field="methods", code="field-missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A venue and its rules, in the order of their days."""

    id: str
    institution_id: str
    course: str
    offering: str | None
    name: str
    rules: Sequence[VisitRule] = ()

    def rule_on(self, day: date) -> VisitRule | None:
        """Give the rule that holds on a day."""
        begun = [one for one in self.rules if one.from_day <= day.isoformat()]
        return begun[-1] if begun else None


def venue_id(institution_id: str, course: str, offering: str | None) -> str:
    """Give the id of a venue; it follows from what it is, so that a repetition finds it."""
    key = "\0".join((institution_id, course, offering or ""))
    return sha256(b"venue/v1\0" + key.encode()).hexdigest()[:32]
