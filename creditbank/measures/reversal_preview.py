"""Show what the reversal of one conversion would take back; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from creditbank.applications.queries import StoredApplication
from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import definitions_by_id
from creditbank.credentials.queries import credentials_of
from creditbank.credits.queries import find_conversions
from creditbank.credits.reversal import Standing, as_standing
from creditbank.errors import Refusal
from creditbank.outcomes.queries import find_outcomes
from creditbank.passes.queries import passes_showing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalPreview:
    """A conversion with what hangs on it.

    `definitions` are what its outcomes are of, by outcome; `applications` those that still count;
    `credentials` and `passes` are ids: signed documents of that credit, and passes in use that
    show the outcomes, which stay as they are.
    """

    standing: Standing
    definitions: Mapping[str, Definition]
    applications: Sequence[StoredApplication]
    credentials: Sequence[str]
    passes: Sequence[str]


def preview_reversal(connection: Connection, conversion_id: str, now: int) -> ReversalPreview:
    """Say what hangs on a conversion at a time, in seconds since 1970; raises "not-found"."""
    found = as_standing(connection, find_conversions(connection, [conversion_id]))
    if not found:
        raise Refusal("not-found")
    standing = found[0]
    outcomes = find_outcomes(connection, standing.used)
    known = definitions_by_id(connection, {one.definition_id for one in outcomes.values()})
    applied = [one for one in standing.applications if one.stands]
    signed = credentials_of(connection, [one.id for one in applied])
    passes = passes_showing(connection, list(standing.used), now)
    return ReversalPreview(
        standing=standing,
        definitions={id_: known[one.definition_id] for id_, one in outcomes.items()},
        applications=applied,
        credentials=[one.id for one in signed.values()],
        passes=sorted({one for some in passes.values() for one in some}),
    )
