"""Who issues: the keys that sign learning passes, as did:web and JWKS ask for them."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.dependencies import CurrentBank, Public
from certificates.did import did_document, json_web_keys

router = APIRouter(prefix="/.well-known", tags=["issuer"], dependencies=[Public])

_HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}


@router.get("/did.json", response_class=JSONResponse)
def read_did_document(bank: CurrentBank) -> JSONResponse:
    """Give the issuer's DID document (did:web); retired keys stay in it."""
    trust = bank.trust
    return JSONResponse(did_document(trust.issuer, trust.pass_keys.values()), headers=_HEADERS)


@router.get("/jwks.json", response_class=JSONResponse)
def read_json_web_keys(bank: CurrentBank) -> JSONResponse:
    """Give the same keys as a JWKS (RFC 7517)."""
    return JSONResponse(json_web_keys(bank.trust.pass_keys.values()), headers=_HEADERS)
