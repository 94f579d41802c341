"""Whom it concerns when outcomes are taken back or suspended: the graph that hangs on them.

Outcomes lead to the conversions that use them. Whatever comes to hang on conversions is counted
here too, so that every preview shows it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from creditbank.conversion.amounts import Credits
from creditbank.credits.queries import StoredConversion, standing_conversions_using, uses_of


class Concerned(Protocol):
    """An outcome that something is about to befall."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def account_id(self) -> str:
        """Whose it is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """Standing outcomes, those converted, the conversions in ledger order, credit, learners."""

    outcomes: int
    converted: int
    conversions: tuple[str, ...]
    credits: Credits
    learners: int


def affected_by(connection: Connection, pages: Iterable[Sequence[Concerned]]) -> Affected:
    """Say whom it concerns when something befalls these outcomes, which come some at a time."""
    outcomes, converted, learners = 0, 0, set[str]()
    conversions: dict[str, StoredConversion] = {}
    for page in pages:
        outcomes += len(page)
        learners |= {one.account_id for one in page}
        using = conversions_by_outcome(connection, [one.id for one in page])
        converted += len(using)
        conversions |= {one.id: one for some in using.values() for one in some}
    ordered = sorted(conversions.values(), key=lambda one: one.entry_index)
    return Affected(
        outcomes=outcomes,
        converted=converted,
        conversions=tuple(one.id for one in ordered),
        credits=Credits(milli=sum(one.credits for one in ordered)),
        learners=len(learners),
    )


def conversions_by_outcome(
    connection: Connection, outcome_ids: Sequence[str]
) -> dict[str, list[StoredConversion]]:
    """Give the conversions that stand and use each of these outcomes, for those that are used."""
    standing = standing_conversions_using(connection, outcome_ids)
    uses = uses_of(connection, standing)
    found: dict[str, list[StoredConversion]] = {}
    for conversion_id, stored in standing.items():
        used = {use.part.outcome for use in uses[conversion_id]}
        for outcome_id in used.intersection(outcome_ids):
            found.setdefault(outcome_id, []).append(stored)
    return found
