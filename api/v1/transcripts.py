"""A transcript 学习成果清单: credentials that a learner chose, as one signed list."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import Citizen, CurrentBank
from api.v1 import credential_examples
from api.v1.account_access import keys_as_one
from api.v1.account_keys import account_key
from api.v1.credentials import CredentialView, credential_view, held_credential
from api.v1.fields import Request, ShortText
from creditbank.bank import Bank
from creditbank.credentials.compile_transcript import PARTS_MAX, choose_parts, compile_transcript
from creditbank.credentials.transcripts import EndTranscript, RecordTranscript
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey

router = APIRouter(prefix="/api/v1/transcripts", tags=["credentials"])


class TranscriptRequest(Request):
    """Which of one's credentials shall stand in the list, in this order."""

    credentials: Annotated[list[ShortText], Field(min_length=1, max_length=PARTS_MAX)] = Field(
        description="Ids of credentials that stand today; each shows its name or none, as issued."
    )


@router.post("", status_code=201, responses={200: {"model": CredentialView}})
async def create_transcript(
    body: Annotated[TranscriptRequest, Body(openapi_examples=credential_examples.TRANSCRIPT)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> CredentialView:
    """Sign a list of credentials (CLR 2.0); it is fetched and printed by its link as any other."""
    if not bank.settings.transcripts:
        raise Refusal("transcripts-closed")
    keys = await run_in_threadpool(keys_as_one, account_key(actor.account, bank), bank)
    command = await run_in_threadpool(compiled, body.credentials, keys, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return credential_view(
        await run_in_threadpool(held_credential, written.answer, keys, bank), bank
    )


@router.delete("/{transcript_id}", status_code=204)
async def end_transcript(transcript_id: str, actor: Citizen, bank: CurrentBank) -> None:
    """End a list at once, where it was made by oneself; its credentials stand as they do."""
    keys = await run_in_threadpool(keys_as_one, account_key(actor.account, bank), bank)
    account_ids = [key.account_id for key in keys]
    command = EndTranscript(transcript_id=transcript_id, account_ids=account_ids)
    await asyncio.wrap_future(bank.writer.submit(command))


def compiled(ids: list[str], keys: list[AccountKey], bank: Bank) -> RecordTranscript:
    """Sign credentials of one person as one list, to be recorded.

    Raises `Refusal`: "credential-unknown", "credential-not-standing", "issuer-moved".
    """
    with bank.readers.reading() as connection:
        chosen = choose_parts(connection, keys, ids)
        new = compile_transcript(
            connection, chosen, bank.credential_issuer, bank.clock(), bank.entropy
        )
    institution_id = bank.installation.institution_id
    return RecordTranscript(key=keys[0], new=new, institution_id=institution_id)
