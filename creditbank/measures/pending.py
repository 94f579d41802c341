"""What a measure still has to do."""

from collections.abc import Collection

from sqlalchemy import Connection

from creditbank.learners.queries import pseudonyms_among
from creditbank.measures.measure import ENDING, OPEN_TO, Act, Measure
from creditbank.measures.queries import listed_outcomes
from creditbank.outcomes.choose import Chosen, find_chosen
from creditbank.outcomes.events import StoredEvent, events_of


def still_open(connection: Connection, act: Act, outcomes: Collection[Chosen]) -> list[Chosen]:
    """Give those of these outcomes to which an act can be done today."""
    found = [one for one in outcomes if one.status in OPEN_TO[act]]
    if act in ENDING:
        return found
    erased = pseudonyms_among(connection, {one.account_id for one in found})
    return [one for one in found if one.account_id not in erased]


def pending_of(connection: Connection, measure: Measure) -> list[Chosen]:
    """Give the outcomes on the list of a measure to which it still has to be done.

    What it suspended and another lifted since is done.
    """
    listed = find_chosen(connection, listed_outcomes(connection, measure.id))
    found = still_open(connection, Act(measure.act), listed)
    events = events_of(connection, [one.id for one in found])
    return [one for one in found if not _was_done(events.get(one.id, ()), measure)]


def _was_done(events: Collection[StoredEvent], measure: Measure) -> bool:
    return any(one.kind == measure.act and one.entry_index > measure.entry_index for one in events)
