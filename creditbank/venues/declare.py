"""Declare a venue and what a visit counts for; the rule of a day that has begun never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from sqlalchemy import Connection, delete
from sqlmodel import SQLModel, col

from creditbank.catalogue.calendar import load_sessions
from creditbank.catalogue.definition import Counting, Definition, OutcomeClass
from creditbank.catalogue.queries import definitions_by_code
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.texts import stated_text_problem
from creditbank.venues.queries import find_venues
from creditbank.venues.rule import Venue, VisitRule, venue_id
from creditbank.venues.tables import VenueRow, VenueRuleRow
from creditbank.writer.command import Decision, Moment, Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The venues there are, the definitions that commands name, and what each offering is of."""

    venues: Mapping[str, Venue]
    definitions: Mapping[tuple[str, str], Sequence[Definition]]
    offerings: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareVenue:
    """Ask that people can check in at a course of class `venue`, or at one offering of it.

    The rule is added to those of the venue, in place of one that begins on the same day; `only_new`
    refuses that, for who means another venue and not another rule of this one.
    """

    institution_id: str
    course: str
    offering: str | None
    name: str
    rule: VisitRule
    by: str
    only_new: bool = False

    @property
    def venue_id(self) -> str:
        """The id of the venue."""
        return venue_id(self.institution_id, self.course, self.offering)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        definitions: dict[tuple[str, str], Sequence[Definition]] = {}
        offerings: dict[tuple[str, str], str] = {}
        for one in commands:
            named = definitions_by_code(connection, one.institution_id, [one.course])
            definitions[one.institution_id, one.course] = named.get(one.course, ())
            codes = [] if one.offering is None else [one.offering]
            sessions = load_sessions(connection, one.institution_id, codes)
            for code, definition in sessions.offerings.items():
                offerings[one.institution_id, code] = definition
        venues = find_venues(connection, {one.venue_id for one in commands})
        return State(venues=venues, definitions=definitions, offerings=offerings)

    def decide(self, state: State, moment: Moment) -> Decision[State, Venue]:
        """Declare it; raises `InvalidInput` that names every wrong field."""
        known = state.venues.get(self.venue_id)
        self._require_sound(state, known, civil_day(moment.now))
        kept = () if known is None else known.rules
        kept = tuple(one for one in kept if one.from_day != self.rule.from_day)
        rules = sorted((*kept, self.rule), key=lambda one: one.from_day)
        declared = Venue(
            id=self.venue_id,
            institution_id=self.institution_id,
            course=self.course,
            offering=self.offering,
            name=self.name if known is None else known.name,
            rules=tuple(rules),
        )
        replaced = delete(VenueRuleRow).where(
            col(VenueRuleRow.venue_id) == self.venue_id,
            col(VenueRuleRow.from_day) == self.rule.from_day,
        )
        return Decision(
            answer=declared,
            state=replace(state, venues={**state.venues, self.venue_id: declared}),
            changes=[replaced],
            rows=self._rows(moment, is_new=known is None),
        )

    def _require_sound(self, state: State, known: Venue | None, today: date) -> None:
        definitions = state.definitions[self.institution_id, self.course]
        problems = list(self.rule.problems())
        if (wrong := stated_text_problem("title", self.name)) is not None:
            problems.append(replace(wrong, field="name"))
        if not any(one.outcome_class is OutcomeClass.VENUE for one in definitions):
            problems.append(FieldProblem(field="course", code="course-no-venue"))
        elif any(one.counting is not Counting.EACH for one in definitions):
            problems.append(FieldProblem(field="course", code="course-counts-once"))
        elif self.offering is not None:
            offered = state.offerings.get((self.institution_id, self.offering))
            if offered not in {one.id for one in definitions}:
                problems.append(FieldProblem(field="offering", code="offering-unknown"))
        if known is not None and self.only_new:
            problems.append(FieldProblem(field="course", code="course-has-venue"))
        # Nobody has checked in today at a venue that is new.
        is_new = known is None or self.only_new
        first = today if is_new else today + timedelta(days=1)
        if self.rule.from_day < first.isoformat():
            problems.append(FieldProblem(field="from_day", code="visit-rule-begun"))
        if problems:
            raise InvalidInput(problems)

    def _rows(self, moment: Moment, *, is_new: bool) -> dict[type[SQLModel], Rows]:
        rule = self.rule
        venue = {
            "id": self.venue_id,
            "institution_id": self.institution_id,
            "course": self.course,
            "offering": self.offering,
            "name": self.name,
        }
        row = {
            "venue_id": self.venue_id,
            "from_day": rule.from_day,
            "minutes": rule.minutes,
            "class_hours": rule.class_hours and rule.class_hours.milli,
            "visits_a_day": rule.visits_a_day,
            "minutes_between": rule.minutes_between,
            "methods": sorted(rule.methods),
            "declared_by": self.by,
            "declared_at": int(moment.now.timestamp()),
        }
        return {VenueRow: [venue] if is_new else [], VenueRuleRow: [row]}
