"""Status lists: public, open to every origin, and cacheable.

They are Bitstring Status Lists v1.0 and, where the operator offers it, a 1EdTech Revocation List.
"""

from typing import Annotated

import orjson
from fastapi import APIRouter, Header
from fastapi import Response as HTTPResponse

from api.dependencies import CurrentBank, Public
from api.response import Response
from certificates.revocation_list import revocation_list
from creditbank.credentials.issuer import revocation_list_url
from creditbank.credentials.published_keys import name_at
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


@router.get("/revoked-credentials", response_class=HTTPResponse)
def read_revoked_credentials(
    bank: CurrentBank, host: Annotated[str, Header(include_in_schema=False)] = ""
) -> HTTPResponse:
    """List the ids of all revoked credentials (1EdTech Revocation List), where it is offered.

    An id says nothing to whoever has not the credential. At an origin that the bank had before, the
    list bears the name that it had there.
    """
    if not bank.settings.revocation_list:
        raise Refusal("door-closed", setting="CREDITBANK_REVOCATION_LIST")
    issuer, origin = name_at(host, bank.installation, bank.settings)
    url = revocation_list_url(origin)
    document = revocation_list(url, issuer=issuer, ids=bank.status_lists.revoked())
    headers = {**_PUBLIC, "Vary": "Host"}
    return HTTPResponse(orjson.dumps(document), media_type="application/json", headers=headers)


@router.get("/{name}", response_class=HTTPResponse)
def read_status_list(name: str, bank: CurrentBank) -> HTTPResponse:
    """Give the newest version of a list, as `revocation-1`; no older one is ever given again."""
    parsed = parse_name(name)
    if parsed is None:
        raise Refusal("status-list-unknown")
    published = bank.status_lists.newest(parsed)
    headers = {**_PUBLIC, "ETag": f'"{name}-{published.version}"'}
    return HTTPResponse(published.document, media_type="application/json", headers=headers)
