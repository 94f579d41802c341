"""Single fields of one's own outcome: proved against the ledger, or as a token for a wallet."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Response as HTTPResponse
from pydantic import Field

from api.dependencies import Citizen, CurrentBank
from api.response import Response
from api.v1.account_access import keys_as_one, own_key
from api.v1.fields import ShortText
from certificates.sd_jwt import MEDIA_TYPE
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.credentials.disclose import Disclosed, as_token, disclose
from creditbank.errors import Refusal

router = APIRouter(
    prefix="/api/v1/accounts/{account_id}/outcomes/{outcome_id}", tags=["credentials"]
)

FIELDS_MAX = 30
Fields = Annotated[
    list[ShortText],
    Query(
        alias="field",
        min_length=1,
        max_length=FIELDS_MAX,
        description="A field to disclose, as `credits`; repeat for more.",
    ),
]


class DisclosureView(Response):
    """What proves single fields of an outcome to anybody, with the log's key alone.

    The leaf's hash is in the tree of the receipt's checkpoint (C2SP tlog-proof), its `stmt` is the
    SHA-256 of the statement, and each disclosure's digest is in the statement (RFC 9901).
    """

    entry_index: int
    leaf: str
    receipt: str
    statement: str
    disclosures: list[str]
    fields: dict[str, Any] = Field(description="What the disclosures say.")


@router.get("/disclosure")
def read_disclosure(
    account_id: str, outcome_id: str, actor: Citizen, bank: CurrentBank, fields: Fields
) -> DisclosureView:
    """Prove single fields of one's own outcome, and nothing else of it."""
    found = _disclosed(account_id, outcome_id, actor, bank, fields)
    return DisclosureView(
        entry_index=found.outcome.entry_index,
        leaf=found.leaf.decode(),
        receipt=bank.receipt(found.outcome.entry_index).text,
        statement=found.statement.decode(),
        disclosures=list(found.disclosures),
        fields=dict(found.fields),
    )


@router.get("/sd-jwt", response_class=HTTPResponse, responses={200: {"content": {MEDIA_TYPE: {}}}})
def read_sd_jwt(
    account_id: str, outcome_id: str, actor: Citizen, bank: CurrentBank, fields: Fields
) -> HTTPResponse:
    """Give single fields of one's own outcome as SD-JWT VC (`dc+sd-jwt`), for 30 days."""
    if not bank.settings.sd_jwt:
        raise Refusal("door-closed", setting="CREDITBANK_SD_JWT")
    found = _disclosed(account_id, outcome_id, actor, bank, fields)
    token = as_token(found, bank.credential_issuer, bank.clock())
    headers = {"Cache-Control": "no-store"}
    return HTTPResponse(token, media_type=MEDIA_TYPE, headers=headers)


def _disclosed(
    account_id: str, outcome_id: str, actor: Actor, bank: Bank, fields: Sequence[str]
) -> Disclosed:
    keys = keys_as_one(own_key(account_id, actor, bank), bank)
    with bank.readers.reading() as connection:
        return disclose(connection, keys, outcome_id, fields)
