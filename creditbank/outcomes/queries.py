"""Questions about outcomes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    bindparam,
    func,
    select,
)
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import chunks, stream, table_of
from creditbank.errors import Refusal
from creditbank.institutions.tree import require_covered
from creditbank.learners.queries import limited_among
from creditbank.outcomes.status import OutcomeStatus
from creditbank.outcomes.tables import (
    ActivitySourceRow,
    ActivityStatementRow,
    OutcomeRevocationRow,
    OutcomeRow,
)


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """A stored outcome: its clear facts, and its statement still under seal.

    The columns of its rows stand in this order.
    """

    id: str
    natural_tag: bytes | None
    account_id: str
    definition_id: str
    institution_id: str
    posted_with: str
    outcome_class: str
    credits: int | None
    class_hours: int | None
    minutes: int | None
    awarded_month: str
    status: str
    batch_id: str | None
    offering: str | None
    corrects_id: str | None
    entry_index: int
    sealed_statement: bytes


_NAMES: Sequence[str] = StoredOutcome.__slots__
_COLUMNS = [table_of(OutcomeRow).c[name] for name in _NAMES]
_TAGGED = select(*_COLUMNS).where(among(col(OutcomeRow.natural_tag)))
_NAMED = select(*_COLUMNS).where(among(col(OutcomeRow.id)))
_SUPERSEDING = select(col(OutcomeRow.corrects_id), col(OutcomeRow.id)).where(
    among(col(OutcomeRow.corrects_id))
)
_OF_ACCOUNTS = (
    select(*_COLUMNS)
    .where(
        col(OutcomeRow.account_id).in_(bindparam("accounts", expanding=True)),
        col(OutcomeRow.entry_index) > bindparam("after"),
    )
    .order_by(col(OutcomeRow.entry_index))
)
_OF_PERSON = among(col(OutcomeRow.account_id))
_NEWEST = (
    select(*_COLUMNS)
    .where(_OF_PERSON)
    .order_by(col(OutcomeRow.awarded_month).desc(), col(OutcomeRow.entry_index).desc())
)
_COUNT = select(func.count().label("outcomes")).select_from(OutcomeRow).where(_OF_PERSON)


def outcomes_by_tag(
    connection: Connection, tags: Sequence[bytes]
) -> Iterator[tuple[bytes, StoredOutcome]]:
    """Give the recorded outcomes with these natural tags, each behind its tag."""
    for row in rows_among(connection, _TAGGED, tags):
        yield row["natural_tag"], _stored(row)


def find_outcomes(connection: Connection, ids: Collection[str]) -> dict[str, StoredOutcome]:
    """Give those of these outcomes that exist, by id."""
    return {row["id"]: _stored(row) for row in rows_among(connection, _NAMED, ids)}


def outcomes_of_account(
    connection: Connection, *account_ids: str, after: int = -1, limit: int | None = None
) -> list[StoredOutcome]:
    """Give the outcomes of one person's accounts in the order of the ledger, after an index."""
    wanted = _OF_ACCOUNTS if limit is None else _OF_ACCOUNTS.limit(limit)
    named = {"accounts": account_ids, "after": after}
    return [_by_place(row) for row in connection.execute(wanted, named).all()]


def newest_outcomes(
    connection: Connection, account_ids: Collection[str], *, limit: int, offset: int
) -> list[StoredOutcome]:
    """Give outcomes of one person's accounts, the newest award first, behind the first `offset`."""
    wanted = _NEWEST.limit(limit).offset(offset)
    return [_stored(row) for row in rows_among(connection, wanted, account_ids)]


def count_outcomes(connection: Connection, account_ids: Collection[str]) -> int:
    """Count the outcomes of one person's accounts, whether they stand or not."""
    return sum(row["outcomes"] for row in rows_among(connection, _COUNT, account_ids))


def standing_outcomes(
    connection: Connection, account_ids: Collection[str], definition_ids: Collection[str]
) -> list[StoredOutcome]:
    """Give the standing outcomes of one person's accounts that are of these definitions."""
    wanted = select(*_COLUMNS).where(
        _OF_PERSON,
        col(OutcomeRow.status) == OutcomeStatus.ACTIVE.value,
        col(OutcomeRow.definition_id).in_(definition_ids),
    )
    return [_stored(row) for row in rows_among(connection, wanted, account_ids)]


def outcome_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every outcome, or of an account's, by ascending index."""
    wanted = select(col(OutcomeRow.entry_index), col(OutcomeRow.id))
    if account_id is not None:
        wanted = wanted.where(col(OutcomeRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(OutcomeRow.entry_index))):
        yield row[0], row[1]


def newest_outcome(connection: Connection, institution_id: str) -> StoredOutcome:
    """Give the outcome that an institution posted last; raises `Refusal("not-found")`."""
    wanted = select(*_COLUMNS).where(col(OutcomeRow.institution_id) == institution_id)
    newest = wanted.order_by(col(OutcomeRow.entry_index).desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    if row is None:
        raise Refusal("not-found")
    return _by_place(row)


def get_outcome(
    connection: Connection, outcome_id: str, institution_id: str, on: date
) -> StoredOutcome:
    """Give an outcome of the subtree of this institution as of a day.

    Raises `Refusal("not-found")` alike for any other. While its learner's account
    is limited it is "record-at-rest".
    """
    outcome = find_outcomes(connection, [outcome_id]).get(outcome_id)
    if outcome is None:
        raise Refusal("not-found")
    require_covered(connection, institution_id, outcome.institution_id, on)
    if limited_among(connection, [outcome.account_id]):
        raise Refusal("record-at-rest")
    return outcome


def _stored(row: RowMapping) -> StoredOutcome:
    return _by_place(row.values())


def _by_place(row: Iterable[Any]) -> StoredOutcome:
    # By place: a mapping looks each column up, which doubles the time of a long list.
    return StoredOutcome(*row)


def superseding_outcomes(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Give the id of the outcome that supersedes each of these, where there is one."""
    return {row["corrects_id"]: row["id"] for row in rows_among(connection, _SUPERSEDING, ids)}


def active_by_definition(
    connection: Connection, institutions: Collection[str] | None = None
) -> dict[str, int]:
    """Count the active outcomes of each definition, of these institutions or of all."""
    wanted = (
        select(col(OutcomeRow.definition_id), func.count())
        .where(col(OutcomeRow.status) == OutcomeStatus.ACTIVE.value)
        .group_by(col(OutcomeRow.definition_id))
    )
    if institutions is not None:
        wanted = wanted.where(col(OutcomeRow.institution_id).in_(institutions))
    return {row[0]: int(row[1]) for row in connection.execute(wanted)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRevocation:
    """A stored revocation; status and reason are under seal."""

    id: str
    outcome_id: str
    posted_with: str
    entry_index: int
    sealed_statement: bytes
    reassigned_to: str | None


_REVOKED = select(
    *(table_of(OutcomeRevocationRow).c[name] for name in StoredRevocation.__slots__)
).where(among(col(OutcomeRevocationRow.outcome_id)))


def find_revocations(
    connection: Connection, outcome_ids: Collection[str]
) -> dict[str, StoredRevocation]:
    """Give the revocations of these outcomes, by the outcome's id."""
    rows = rows_among(connection, _REVOKED, outcome_ids)
    return {row["outcome_id"]: StoredRevocation(**row) for row in rows}


def ended_at(connection: Connection, ids: Collection[str]) -> dict[str, int]:
    """Give the index of the leaf that took back or superseded each of these, where one did."""
    later = superseding_outcomes(connection, ids)
    corrections = find_outcomes(connection, later.values())
    ended = {old: corrections[new].entry_index for old, new in later.items()}
    for outcome_id, one in find_revocations(connection, ids).items():
        ended[outcome_id] = min(one.entry_index, ended.get(outcome_id, one.entry_index))
    return ended


def revocation_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and outcome of every revocation, or of an account's, by index."""
    wanted = select(col(OutcomeRevocationRow.entry_index), col(OutcomeRevocationRow.outcome_id))
    if account_id is not None:
        wanted = wanted.join(OutcomeRow, col(OutcomeRow.id) == col(OutcomeRevocationRow.outcome_id))
        wanted = wanted.where(col(OutcomeRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(OutcomeRevocationRow.entry_index))):
        yield row[0], row[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredActivity:
    """A statement of a learning system that was taken, and the outcome that it recorded."""

    tag: bytes
    content_tag: bytes
    outcome_id: str | None


def find_activities(connection: Connection, tags: Collection[bytes]) -> dict[bytes, StoredActivity]:
    """Give those of these statements that were taken, by tag."""
    columns = [table_of(ActivityStatementRow).c[name] for name in StoredActivity.__slots__]
    found: dict[bytes, StoredActivity] = {}
    for chunk in chunks(list(tags)):
        wanted = select(*columns).where(col(ActivityStatementRow.tag).in_(chunk))
        rows = connection.execute(wanted).mappings()
        found.update((row["tag"], StoredActivity(**row)) for row in rows)
    return found


def find_sources(connection: Connection, institution_id: str) -> dict[str, dict[str, object]]:
    """Give what an institution declares of its learning systems, by home page."""
    wanted = select(col(ActivitySourceRow.home_page), col(ActivitySourceRow.content)).where(
        col(ActivitySourceRow.institution_id) == institution_id
    )
    return {row.home_page: row.content for row in connection.execute(wanted)}


def outcomes_of_institution(
    connection: Connection, institution_id: str, *, after: int, limit: int
) -> list[StoredOutcome]:
    """Give the outcomes that an institution posted, in the order of the ledger, after an index."""
    wanted = select(*_COLUMNS).where(
        col(OutcomeRow.institution_id) == institution_id, col(OutcomeRow.entry_index) > after
    )
    ordered = wanted.order_by(col(OutcomeRow.entry_index)).limit(limit)
    return [_by_place(row) for row in connection.execute(ordered)]
