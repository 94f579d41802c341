"""What is held today that one rule can take, beside what its earlier version takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from creditbank.conversion.rule import Rule
from creditbank.statistics.coverage import HeldCourse, held_courses, may_take


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Definitions of which active outcomes are held: taken, taken anew, and taken no more."""

    taken: Sequence[HeldCourse]
    gained: Sequence[HeldCourse]
    lost: Sequence[HeldCourse]

    @property
    def outcomes(self) -> int:
        """How many active outcomes there are of what is taken."""
        return sum(one.outcomes for one in self.taken)


def reach_on(connection: Connection, rule: Rule, before: Rule | None, day: date) -> Reach:
    """Give what a rule can take of what is held on a day, whatever it would give for it."""
    courses = list(held_courses(connection, day))
    now = {held.definition.id for held, course in courses if may_take(rule, course)}
    then = (
        set()
        if before is None
        else {held.definition.id for held, course in courses if may_take(before, course)}
    )
    held = [one for one, _ in courses]
    return Reach(
        taken=[one for one in held if one.definition.id in now],
        gained=[one for one in held if one.definition.id in now - then],
        lost=[one for one in held if one.definition.id in then - now],
    )
