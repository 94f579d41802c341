"""Status lists (Bitstring Status List v1.0): public, open to every origin, and cacheable."""

from fastapi import APIRouter
from fastapi import Response as HTTPResponse

from api.dependencies import CurrentBank, Public
from creditbank.credentials.status_lists import parse_name
from creditbank.errors import Refusal

router = APIRouter(prefix="/status", tags=["credentials"], dependencies=[Public])

_SECONDS = 15


@router.get("/{name}", response_class=HTTPResponse)
def read_status_list(name: str, bank: CurrentBank) -> HTTPResponse:
    """Give the newest version of a list, as `revocation-1`; no older one is ever given again."""
    parsed = parse_name(name)
    if parsed is None:
        raise Refusal("status-list-unknown")
    published = bank.status_lists.newest(parsed)
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": f"public, max-age={_SECONDS}",
        "ETag": f'"{name}-{published.version}"',
    }
    return HTTPResponse(published.document, media_type="application/json", headers=headers)
