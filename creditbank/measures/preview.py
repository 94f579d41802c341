"""Show whom a measure would concern before it is taken; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from creditbank.credits.affected import Affected, affected_by, conversions_by_outcome
from creditbank.credits.queries import StoredConversion
from creditbank.database import chunks
from creditbank.measures.measure import entries_root
from creditbank.measures.take import Asked
from creditbank.outcomes.choose import Chosen
from creditbank.passes.queries import passes_showing

PAGE_OUTCOMES_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An outcome with the conversions that stand on it, and the passes in use that show it."""

    outcome: Chosen
    conversions: Sequence[StoredConversion]
    passes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Whom a measure would concern, the root over its list, and the first of its outcomes."""

    affected: Affected
    passes: int
    root: bytes
    page: Sequence[Node]


def preview_measure(connection: Connection, asked: Asked, now: int) -> Preview:
    """Say whom a measure would concern if it were taken now, in seconds since 1970.

    Raises as `Asked.outcomes` does.
    """
    chosen = asked.outcomes(connection)
    passes = passes_showing(connection, [one.id for one in chosen], now)
    page = chosen[:PAGE_OUTCOMES_MAX]
    using = conversions_by_outcome(connection, [one.id for one in page])
    return Preview(
        affected=affected_by(connection, chunks(chosen)),
        passes=len({one for some in passes.values() for one in some}),
        root=entries_root(one.id for one in chosen),
        page=[
            Node(outcome=one, conversions=using.get(one.id, ()), passes=passes.get(one.id, ()))
            for one in page
        ],
    )
