"""A transcript 学习成果清单: credentials that a learner chose, printed as one list."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field

from api.dependencies import Citizen, CurrentBank
from api.v1 import credential_examples
from api.v1.account_access import keys_as_one
from api.v1.account_keys import account_key
from api.v1.fields import Request, ShortText
from creditbank.credentials.printing import MEDIA_TYPE, printed_transcript
from creditbank.credentials.show import open_chosen

router = APIRouter(prefix="/api/v1/transcripts", tags=["credentials"])

CREDENTIALS_MAX = 50


class TranscriptRequest(Request):
    """Which of one's credentials shall stand in the list, in this order."""

    credentials: Annotated[list[ShortText], Field(min_length=1, max_length=CREDENTIALS_MAX)] = (
        Field(description="Ids of credentials that were issued before.")
    )


@router.post("", response_class=HTTPResponse, responses={200: {"content": {MEDIA_TYPE: {}}}})
def create_transcript(
    body: Annotated[TranscriptRequest, Body(openapi_examples=credential_examples.TRANSCRIPT)],
    actor: Citizen,
    bank: CurrentBank,
) -> HTTPResponse:
    """Print chosen credentials as one PDF with all of them inside; nothing is kept of it.

    Each stands with its own link and keeps its own status.
    """
    keys = keys_as_one(account_key(actor.account, bank), bank)
    with bank.readers.reading() as connection:
        chosen = open_chosen(connection, keys, body.credentials)
    printed = printed_transcript(chosen, bank.settings, bank.clock())
    return HTTPResponse(printed, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
