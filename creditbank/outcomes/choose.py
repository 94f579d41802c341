"""Choose outcomes together: by file, offering, definition, key and interval, or one by one."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import chunks
from creditbank.errors import FieldProblem
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.status import OutcomeStatus
from creditbank.outcomes.tables import BatchRow, OutcomeRow
from ledger.read import first_leaf_at

OUTCOMES_NAMED_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which outcomes are meant: those that meet every criterion; times bound when recorded.

    `posted_with` is a key, a login, or the command line; `since` counts, `until` does not. They are
    compared with the trusted time of the outcome's leaf.
    """

    outcomes: Sequence[str] | None = None
    batch: str | None = None
    offering: str | None = None
    definition: str | None = None
    posted_with: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def problems(self) -> Iterator[FieldProblem]:
        """Say what is wrong with it: times alone choose nobody's outcomes."""
        criteria = [one.name for one in fields(self)[:5]]
        if all(getattr(self, name) is None for name in criteria):
            facts = {"criteria": criteria}
            yield FieldProblem(field="outcomes", code="choice-empty", facts=facts)
        if self.since is not None and self.until is not None and self.since >= self.until:
            yield FieldProblem(field="until", code="interval-empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An outcome that was chosen, whose it is, and where it stands on the ledger."""

    id: str
    account_id: str
    institution_id: str
    status: str
    entry_index: int


_COLUMNS = [getattr(OutcomeRow, name) for name in Chosen.__slots__]
_NAMED = select(*_COLUMNS).where(among(col(OutcomeRow.id)))
_WITHDRAWN = (BatchState.WITHDRAWING.value, BatchState.WITHDRAWN.value)


def choose_outcomes(
    connection: Connection,
    choice: Choice,
    institution_ids: Collection[str],
    statuses: Collection[OutcomeStatus],
) -> list[Chosen]:
    """Give those outcomes of these institutions that are chosen and of such a status, by id.

    What a withdrawn file recorded is dealt with by its withdrawal.
    """
    conditions = [
        *_criteria(choice),
        *_interval(connection, choice),
        col(OutcomeRow.institution_id).in_(institution_ids),
        col(OutcomeRow.status).in_(statuses),
        col(OutcomeRow.batch_id).is_(None) | col(OutcomeRow.batch_id).not_in(_withdrawn()),
    ]
    named = [None] if choice.outcomes is None else chunks(sorted(set(choice.outcomes)))
    found = []
    for chunk in named:
        named_ones = [] if chunk is None else [col(OutcomeRow.id).in_(chunk)]
        wanted = select(*_COLUMNS).where(*conditions, *named_ones)
        found += [Chosen(**row) for row in connection.execute(wanted).mappings()]
    return sorted(found, key=lambda one: one.id)


def find_chosen(connection: Connection, ids: Sequence[str]) -> list[Chosen]:
    """Give those of these outcomes that exist, by id."""
    found = [Chosen(**row) for row in rows_among(connection, _NAMED, ids)]
    return sorted(found, key=lambda one: one.id)


def _withdrawn() -> Any:
    return select(col(BatchRow.id)).where(col(BatchRow.state).in_(_WITHDRAWN))


def _criteria(choice: Choice) -> Iterator[ColumnElement[bool]]:
    columns = {
        "batch": col(OutcomeRow.batch_id),
        "offering": col(OutcomeRow.offering),
        "definition": col(OutcomeRow.definition_id),
        "posted_with": col(OutcomeRow.posted_with),
    }
    for name, column in columns.items():
        if (wanted := getattr(choice, name)) is not None:
            yield column == wanted


def _interval(connection: Connection, choice: Choice) -> Iterator[ColumnElement[bool]]:
    """Bound the ledger index: the time of leaves never falls, so that times are indexes."""
    if choice.since is not None:
        first = first_leaf_at(connection, int(choice.since.timestamp()))
        yield col(OutcomeRow.entry_index) >= first
    if choice.until is not None:
        end = first_leaf_at(connection, int(choice.until.timestamp()))
        yield col(OutcomeRow.entry_index) < end
