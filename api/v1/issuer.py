"""Who issues: the keys that sign passes, credentials and status lists, as did:web and JWKS."""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse

from api.dependencies import CurrentBank, Public
from certificates.did import json_web_keys
from certificates.keys import Purpose

router = APIRouter(prefix="/.well-known", tags=["issuer"], dependencies=[Public])

_HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}


@router.get("/did.json", response_class=JSONResponse)
def read_did_document(
    bank: CurrentBank, host: Annotated[str, Header(include_in_schema=False)] = ""
) -> JSONResponse:
    """Give the issuer's DID document (did:web); retired keys stay in it.

    At an origin that the bank had before, it is the document of the name that it had there.
    """
    return JSONResponse(bank.did_document_at(host), headers={**_HEADERS, "Vary": "Host"})


@router.get("/jwks.json", response_class=JSONResponse)
def read_json_web_keys(bank: CurrentBank) -> JSONResponse:
    """Give the same keys as a JWKS (RFC 7517)."""
    passes = bank.ring.verification_keys(Purpose.PASS).values()
    return JSONResponse(json_web_keys([*passes, *bank.credential_keys]), headers=_HEADERS)
