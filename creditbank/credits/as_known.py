"""What would this have been, filed on one day, known on another: the preview of the past.

Rules, outcomes, institutions and earlier conversions are read as the ledger had them by the end of
the day of knowledge. Definitions, enrolments, merged accounts and the identity level have no
history: they are today's.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from creditbank.catalogue.queries import definitions_by_id
from creditbank.conversion.days import CIVIL_TIME
from creditbank.credits.as_one import (
    filled_together,
    recognised_together,
    tags_as_one,
    uses_together,
)
from creditbank.credits.counted import counted_by
from creditbank.credits.history import read_history
from creditbank.credits.offered import Offered, open_outcome
from creditbank.credits.recognise import Judged, RecogniseCredit
from creditbank.credits.request import Knowledge
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.queries import find_with_all_above
from creditbank.learners.queries import merged_into
from creditbank.outcomes.events import events_of, is_suspended
from creditbank.outcomes.queries import ended_at, find_outcomes
from ledger.read import first_leaf_at


def preview_as_known(
    connection: Connection, command: RecogniseCredit, today: date, known_on: date
) -> Judged:
    """Say what a request would have got by what was known at the end of a day; nothing is written.

    Raises `InvalidInput` for a day to come, and as `RecogniseCredit.judge` does.
    """
    if known_on > today:
        raise InvalidInput([FieldProblem(field="known_on", code="date-in-future")])
    return command.judge(_known(connection, command, _end_of(connection, known_on)), today)


def _end_of(connection: Connection, day: date) -> int:
    """Give how many leaves the ledger had at the end of a day in Shanghai."""
    over = datetime.combine(day + timedelta(days=1), time.min, CIVIL_TIME)
    return first_leaf_at(connection, int(over.astimezone(UTC).timestamp()))


def _known(connection: Connection, command: RecogniseCredit, end: int) -> Knowledge:
    known = RecogniseCredit.load(connection, [command])
    offered = _offered(connection, command, end)
    account, enrolment = command.key.account_id, command.request.enrolment_id
    counted = counted_by(connection, [enrolment] if enrolment else [], [command.key])
    merged = merged_into(connection, [account])
    tags = tags_as_one(offered.values(), merged, command.secrets)
    every = set[bytes]().union(*tags.values())
    history = read_history(connection, [account, *merged.get(account, ())], every, counted)
    return replace(
        known,
        versions={
            rule: [one for one in some if one.entry_index is not None and one.entry_index < end]
            for rule, some in known.versions.items()
        },
        offered=offered,
        uses=uses_together(history.uses_at(end), tags),
        filled=filled_together(history.filled_at(end), merged),
        recognised=recognised_together(history.given_at(end), merged),
        counted=history.counted_at(end),
    )


def _offered(connection: Connection, command: RecogniseCredit, end: int) -> dict[str, Offered]:
    """Give the outcomes that were on the ledger, as they stood then."""
    stored = {
        one.id: one
        for one in find_outcomes(connection, command.request.outcome_ids).values()
        if one.entry_index < end and one.account_id == command.key.account_id
    }
    definitions = definitions_by_id(connection, {one.definition_id for one in stored.values()})
    above = find_with_all_above(connection, {one.institution_id for one in stored.values()})
    institutions = {name: one.known_before(end) for name, one in above.items()}
    ended, events = ended_at(connection, stored), events_of(connection, stored)
    found = {}
    for one in stored.values():
        offered = open_outcome(
            one, definitions[one.definition_id], institutions, command.key, command.secrets
        )
        is_active = ended.get(one.id, end) >= end and not is_suspended(
            events.get(one.id, []), before=end
        )
        outcome = replace(offered.outcome, is_active=is_active)
        found[one.id] = replace(offered, outcome=outcome)
    return found
