"""Institutions: staff registers and changes those of its subtree; API keys are shown once."""

import asyncio
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field

from api.attempts import CurrentAttempt, NamedAttempt
from api.dependencies import CurrentBank, Registrar
from api.response import Response
from api.v1 import examples
from api.v1.fields import Request, ShortText
from api.v1.institution_changes import region_warnings
from creditbank.access.actor import Actor
from creditbank.access.api_keys import IssueApiKey, RevokeApiKey, keys_of_institution
from creditbank.access.secret_text import SecretText
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.institutions.tree import load_tree

router = APIRouter(prefix="/api/v1/institutions", tags=["institutions"])


class InstitutionRequest(Request):
    """An institution below `parent`, or at the top."""

    kind: ShortText = Field(
        examples=["provider"], description="What it is to the bank: provider or employer."
    )
    name: ShortText = Field(examples=["开放大学"], description="The name as printed.")
    name_en: ShortText | None = Field(default=None, description="The name in English.")
    uscc: ShortText | None = Field(default=None, description="Unified social credit code.")
    parent: ShortText | None = Field(
        default=None, description="The id of the institution above it; the top without."
    )
    region: ShortText | None = Field(
        default=None, description="Code of GB/T 2260, or of 9 or 12 digits for town and village."
    )
    since: ShortText | None = Field(
        default=None, examples=["2012-06-21"], description="Its first day, YYYY-MM-DD."
    )


class RegisteredView(Response):
    """The institution, and its API key, which is shown this once."""

    institution: str
    entry_index: int
    api_key: str
    warnings: list[str] = Field(description="What the lists of this bank do not have.")


class ApiKeyView(Response):
    """A new API key, which is shown this once."""

    institution: str
    api_key: str


class KeyRequest(Request):
    """What a key is for."""

    name: ShortText | None = Field(
        default=None,
        examples=["教务系统"],
        description="Which program has it, at most 100 characters.",
    )


class KeyRevocationRequest(Request):
    """Why a key ends."""

    reason: ShortText = Field(
        min_length=1, examples=["密钥泄露"], description="At most 100 characters."
    )


class HeldKeyView(Response):
    """One API key without its secret; times are Unix times."""

    id: str
    name: str | None
    scopes: list[str]
    created_at: int
    last_used_at: int | None = Field(description="Known to the hour.")
    revoked_at: int | None
    revoked_for: str | None


class ApiKeyList(Response):
    """The API keys of an institution, the newest first."""

    keys: list[HeldKeyView]


@router.post("", status_code=201)
async def register_institution(
    body: Annotated[InstitutionRequest, Body(openapi_examples=examples.INSTITUTION)],
    actor: Registrar,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> RegisteredView:
    """Register an institution; its document is public on the ledger."""
    command = RegisterInstitution(
        kind=_kind(body.kind),
        name=body.name,
        name_en=body.name_en,
        uscc=body.uscc,
        parent_id=body.parent,
        region=body.region,
        since=body.since,
        by=actor.institution,
    )
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    institution = written.answer
    key = await _issued(institution.id, None, actor, bank, attempt.part("key"), response)
    return RegisteredView(
        institution=institution.id,
        entry_index=institution.entry_index,
        api_key=key,
        warnings=list(region_warnings(institution.region)),
    )


@router.post("/{institution_id}/api-keys", status_code=201)
async def issue_api_key(
    institution_id: str,
    actor: Registrar,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
    body: Annotated[KeyRequest | None, Body(openapi_examples=examples.KEY)] = None,
) -> ApiKeyView:
    """Issue one more API key; a repeated attempt is shown the same key again."""
    name = None if body is None else body.name
    key = await _issued(institution_id, name, actor, bank, attempt, response)
    return ApiKeyView(institution=institution_id, api_key=key)


async def _issued(
    institution_id: str,
    name: str | None,
    actor: Actor,
    bank: Bank,
    attempt: NamedAttempt,
    response: HTTPResponse,
) -> str:
    secret = attempt.secret(actor, bank)
    issue = IssueApiKey(
        institution_id=institution_id, name=name, secret=secret, by=actor.institution
    )
    written = await attempt.act(issue, actor=actor, bank=bank, response=response)
    return str(SecretText.parse(written.answer).having(secret))


@router.get("/{institution_id}/api-keys")
def list_api_keys(institution_id: str, actor: Registrar, bank: CurrentBank) -> ApiKeyList:
    """List the API keys of an institution of one's subtree, those out of use too."""
    with bank.readers.reading() as connection:
        load_tree(connection, civil_day(bank.clock())).require(actor.institution, institution_id)
        found = keys_of_institution(connection, institution_id)
    return ApiKeyList(
        keys=[HeldKeyView(**{**asdict(one), "scopes": sorted(one.scopes)}) for one in found]
    )


@router.delete("/{institution_id}/api-keys/{key_id}", status_code=204)
async def revoke_api_key(
    institution_id: str, key_id: str, actor: Registrar, bank: CurrentBank
) -> None:
    """Revoke an API key, and with it every token that it was exchanged for."""
    command = RevokeApiKey(institution_id=institution_id, key_id=key_id, by=actor.institution)
    await asyncio.wrap_future(bank.writer.submit(command))


@router.post("/{institution_id}/api-keys/{key_id}/revocation", status_code=204)
async def revoke_key_for(
    institution_id: str,
    key_id: str,
    body: Annotated[KeyRevocationRequest, Body(openapi_examples=examples.KEY_REVOCATION)],
    actor: Registrar,
    bank: CurrentBank,
) -> None:
    """Revoke an API key, and say why to whoever looks at the keys."""
    command = RevokeApiKey(
        institution_id=institution_id, key_id=key_id, reason=body.reason, by=actor.institution
    )
    await asyncio.wrap_future(bank.writer.submit(command))


def _kind(text: str) -> InstitutionKind:
    known = tuple(kind.value for kind in (InstitutionKind.PROVIDER, InstitutionKind.EMPLOYER))
    if text not in known:
        facts = {"known": known}
        raise InvalidInput([FieldProblem(field="kind", code="kind-unknown", facts=facts)])
    return InstitutionKind(text)
