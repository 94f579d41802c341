"""Shifts at a venue: within one its devices work and its roster is ticked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import tree_on
from creditbank.outcomes.texts import text_problem
from creditbank.venues.queries import Shift, find_shifts, find_venues
from creditbank.venues.rule import Venue
from creditbank.venues.tables import ShiftRow
from creditbank.writer.command import AnsweredById, Decision, Moment
from ledger.leaf import new_id

LENGTH_MAX = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """Venues, shifts that commands name, and the tree by which staff reach them."""

    venues: Mapping[str, Venue]
    shifts: Mapping[str, Shift]
    histories: Mapping[str, History]

    def require_reached(self, institution_id: str, venue_id: str, now: datetime) -> Venue:
        """Give a venue that staff of an institution run; raises `Refusal("not-found")`."""
        venue = self.venues.get(venue_id)
        if venue is None:
            raise Refusal("not-found")
        tree_on(self.histories, civil_day(now)).require(institution_id, venue.institution_id)
        return venue

    def require_shift(self, institution_id: str, shift_id: str, now: datetime) -> Shift:
        """Give a shift at such a venue; raises `Refusal("not-found")`."""
        shift = self.shifts.get(shift_id)
        if shift is None:
            raise Refusal("not-found")
        self.require_reached(institution_id, shift.venue_id, now)
        return shift

    def require_running(self, institution_id: str, shift_id: str, now: datetime) -> Shift:
        """Give a shift that is not over; raises `Refusal`: "not-found", "shift-over"."""
        shift = self.require_shift(institution_id, shift_id, now)
        if shift.ends_at <= now.timestamp():
            raise Refusal("shift-over")
        return shift


def load_shifts(
    connection: Connection, shift_ids: Sequence[str], venue_ids: Sequence[str] = ()
) -> Shifts:
    """Load these shifts with their venues, these venues, and the tree."""
    shifts = find_shifts(connection, shift_ids)
    venues = {*venue_ids, *(one.venue_id for one in shifts.values())}
    return Shifts(
        venues=find_venues(connection, venues),
        shifts=shifts,
        histories=all_institutions(connection),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShift(AnsweredById):
    """Ask that a shift begin now at a venue, as staff of `institution_id`."""

    institution_id: str
    venue_id: str
    place: str | None
    ends_at: datetime
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Shifts:
        """Load the venues that these commands name."""
        return load_shifts(connection, (), [one.venue_id for one in commands])

    def decide(self, state: Shifts, moment: Moment) -> Decision[Shifts, str]:
        """Open it; the answer is its id. Raises `Refusal`: "not-found", "invalid-input"."""
        state.require_reached(self.institution_id, self.venue_id, moment.now)
        problem = None if self.place is None else text_problem("where", self.place)
        if problem is not None:
            raise InvalidInput([replace(problem, field="place")])
        if not moment.now < self.ends_at <= moment.now + LENGTH_MAX:
            raise InvalidInput([FieldProblem(field="ends_at", code="shift-length-wrong")])
        row = {
            "id": new_id(moment.now, moment.entropy).hex(),
            "venue_id": self.venue_id,
            "place": self.place,
            "starts_at": int(moment.now.timestamp()),
            "ends_at": int(self.ends_at.timestamp()),
            "opened_by": self.by,
        }
        return Decision(answer=str(row["id"]), state=state, rows={ShiftRow: [row]})


@dataclass(frozen=True, slots=True, kw_only=True)
class EndShift:
    """Ask that a shift end now; one that is over stays so.

    What its devices scanned before is taken still, for as long as late check-ins are.
    """

    institution_id: str
    shift_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Shifts:
        """Load the shifts that these commands name."""
        return load_shifts(connection, [one.shift_id for one in commands])

    def decide(self, state: Shifts, moment: Moment) -> Decision[Shifts, None]:
        """End it; raises `Refusal("not-found")`."""
        shift = state.require_shift(self.institution_id, self.shift_id, moment.now)
        now = int(moment.now.timestamp())
        if shift.ends_at <= now:
            return Decision(answer=None, state=state)
        ended = update(ShiftRow).where(col(ShiftRow.id) == shift.id).values(ends_at=now)
        shifts = {**state.shifts, shift.id: replace(shift, ends_at=now)}
        return Decision(answer=None, state=replace(state, shifts=shifts), changes=[ended])
