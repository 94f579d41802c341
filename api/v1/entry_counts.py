"""How many entries of which kind the ledger has: counts that everybody can recompute."""

from fastapi import APIRouter
from pydantic import Field

from api.dependencies import CurrentBank, Public
from api.response import Response
from creditbank.errors import Refusal
from creditbank.statistics.entries import CountedEntries

router = APIRouter(prefix="/api/v1/entry-counts", tags=["ledger"], dependencies=[Public])


class MonthCountView(Response):
    """How many entries of a kind were made in a month."""

    month: str = Field(description="YYYY-MM, in civil time.", examples=["2026-11"])
    kind: str = Field(description="The type of the leaves.", examples=["outcome"])
    entries: int = Field(examples=[12])


class IssuerCountView(Response):
    """How many entries of a kind an institution made."""

    institution: str = Field(examples=["inst-5f0c6f2b1f6a4d0b"])
    kind: str = Field(examples=["outcome"])
    entries: int = Field(examples=[12])


class EntryCountsView(Response):
    """The counts of the first entries of the ledger, and the checkpoint that they go to."""

    size: int = Field(description="Entries that the newest checkpoint covers.", examples=[12])
    root: str = Field(description="Root of that checkpoint, in hexadecimal digits.")
    counted: int = Field(
        description="Entries counted so far; below `size`, ask again: each answer counts on."
    )
    agrees: bool = Field(
        description="Whether the root computed from what was counted is that of the checkpoint."
    )
    months: list[MonthCountView]
    institutions: list[IssuerCountView]

    @classmethod
    def of(cls, found: CountedEntries) -> "EntryCountsView":
        """Show them, in the order of months, institutions and kinds."""
        return cls(
            size=found.checkpoint.size,
            root=found.checkpoint.root.hex(),
            counted=found.tally.tree.size,
            agrees=found.agrees,
            months=[
                MonthCountView(month=month, kind=kind, entries=count)
                for (month, kind), count in sorted(found.tally.by_month.items())
            ],
            institutions=[
                IssuerCountView(institution=issuer, kind=kind, entries=count)
                for (issuer, kind), count in sorted(found.tally.by_issuer.items())
            ],
        )


@router.get("")
def read_entry_counts(bank: CurrentBank) -> EntryCountsView:
    """Count the entries below the newest checkpoint by month, institution and kind.

    From the leaves alone: `creditbank ledger count --public` gives the same of the log's tiles.
    """
    with bank.readers.reading() as connection:
        found = bank.entry_counts.counted(connection)
    if found is None:
        raise Refusal("not-found")
    return EntryCountsView.of(found)
