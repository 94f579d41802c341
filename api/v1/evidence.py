"""Evidence of an outcome, or of a learner's own account: handed in whole, shown to few."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import Citizen, CurrentBank, OutcomesReader, OutcomesWriter
from api.response import Response
from api.v1.account_access import keys_as_one
from api.v1.account_keys import account_key
from api.v1.entries import Entry
from api.v1.fields import Text
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.evidence.add import About, AddEvidence, EvidenceKind, take_in
from creditbank.evidence.queries import (
    StoredEvidence,
    evidence_of_account,
    evidence_of_outcome,
    find_evidence,
)
from creditbank.evidence.show import ShownEvidence, read_file, shown_evidence
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.add_evidence import AddOutcomeEvidence
from creditbank.outcomes.move_evidence import reassigned_among
from creditbank.outcomes.queries import get_outcome

router = APIRouter(prefix="/api/v1", tags=["evidence"])

FILES = {
    "requestBody": {
        "required": True,
        "content": {
            name: {"schema": {"type": "string", "format": "binary"}}
            for name in ("application/pdf", "image/jpeg", "image/png")
        },
    }
}
_SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}

Kind = Annotated[EvidenceKind, Query(description="What the file shows.")]
ArchiveNumber = Annotated[
    Text | None, Query(max_length=100, description="档案号, where an archive keeps the original.")
]


class AddedEvidenceView(Response):
    """A piece of evidence and where the leaf stands that commits to its salted hash."""

    id: str
    media_type: str
    size: int = Field(description="Bytes.")
    entry: Entry
    receipt: str = Field(description="C2SP tlog-proof of the leaf.")
    duplicate: bool = Field(description="You handed in this file before, and said the same of it.")


class EvidenceView(Response):
    """What is stated of a piece of evidence."""

    id: str
    kind: str
    media_type: str
    size: int = Field(description="Bytes.")
    sha256: str
    outcome: str | None
    archive_number: str | None
    original_seen_by: str | None
    entry_index: int


class EvidenceList(Response):
    """Evidence in the order in which it was handed in."""

    evidence: list[EvidenceView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Whose file it is, of which outcome, and who answers for it."""

    key: AccountKey
    about: About | None
    issuer: str


@router.post("/outcomes/{outcome_id}/evidence", status_code=201, openapi_extra=FILES)
async def add_outcome_evidence(
    outcome_id: str,
    request: Request,
    actor: OutcomesWriter,
    bank: CurrentBank,
    kind: Kind,
    archive_number: ArchiveNumber = None,
    original_seen: Annotated[
        bool, Query(description="Whether you, a person, held the original in your hands.")
    ] = False,
) -> AddedEvidenceView:
    """Hand in a PDF, JPEG or PNG as the body: evidence of an outcome of this institution."""
    seen_by = actor.person if original_seen else None
    handed = await run_in_threadpool(_of_outcome, outcome_id, actor, bank)
    return await add_handed(
        await request.body(),
        handed,
        bank,
        AddedBy(actor.id, kind, archive_number=archive_number, original_seen_by=seen_by),
    )


@router.get("/outcomes/{outcome_id}/evidence")
def read_outcome_evidence(
    outcome_id: str, actor: OutcomesReader, bank: CurrentBank
) -> EvidenceList:
    """List the evidence of an outcome of this institution."""
    handed = _of_outcome(outcome_id, actor, bank)
    with bank.readers.reading() as connection:
        stored = evidence_of_outcome(connection, outcome_id)
    return _list(shown_evidence(handed.key, stored))


@router.get("/outcomes/{outcome_id}/evidence/{evidence_id}", response_class=HTTPResponse)
def download_outcome_evidence(
    outcome_id: str, evidence_id: str, actor: OutcomesReader, bank: CurrentBank
) -> HTTPResponse:
    """Download a piece of evidence of an outcome of this institution."""
    handed = _of_outcome(outcome_id, actor, bank)
    stored = _get(evidence_id, bank)
    if stored.outcome_id != outcome_id:
        raise Refusal("not-found")
    return _file(handed.key, stored, bank)


@router.post("/accounts/{account_id}/evidence", status_code=201, openapi_extra=FILES)
async def add_own_evidence(
    account_id: str,
    request: Request,
    actor: Citizen,
    bank: CurrentBank,
    kind: Kind,
    archive_number: ArchiveNumber = None,
) -> AddedEvidenceView:
    """Hand in a PDF, JPEG or PNG of one's own, to ask for something with it later."""
    by = AddedBy(actor.id, kind, archive_number=archive_number)
    return await hand_in_own(account_id, await request.body(), actor, bank, by)


async def hand_in_own(
    account_id: str, content: bytes, actor: Actor, bank: Bank, by: "AddedBy"
) -> AddedEvidenceView:
    """Hand in a file of one's own."""
    key = await run_in_threadpool(_own, account_id, actor, bank)
    handed = Handed(key=key, about=None, issuer=bank.installation.institution_id)
    return await add_handed(content, handed, bank, by)


@router.get("/accounts/{account_id}/evidence")
def read_own_evidence(account_id: str, actor: Citizen, bank: CurrentBank) -> EvidenceList:
    """List all evidence of one's own account, whoever handed it in."""
    keys = keys_as_one(_own(account_id, actor, bank), bank)
    with bank.readers.reading() as connection:
        stored = [(key, evidence_of_account(connection, key.account_id)) for key in keys]
        about = {one.outcome_id for _, pieces in stored for one in pieces if one.outcome_id}
        elsewhere = reassigned_among(connection, about)
    return _list(
        [
            piece
            for key, pieces in stored
            for piece in shown_evidence(
                key, [one for one in pieces if one.outcome_id not in elsewhere]
            )
        ]
    )


@router.get("/accounts/{account_id}/evidence/{evidence_id}", response_class=HTTPResponse)
def download_own_evidence(
    account_id: str, evidence_id: str, actor: Citizen, bank: CurrentBank
) -> HTTPResponse:
    """Download a piece of evidence of one's own account."""
    return evidence_file(evidence_id, keys_as_one(_own(account_id, actor, bank), bank), bank)


def evidence_file(evidence_id: str, keys: Sequence[AccountKey], bank: Bank) -> HTTPResponse:
    """Give a piece of evidence of one person, whose keys these are; any other is alike unknown."""
    stored = _get(evidence_id, bank)
    with bank.readers.reading() as connection:
        elsewhere = reassigned_among(connection, [stored.outcome_id or ""])
    for key in keys:
        if stored.account_id == key.account_id and stored.outcome_id not in elsewhere:
            return _file(key, stored, bank)
    raise Refusal("not-found")


@dataclass(frozen=True, slots=True)
class AddedBy:
    """Who hands a file in, and what is said of it."""

    login: str
    kind: EvidenceKind
    archive_number: str | None = None
    original_seen_by: str | None = None


async def add_handed(content: bytes, handed: Handed, bank: Bank, by: AddedBy) -> AddedEvidenceView:
    """Take a file in, and answer with the leaf that commits to it."""
    piece = await run_in_threadpool(take_in, content, handed.key, bank.evidence, bank.entropy)
    asked = AddEvidence(
        key=handed.key,
        piece=piece,
        kind=by.kind,
        issuer=handed.issuer,
        added_by=by.login,
        about=handed.about,
        original_seen_by=by.original_seen_by,
        archive_number=by.archive_number,
    )
    written = await asyncio.wrap_future(bank.writer.submit(AddOutcomeEvidence(asked)))
    added = written.answer
    if added.is_duplicate:
        await run_in_threadpool(bank.evidence.delete, piece.file_id)
        receipt = await run_in_threadpool(bank.receipt, added.entry_index)
    else:
        receipt = written.receipts[0]
    return AddedEvidenceView(
        id=added.evidence_id,
        media_type=piece.media_type,
        size=piece.size,
        entry=Entry.of(receipt),
        receipt=receipt.text,
        duplicate=added.is_duplicate,
    )


def _of_outcome(outcome_id: str, actor: Actor, bank: Bank) -> Handed:
    with bank.readers.reading() as connection:
        outcome = get_outcome(connection, outcome_id, actor.institution, civil_day(bank.clock()))
    return Handed(
        key=account_key(outcome.account_id, bank),
        about=About(outcome_id=outcome.id, entry_index=outcome.entry_index),
        issuer=outcome.institution_id,
    )


def _own(account_id: str, actor: Actor, bank: Bank) -> AccountKey:
    if account_id not in {"me", actor.account}:
        raise Refusal("not-found")
    return account_key(actor.account, bank)


def _get(evidence_id: str, bank: Bank) -> StoredEvidence:
    with bank.readers.reading() as connection:
        found = find_evidence(connection, [evidence_id])
    if evidence_id not in found:
        raise Refusal("not-found")
    return found[evidence_id]


def _file(key: AccountKey, stored: StoredEvidence, bank: Bank) -> HTTPResponse:
    content = read_file(bank.evidence, key, stored)
    if content is None:
        raise Refusal("not-found")
    name = f"{stored.id}.{_SUFFIXES[stored.media_type]}"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return HTTPResponse(content, media_type=stored.media_type, headers=headers)


def _list(shown: Sequence[ShownEvidence]) -> EvidenceList:
    return EvidenceList(evidence=[_view(one) for one in shown])


def _view(shown: ShownEvidence) -> EvidenceView:
    def text(name: str) -> str | None:
        fact = shown.stated.get(name)
        return None if fact is None else str(fact)

    stored = shown.stored
    return EvidenceView(
        id=stored.id,
        kind=stored.kind,
        media_type=stored.media_type,
        size=stored.size,
        sha256=str(shown.stated["sha256"]),
        outcome=stored.outcome_id,
        archive_number=text("archive_number"),
        original_seen_by=text("original_seen_by"),
        entry_index=stored.entry_index,
    )
