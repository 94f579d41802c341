"""Idempotency keys: the caller's name for one attempt, kept with the effect for 30 days.

The row is written in the effect's own transaction, under the head lock, so that two processes that
receive the same attempt give one answer. Refusals are not kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, insert, or_, select
from sqlmodel import col

from creditbank.writer.tables import IdempotencyRow

KEPT_FOR = timedelta(days=30)
KEY_LENGTH_MAX = 255


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who asked what, under which key; `request_hash` is the SHA-256 of the request."""

    actor: str
    route: str
    key: str
    request_hash: bytes

    @property
    def name(self) -> tuple[str, str, str]:
        """What is unique."""
        return self.actor, self.route, self.key


@dataclass(frozen=True, slots=True)
class Remembered:
    """An earlier attempt's request and result."""

    request_hash: bytes
    result: str


def find_attempts(
    connection: Connection, attempts: Collection[Attempt], now: datetime
) -> dict[tuple[str, str, str], Remembered]:
    """Give what is remembered of these attempts."""
    if not attempts:
        return {}
    oldest = int((now - KEPT_FOR).timestamp())
    # SQLite would read the whole table for a list of triples; with OR it uses the index.
    named = [
        and_(
            col(IdempotencyRow.actor) == one.actor,
            col(IdempotencyRow.route) == one.route,
            col(IdempotencyRow.key) == one.key,
        )
        for one in attempts
    ]
    rows = connection.execute(
        select(
            col(IdempotencyRow.actor),
            col(IdempotencyRow.route),
            col(IdempotencyRow.key),
            col(IdempotencyRow.request_hash),
            col(IdempotencyRow.result),
        ).where(or_(*named), col(IdempotencyRow.created_at) >= oldest)
    )
    return {
        (row.actor, row.route, row.key): Remembered(row.request_hash, row.result) for row in rows
    }


def remember_attempts(
    connection: Connection, results: Collection[tuple[Attempt, str]], now: datetime
) -> None:
    """Keep these attempts, in place of expired ones of the same name."""
    if not results:
        return
    oldest = int((now - KEPT_FOR).timestamp())
    connection.execute(delete(IdempotencyRow).where(col(IdempotencyRow.created_at) < oldest))
    rows = [
        {
            "actor": attempt.actor,
            "route": attempt.route,
            "key": attempt.key,
            "request_hash": attempt.request_hash,
            "result": result,
            "created_at": int(now.timestamp()),
        }
        for attempt, result in results
    ]
    connection.execute(insert(IdempotencyRow), rows)
