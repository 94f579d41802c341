"""The conversions that stand on outcomes, with all that falls when they are reversed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from creditbank.applications.queries import StoredApplication, applications_of
from creditbank.credits.queries import (
    StoredConversion,
    StoredUse,
    standing_conversions_using,
    uses_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A conversion that stands, the parts of outcomes that it uses, and what of it was applied."""

    conversion: StoredConversion
    uses: Sequence[StoredUse]
    applications: Sequence[StoredApplication] = ()


def standing_on(connection: Connection, outcome_ids: Collection[str]) -> list[Standing]:
    """Give the conversions that stand and use any of these outcomes, in ledger order."""
    conversions = standing_conversions_using(connection, outcome_ids)
    uses, applications = uses_of(connection, conversions), applications_of(connection, conversions)
    ordered = sorted(conversions.values(), key=lambda one: one.entry_index)
    return [
        Standing(conversion=one, uses=uses[one.id], applications=applications[one.id])
        for one in ordered
    ]
