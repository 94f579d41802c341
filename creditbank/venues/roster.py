"""The roster 名册 of a shift: learners who are expected, and are ticked by staff when they come."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.errors import Refusal
from creditbank.venues.queries import RosterEntry, roster_of
from creditbank.venues.shifts import Shifts, load_shifts
from creditbank.venues.tables import RosterEntryRow
from creditbank.writer.command import Decision, Moment
from ledger.leaf import new_id

ENTRIES_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The shifts that commands name, and who stands on their rosters."""

    shifts: Shifts
    accounts: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToRoster:
    """Ask that these accounts be expected in a shift; who is already stays so."""

    institution_id: str
    shift_id: str
    account_ids: Sequence[str]
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the shifts that these commands name, and their rosters."""
        named = {one.shift_id for one in commands}
        found = roster_of(connection, named)
        return State(
            shifts=load_shifts(connection, list(named)),
            accounts={
                shift: frozenset(one.account_id for one in found if one.shift_id == shift)
                for shift in named
            },
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, int]:
        """Add them; the answer is how many were new.

        Raises `Refusal`: "not-found", "shift-over", "roster-too-long".
        """
        shift = state.shifts.require_running(self.institution_id, self.shift_id, moment.now)
        known = state.accounts[shift.id]
        added = [one for one in dict.fromkeys(self.account_ids) if one not in known]
        if len(known) + len(added) > ENTRIES_MAX:
            raise Refusal("roster-too-long", most=ENTRIES_MAX)
        rows = [
            {
                "id": new_id(moment.now, moment.entropy).hex(),
                "shift_id": shift.id,
                "account_id": account_id,
                "added_by": self.by,
                "added_at": int(moment.now.timestamp()),
            }
            for account_id in added
        ]
        accounts = {**state.accounts, shift.id: known | set(added)}
        return Decision(
            answer=len(rows),
            state=replace(state, accounts=accounts),
            rows={RosterEntryRow: rows},
        )


def find_entry(connection: Connection, shift_id: str, entry_id: str) -> RosterEntry:
    """Give an entry of a shift's roster; raises `Refusal("not-found")`."""
    found = (one for one in roster_of(connection, [shift_id]) if one.id == entry_id)
    entry = next(found, None)
    if entry is None:
        raise Refusal("not-found")
    return entry


def tick_key(entry_id: str) -> bytes:
    """Give the key of the tick of an entry: one person comes once to one roster."""
    return hashlib.sha256(b"tick/v1\0" + entry_id.encode()).digest()
