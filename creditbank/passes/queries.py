"""Questions about passes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import chunks, stream, table_of
from creditbank.passes.tables import PassOutcomeRow, PassRow, PassViewRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPass:
    """A stored pass; token and document are still under seal."""

    id: str
    token_hash: bytes
    account_id: str
    issued_at: int
    expires_at: int
    ended_at: int | None
    status_list: int | None
    status_index: int | None
    pin_hash: str | None
    sealed_token: bytes
    sealed_document: bytes


_PASSES = select(*(table_of(PassRow).c[name] for name in StoredPass.__slots__))
_NAMED = _PASSES.where(among(col(PassRow.id)))
_SHOWN_BY = select(col(PassOutcomeRow.pass_id), col(PassOutcomeRow.outcome_id)).where(
    among(col(PassOutcomeRow.pass_id))
)
_WITH_TOKEN = _PASSES.where(col(PassRow.token_hash) == bindparam("token_hash"))
_SHOWN = select(col(PassOutcomeRow.outcome_id)).where(
    col(PassOutcomeRow.pass_id) == bindparam("pass_id")
)


def find_passes(connection: Connection, ids: Collection[str]) -> dict[str, StoredPass]:
    """Give those of these passes that exist, by id."""
    return {row["id"]: StoredPass(**row) for row in rows_among(connection, _NAMED, ids)}


def passes_of_accounts(connection: Connection, account_ids: Collection[str]) -> list[StoredPass]:
    """Give the passes of the accounts of one person, newest first."""
    rows = connection.execute(_PASSES.where(col(PassRow.account_id).in_(account_ids))).mappings()
    found = [StoredPass(**row) for row in rows]
    return sorted(found, key=lambda one: (one.issued_at, one.id), reverse=True)


def find_pass_by_token(connection: Connection, token_hash: bytes) -> StoredPass | None:
    """Give the pass of a token, or None."""
    row = connection.execute(_WITH_TOKEN, {"token_hash": token_hash}).mappings().one_or_none()
    return None if row is None else StoredPass(**row)


def outcomes_of_pass(connection: Connection, pass_id: str) -> list[str]:
    """Give the ids of the outcomes that a pass shows."""
    return list(connection.scalars(_SHOWN, {"pass_id": pass_id}))


def pass_ids(connection: Connection, account_id: str | None = None) -> Iterator[str]:
    """Give the id of every pass, or of an account's."""
    wanted = select(col(PassRow.id))
    if account_id is not None:
        wanted = wanted.where(col(PassRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(PassRow.id))):
        yield row.id


def outcomes_of_passes(connection: Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """Give the ids of the outcomes that these passes show, by pass."""
    shown: dict[str, list[str]] = {pass_id: [] for pass_id in ids}
    for row in rows_among(connection, _SHOWN_BY, ids):
        shown[row["pass_id"]].append(row["outcome_id"])
    return shown


def passes_showing(
    connection: Connection, outcome_ids: Collection[str], now: int
) -> dict[str, list[str]]:
    """Give the passes in use that show each of these outcomes; `now` in seconds since 1970."""
    found: dict[str, list[str]] = {}
    for chunk in chunks(list(outcome_ids)):
        wanted = (
            select(col(PassOutcomeRow.outcome_id), col(PassOutcomeRow.pass_id))
            .join(PassRow, col(PassRow.id) == col(PassOutcomeRow.pass_id))
            .where(
                col(PassOutcomeRow.outcome_id).in_(chunk),
                col(PassRow.ended_at).is_(None),
                col(PassRow.expires_at) > now,
            )
            .order_by(col(PassOutcomeRow.pass_id))
        )
        for row in connection.execute(wanted):
            found.setdefault(row.outcome_id, []).append(row.pass_id)
    return found


def looks_at(connection: Connection, pass_id: str, limit: int) -> list[tuple[int, str]]:
    """Give when a pass was looked at (seconds since 1970) and the verdicts, the newest first."""
    wanted = (
        select(col(PassViewRow.viewed_at), col(PassViewRow.verdict))
        .where(col(PassViewRow.pass_id) == pass_id)
        .order_by(col(PassViewRow.viewed_at).desc(), col(PassViewRow.id))
        .limit(limit)
    )
    return [(row.viewed_at, row.verdict) for row in connection.execute(wanted)]
