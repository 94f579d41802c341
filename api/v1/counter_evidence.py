"""Evidence that a learner brought to the counter 服务网点: staff scans it for her."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from api.dependencies import AccountsServer, CurrentBank
from api.v1.account_access import served_key
from api.v1.evidence import (
    FILES,
    AddedBy,
    AddedEvidenceView,
    ArchiveNumber,
    Handed,
    Kind,
    add_handed,
)
from creditbank.access.actor import Actor
from creditbank.bank import Bank

router = APIRouter(prefix="/api/v1", tags=["evidence"])


@router.post("/accounts/{account_id}/counter/evidence", status_code=201, openapi_extra=FILES)
async def add_evidence_at_counter(
    account_id: str,
    request: Request,
    actor: AccountsServer,
    bank: CurrentBank,
    kind: Kind,
    archive_number: ArchiveNumber = None,
    original_seen: Annotated[
        bool, Query(description="Whether you, a person, held the original in your hands.")
    ] = False,
) -> AddedEvidenceView:
    """Hand in what a learner whom one's institution serves brought to the counter, scanned."""
    by = AddedBy(
        actor.person,
        kind,
        archive_number=archive_number,
        original_seen_by=actor.person if original_seen else None,
    )
    return await add_served_evidence(account_id, await request.body(), actor, bank, by)


async def add_served_evidence(
    account_id: str, content: bytes, actor: Actor, bank: Bank, by: AddedBy
) -> AddedEvidenceView:
    """Take in a file for a learner whom the actor's institution serves."""
    key = await run_in_threadpool(served_key, account_id, actor, bank)
    handed = Handed(key=key, about=None, issuer=bank.installation.institution_id)
    return await add_handed(content, handed, bank, by)
