"""Status lists (Bitstring Status List v1.0): public, open to every origin, and cacheable."""

from fastapi import APIRouter
from fastapi import Response as HTTPResponse

from api.dependencies import CurrentBank, Public
from api.response import Response
from creditbank.credentials.status_lists import parse_name
from creditbank.errors import Refusal

router = APIRouter(prefix="/status", tags=["credentials"], dependencies=[Public])

_SECONDS = 15
_PUBLIC = {"Access-Control-Allow-Origin": "*", "Cache-Control": f"public, max-age={_SECONDS}"}


class StatusListNames(Response):
    """The names of all status lists; each is served below this address."""

    lists: list[str]


@router.get("")
def list_status_lists(bank: CurrentBank, answer: HTTPResponse) -> StatusListNames:
    """Name every status list there is, so that all can be fetched, whichever is meant."""
    answer.headers.update(_PUBLIC)
    return StatusListNames(lists=bank.status_lists.names())


@router.get("/{name}", response_class=HTTPResponse)
def read_status_list(name: str, bank: CurrentBank) -> HTTPResponse:
    """Give the newest version of a list, as `revocation-1`; no older one is ever given again."""
    parsed = parse_name(name)
    if parsed is None:
        raise Refusal("status-list-unknown")
    published = bank.status_lists.newest(parsed)
    headers = {**_PUBLIC, "ETag": f'"{name}-{published.version}"'}
    return HTTPResponse(published.document, media_type="application/json", headers=headers)
