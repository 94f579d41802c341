"""Entries of the ledger: looked up by place or id with proof and history, or searched for."""

from dataclasses import dataclass

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.entry_search import KINDS, PAGE_ENTRIES
from api.v1.outcomes import read_outcome
from api.v1.standing_views import OutcomeView
from api.web.names import Named, institution_names
from api.web.page import Page
from api.web.staff.entry_search import EntriesAsked, search
from api.web.staff.pages import AuditPage
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.writer.receipts import Receipt
from ledger.read import newest_checkpoint, read_head, read_leaf

router = APIRouter(include_in_schema=False)

ID_LENGTH = 32
"""How many symbols an id has; a place has fewer."""
TLOG_PROOF = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A leaf with its proof; `outcome` where it records one that who looks may see."""

    index: int
    leaf: dict[str, object]
    text: str
    receipt: Receipt
    outcome: OutcomeView | None


@router.get("/desk/audit")
def look_up(page: AuditPage, bank: CurrentBank, asked: EntriesAsked, find: str = "") -> Response:
    """Show what is at a place or has an id, or else the entries that are looked for."""
    form, entry, found, status = page.form(find=find, **asked.fields), None, None, 200
    try:
        if find.strip():
            entry = _look_up(page, find.strip())
        else:
            found = search(page, asked)
    except Refusal as refusal:
        form, status = page.refused(form, refusal, "find"), 422
    with bank.readers.reading() as connection:
        newest, size = newest_checkpoint(connection), read_head(connection).size
    return page.show(
        "staff/audit.html",
        status=status,
        form=form,
        entry=entry,
        found=found,
        asked=asked,
        kinds=KINDS,
        most=PAGE_ENTRIES,
        issuer=None if entry is None else _issuer(bank, entry),
        newest=newest,
        size=size,
    )


@router.get("/desk/audit/{index}/proof.txt")
def give_proof(page: AuditPage, index: int, bank: CurrentBank) -> Response:
    """Give the proof of an entry as a file (C2SP tlog-proof)."""
    del page  # Asked for who may look.
    _leaf(bank, index)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="entry-{index}.tlog-proof"',
    }
    return Response(bank.receipt(index).text, media_type=TLOG_PROOF, headers=headers)


def _look_up(page: Page, wanted: str) -> Entry:
    """Give the entry at a place, or that of an outcome; raises `Refusal`, `InvalidInput`."""
    bank = page.bank
    if wanted.isascii() and wanted.isdigit() and len(wanted) < ID_LENGTH:
        text = _leaf(bank, int(wanted))
        leaf = orjson.loads(text)
        outcome = _outcome(page, str(leaf["id"])) if leaf["t"] == "outcome" else None
        return _entry(bank, int(wanted), text, outcome)
    outcome = _outcome(page, wanted)
    if outcome is None:
        raise InvalidInput([FieldProblem(field="find", code="entry-not-found")])
    return _entry(bank, outcome.entry_index, _leaf(bank, outcome.entry_index), outcome)


def _entry(bank: Bank, index: int, text: bytes, outcome: OutcomeView | None) -> Entry:
    return Entry(
        index=index,
        leaf=orjson.loads(text),
        text=text.decode(),
        receipt=bank.receipt(index),
        outcome=outcome,
    )


def _issuer(bank: Bank, entry: Entry) -> Named | None:
    issuer = str(entry.leaf["iss"])
    return institution_names(bank, {issuer}).get(issuer)


def _leaf(bank: Bank, index: int) -> bytes:
    """Give the bytes of a leaf; raises `InvalidInput` for a place that is not there yet."""
    with bank.readers.reading() as connection:
        if 0 <= index < read_head(connection).size:
            return read_leaf(connection, index)
    raise InvalidInput([FieldProblem(field="find", code="entry-not-found")])


def _outcome(page: Page, outcome_id: str) -> OutcomeView | None:
    """Give an outcome of one's own subtree, None for any other id."""
    try:
        return read_outcome(outcome_id, page.actor, page.bank)
    except Refusal as refusal:
        if refusal.code != "not-found":
            raise
        return None
