"""A signed credential: its holder asks for it; whoever has its link fetches it in any envelope."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Header
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import Citizen, CurrentBank, Limited, Public
from api.media_types import best_of
from api.response import Response
from api.throttling import VERIFYING
from api.v1 import credential_examples
from api.v1.account_access import keys_as_one
from api.v1.account_keys import account_key
from api.v1.fields import Request, ShortText
from api.v1.printed_names import printed_name
from certificates.baked_png import bake_png
from certificates.baked_svg import bake_svg
from certificates.emblem import emblem_png, emblem_svg
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.credentials import printing
from creditbank.credentials.achievements import CredentialKind
from creditbank.credentials.create import CreateCredential
from creditbank.credentials.issuer import SignedCredential
from creditbank.credentials.show import HeldCredential, get_held, list_held, open_by_token
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey

router = APIRouter(prefix="/api/v1/credentials", tags=["credentials"])

DOCUMENT, OPEN_BADGES_TOKEN, SECURED_TOKEN = (
    "application/vc",
    "application/jwt",
    "application/vc+jwt",
)
ENVELOPES = (
    DOCUMENT,
    "application/json",
    "application/ld+json",
    OPEN_BADGES_TOKEN,
    SECURED_TOKEN,
    printing.MEDIA_TYPE,
)

PICTURES = ("image/png", "image/svg+xml")
"""What a credential is baked into, where the operator offers it (Open Badges 3.0, 5.3)."""


class CredentialRequest(Request):
    """What a credential shall be of, one of the two, and whether it shows the holder's name."""

    outcome: ShortText | None = Field(
        default=None, description="Id of the outcome; it must stand today."
    )
    application: ShortText | None = Field(
        default=None, description="Id of credit applied to an enrolment that its school entered."
    )
    show_name: bool = Field(default=False, description="Show the holder's name as printed.")


class CredentialView(Response):
    """A credential as its holder finds it; whoever has the link has the credential."""

    id: str
    url: str = Field(description="Its address, which never changes.")
    outcome: str | None
    application: str | None
    issued_at: str
    entry_index: int = Field(description="The ledger entry that holds its hash.")
    ended_at: str | None = Field(description="When its holder ended it; only a list is ended.")


class CredentialList(Response):
    """One's credentials, newest first."""

    credentials: list[CredentialView]


@router.post("", status_code=201, responses={200: {"model": CredentialView}})
async def create_credential(
    body: Annotated[CredentialRequest, Body(openapi_examples=credential_examples.CREDENTIAL)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> CredentialView:
    """Issue the credential of an outcome or of entered credit; asking again gives the same."""
    key, *merged = await run_in_threadpool(keys_as_one, account_key(actor.account, bank), bank)
    command = CreateCredential(
        key=key,
        others={one.account_id: one for one in merged},
        wanted=_wanted(body),
        issuer=await run_in_threadpool(lambda: bank.credential_issuer),
        institution_id=bank.installation.institution_id,
        holder=await run_in_threadpool(printed_name, key, bank) if body.show_name else None,
    )
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return credential_view(
        await run_in_threadpool(held_credential, written.answer, [key, *merged], bank), bank
    )


@router.get("")
def read_credentials(actor: Citizen, bank: CurrentBank) -> CredentialList:
    """List one's own credentials."""
    keys = keys_as_one(account_key(actor.account, bank), bank)
    with bank.readers.reading() as connection:
        held = list_held(connection, keys)
    return CredentialList(credentials=[credential_view(one, bank) for one in held])


@router.get(
    "/{token}",
    dependencies=[Public, Depends(Limited(VERIFYING))],
    response_class=HTTPResponse,
    responses={
        200: {
            "content": {
                one: {}
                for one in (
                    DOCUMENT,
                    OPEN_BADGES_TOKEN,
                    SECURED_TOKEN,
                    printing.MEDIA_TYPE,
                    *PICTURES,
                )
            }
        },
    },
)
def read_credential(
    token: str,
    bank: CurrentBank,
    accept: Annotated[
        str | None,
        Header(description="Which envelope: `application/vc`, `application/jwt` or others."),
    ] = None,
) -> HTTPResponse:
    """Fetch a credential by its link, in the envelope that is asked for.

    `application/vc` has a Data Integrity proof, `application/jwt` is the VC-JWT of Open Badges 3.0,
    `application/vc+jwt` is that of VC-JOSE-COSE, `application/pdf` is the learning record, printed
    and with the document inside. `image/png` and `image/svg+xml` are a picture with the credential
    baked in, where the operator offers it. Whether it still stands, its status lists say.
    """
    wanted = _envelope(accept, bank)
    with bank.readers.reading() as connection:
        opened = open_by_token(connection, bank.keystore, token)
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "no-store",
        "Vary": "Accept",
        "Referrer-Policy": "no-referrer",
    }
    content = _content(opened.signed, token, wanted, bank)
    return HTTPResponse(content, media_type=wanted, headers=headers)


def _envelope(accept: str | None, bank: Bank) -> str:
    offered = (*ENVELOPES, *PICTURES) if bank.settings.baked_credentials else ENVELOPES
    wanted = best_of(offered, accept)
    if wanted is not None:
        return wanted
    if best_of(PICTURES, accept) is not None:
        raise Refusal("door-closed", setting="CREDITBANK_BAKED_CREDENTIALS")
    raise Refusal("envelope-unknown", known=ENVELOPES)


def _wanted(body: CredentialRequest) -> tuple[CredentialKind, str]:
    match body.outcome, body.application:
        case str(outcome), None:
            return CredentialKind.OUTCOME, outcome
        case None, str(application):
            return CredentialKind.APPLICATION, application
    raise InvalidInput([FieldProblem(field="outcome", code="outcome-or-application")])


def _content(signed: SignedCredential, token: str, media_type: str, bank: Bank) -> bytes:
    match media_type:
        case printing.MEDIA_TYPE:
            return printing.printed_credential(signed, token, bank.settings)
        case "application/jwt":
            return signed.jwt.encode()
        case "application/vc+jwt":
            return signed.secured_jwt.encode()
        case "image/png":
            return bake_png(emblem_png(), signed.document_bytes.decode())
        case "image/svg+xml":
            return bake_svg(emblem_svg(), signed.document_bytes.decode()).encode()
    return signed.document_bytes


def held_credential(credential_id: str, keys: Sequence[AccountKey], bank: Bank) -> HeldCredential:
    """Give a credential of one's own as it is stored now."""
    with bank.readers.reading() as connection:
        return get_held(connection, keys, credential_id)


def credential_view(held: HeldCredential, bank: Bank) -> CredentialView:
    """Show it with its link."""
    return CredentialView(
        id=held.credential_id,
        url=bank.credential_link(held.token),
        outcome=held.outcome_id,
        application=held.application_id,
        issued_at=held.issued_at.astimezone(CIVIL_TIME).isoformat(),
        entry_index=held.entry_index,
        ended_at=held.ended_at and held.ended_at.astimezone(CIVIL_TIME).isoformat(),
    )
