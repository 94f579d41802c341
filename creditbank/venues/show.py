"""What is seen of check-ins: by the learner all of hers, by staff who of a roster has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from creditbank.institutions.queries import find_institutions
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.learners.known_names import masked_names
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.status import ENDED
from creditbank.venues.check_in import CheckInState, told
from creditbank.venues.queries import (
    RosterEntry,
    StoredCheckIn,
    check_ins_of,
    check_ins_with_keys,
    find_venues,
    roster_of,
)
from creditbank.venues.roster import tick_key
from creditbank.venues.rule import ASSURANCES, Method, Venue


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCheckIn:
    """A check-in as its learner sees it."""

    id: str
    venue: Venue
    institution: str
    at: datetime
    method: Method
    state: CheckInState
    outcome_id: str | None
    waits_until: datetime | None

    @property
    def assurance(self) -> str:
        """How sure it is 核验等级."""
        return ASSURANCES[self.method].value


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """One line of a roster: the name is masked; `outcome_id` is what its tick brought about."""

    id: str
    name: str
    is_ticked: bool
    outcome_id: str | None
    is_taken_back: bool


def show_check_ins(connection: Connection, keys: Sequence[AccountKey]) -> list[ShownCheckIn]:
    """Give the check-ins of the accounts of these keys, which are one person's, newest first."""
    by_account = {one.account_id: one for one in keys}
    stored = check_ins_of(connection, list(by_account))
    venues = find_venues(connection, {one.venue_id for one in stored})
    of = {one.institution_id for one in venues.values()}
    institutions = find_institutions(connection, of)
    shown = []
    for one in stored:
        venue, visit = venues[one.venue_id], one.visit(by_account[one.account_id])
        at = datetime.fromtimestamp(visit.at, UTC)
        shown.append(
            ShownCheckIn(
                id=one.id,
                venue=venue,
                institution=institutions[venue.institution_id].on(visit.day).name,
                at=at,
                method=Method(one.method),
                state=told(one, is_repetition=False).state,
                outcome_id=one.outcome_id,
                waits_until=_moment(one.waits_until),
            )
        )
    return sorted(shown, key=lambda one: (one.at, one.id), reverse=True)


def show_roster(connection: Connection, shift_id: str, keystore: KeyStore) -> list[ShownEntry]:
    """Give who is expected in a shift and who has come; an account without a key is left out."""
    expected = roster_of(connection, [shift_id])
    keys = keystore.get({one.account_id for one in expected})
    entries = [one for one in expected if one.account_id in keys]
    names = masked_names(connection, keys)
    ticks = check_ins_with_keys(connection, [tick_key(one.id) for one in entries])
    visits = find_outcomes(connection, {one.outcome_id for one in ticks.values() if one.outcome_id})
    return [
        _entry(one, names.get(one.account_id, ""), ticks.get(tick_key(one.id)), visits)
        for one in entries
    ]


def _entry(
    entry: RosterEntry,
    name: str,
    tick: StoredCheckIn | None,
    visits: Mapping[str, StoredOutcome],
) -> ShownEntry:
    outcome_id = None if tick is None else tick.outcome_id
    visit = visits.get(outcome_id or "")
    return ShownEntry(
        id=entry.id,
        name=name,
        is_ticked=tick is not None,
        outcome_id=outcome_id,
        is_taken_back=visit is not None and visit.status in ENDED,
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
