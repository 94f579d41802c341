"""Everything of one's own in one file, to take along."""

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from api.dependencies import Citizen, CurrentBank
from api.own_copy import stream_copy
from api.v1.account_access import keys_as_one, own_key

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["accounts"])

ZIP = "application/zip"


@router.get("/copy", response_class=StreamingResponse, responses={200: {"content": {ZIP: {}}}})
def download_copy(account_id: str, actor: Citizen, bank: CurrentBank) -> StreamingResponse:
    """Download all that is one's own: data (JSON), credentials, learning records (PDF), files."""
    keys = keys_as_one(own_key(account_id, actor, bank), bank)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="my-learning.zip"',
    }
    return StreamingResponse(stream_copy(keys, bank), media_type=ZIP, headers=headers)
