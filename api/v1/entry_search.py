"""Entries of the ledger by kind, institution and day, the newest first, for who audits."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi import Response as HTTPResponse
from pydantic import Field

from api.dependencies import AuditReader, CurrentBank
from api.response import Response
from api.v1.institution_changes import stated_day
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME, civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions
from creditbank.statistics.find_entries import READS_MAX, FoundEntries, Wanted
from ledger.grammar import INTEGER_MAX, SCHEMA
from ledger.said import Said

router = APIRouter(prefix="/api/v1/entries", tags=["ledger"])

PAGE_ENTRIES_MAX = 200
PAGE_ENTRIES = 50
KINDS = tuple(SCHEMA)

Kind = Annotated[str, Query(max_length=64, description="The type of the leaves, such as `rule`.")]
Institution = Annotated[str, Query(max_length=64, description="Id of who made the entries.")]
Day = Annotated[str, Query(max_length=10, description="A civil day, YYYY-MM-DD; it counts too.")]
Before = Annotated[
    int | None, Query(ge=0, le=INTEGER_MAX, description="Go on below this place in the ledger.")
]


class FoundEntryView(Response):
    """One entry: its place, and what its leaf says beside hashes."""

    index: int = Field(examples=[12])
    kind: str = Field(examples=["outcome"])
    institution: str = Field(examples=["inst-5f0c6f2b1f6a4d0b"])
    institution_name: str | None = Field(description="The institution's name today.")
    institution_name_en: str | None
    at: str = Field(description="When it was entered, in civil time.")


class FoundEntryPage(Response):
    """Entries, the newest first.

    One answer reads a bounded part of the ledger, so that there may be fewer than `limit`, or none,
    and still a `next`; what was read once is found at once by the next search.
    """

    entries: list[FoundEntryView]
    total: int | None = Field(
        description="How many there are in all; null while not all days asked for were read."
    )
    before: int | None = Field(description="Place below which `next` goes on.")
    next: str | None


@router.get("")
def find_entries(
    actor: AuditReader,
    bank: CurrentBank,
    request: Request,
    response: HTTPResponse,
    kind: Kind = "",
    institution: Institution = "",
    since: Day = "",
    until: Day = "",
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ENTRIES_MAX)] = PAGE_ENTRIES,
) -> FoundEntryPage:
    """Find entries by kind, by who made them and by day, in any combination."""
    del actor  # Asked for who may look: entries are public, and their search is for who audits.
    asked = {"kind": kind, "institution": institution, "since": since, "until": until}
    page = found_page(bank, wanted_entries(bank, **asked), before=before, limit=limit)
    if page.before is None:
        return page
    stated = {name: value for name, value in asked.items() if value}
    query = urlencode({**stated, "before": page.before, "limit": limit})
    following = f"{request.url.path}?{query}"
    response.headers["Link"] = f'<{following}>; rel="next"'
    return page.model_copy(update={"next": following})


def wanted_entries(bank: Bank, *, kind: str, institution: str, since: str, until: str) -> Wanted:
    """Read what is looked for, empty for any; raises `InvalidInput` with all that is wrong."""
    problems: list[FieldProblem] = []
    if kind and kind not in KINDS:
        facts = {"known": ", ".join(KINDS)}
        problems.append(FieldProblem(field="kind", code="kind-unknown", facts=facts))
    if institution and not _institutions(bank, {institution}):
        problems.append(FieldProblem(field="institution", code="institution-unknown"))
    first, last = (_day(*one, problems) for one in (("since", since), ("until", until)))
    if first is not None and last is not None and last < first:
        problems.append(FieldProblem(field="until", code="days-reversed"))
    if problems:
        raise InvalidInput(problems)
    return Wanted(kind=kind or None, issuer=institution or None, since=first, until=last)


def found_page(
    bank: Bank, wanted: Wanted, *, before: int | None, limit: int, reads: int = READS_MAX
) -> FoundEntryPage:
    """Give the entries below a place, with the names of who made them."""
    with bank.readers.snapshot() as connection:
        found = bank.entry_finder.find(connection, wanted, before=before, limit=limit, reads=reads)
    return FoundEntryPage(
        entries=list(_views(found, bank)), total=found.total, before=found.before, next=None
    )


def _views(found: FoundEntries, bank: Bank) -> Iterator[FoundEntryView]:
    today = civil_day(bank.clock())
    known = _institutions(bank, {one.issuer for one in found.entries})
    facts = {one: history.on(today) for one, history in known.items()}
    for one in found.entries:
        named = facts.get(one.issuer)
        yield FoundEntryView(
            index=one.index,
            kind=one.kind,
            institution=one.issuer,
            institution_name=named and named.name,
            institution_name_en=named and named.name_en,
            at=_civil(one),
        )


def _institutions(bank: Bank, ids: set[str]) -> dict[str, History]:
    with bank.readers.reading() as connection:
        return find_institutions(connection, ids)


def _day(name: str, text: str, problems: list[FieldProblem]) -> date | None:
    try:
        return stated_day(text) if text else None
    except InvalidInput:
        problems.append(FieldProblem(field=name, code="date-unreadable"))
        return None


def _civil(one: Said) -> str:
    return datetime.fromtimestamp(one.at, UTC).astimezone(CIVIL_TIME).isoformat()
