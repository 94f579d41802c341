"""Precedents 先例: how the last filings on the same course and target were decided by persons."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlmodel import col

from creditbank.conversion.filing import Outcome
from creditbank.database import chunks, table_of
from creditbank.filings.tables import PrecedentRow

PRECEDENTS_ASKED = 3
"""A decision that differs from any of the last so many on the same pair needs a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What is converted at an institution into what: a course or certificate, and a target."""

    institution_id: str
    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """One decision on a pair; `decided_at` in seconds since 1970."""

    filing_id: str
    source: str
    target: str
    institution_id: str
    is_granted: bool
    departs: bool
    decided_at: int

    @property
    def pair(self) -> Pair:
        """What it was decided on."""
        return Pair(institution_id=self.institution_id, source=self.source, target=self.target)


Precedents = Mapping[Pair, Sequence[Precedent]]
"""The last decisions on pairs, newest first."""


def pairs_of(
    institution_id: str, outcomes: Iterable[Outcome], targets: Sequence[str]
) -> list[Pair]:
    """Give the pairs that a filing is about; without targets the rule has one of its own."""
    sources = dict.fromkeys(source_of(one) for one in outcomes)
    return [
        Pair(institution_id=institution_id, source=source, target=target)
        for source in sources
        for target in targets or ("",)
    ]


def source_of(outcome: Outcome) -> str:
    """Name what an outcome is one of: a level of a series of certificates, or a course."""
    if outcome.certificate_series is not None:
        level = "" if outcome.level is None else f" {outcome.level}"
        return f"{outcome.certificate_series}{level}"
    return f"{outcome.provider} {outcome.course}"


def departing(
    precedents: Precedents, pairs: Iterable[Pair], *, is_granted: bool
) -> list[Precedent]:
    """Give the last decisions on these pairs that were otherwise."""
    last = (one for pair in pairs for one in precedents.get(pair, ())[:PRECEDENTS_ASKED])
    return [one for one in last if one.is_granted != is_granted]


_COLUMNS = [table_of(PrecedentRow).c[name] for name in Precedent.__slots__]


def find_precedents(
    connection: Connection, institution_ids: Collection[str], sources: Collection[str]
) -> dict[Pair, list[Precedent]]:
    """Give the last that these institutions decided on pairs of these sources, newest first."""
    pair = (
        col(PrecedentRow.institution_id),
        col(PrecedentRow.source),
        col(PrecedentRow.target),
    )
    newest = (col(PrecedentRow.decided_at).desc(), col(PrecedentRow.filing_id).desc())
    number = func.row_number().over(partition_by=pair, order_by=newest).label("number")
    found: dict[Pair, list[Precedent]] = defaultdict(list)
    for chunk in chunks(list(sources)):
        numbered = (
            select(*_COLUMNS, number)
            .where(pair[0].in_(institution_ids), pair[1].in_(chunk))
            .subquery()
        )
        wanted = select(*(numbered.c[name] for name in Precedent.__slots__)).where(
            numbered.c.number <= PRECEDENTS_ASKED
        )
        for row in connection.execute(wanted.order_by(numbered.c.number)).mappings():
            one = Precedent(**row)
            found[one.pair].append(one)
    return found
