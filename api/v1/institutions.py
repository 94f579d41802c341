"""Institutions: staff registers and changes those of its subtree; API keys are shown once."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from api.dependencies import CurrentBank, Registrar
from api.response import Response
from api.v1 import examples
from api.v1.fields import Request, ShortText
from api.v1.institution_changes import region_warnings
from creditbank.access.api_keys import IssueApiKey, RevokeApiKey, keys_of_institution
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


class HeldKeyView(Response):
    """One API key without its secret; times are Unix times."""

    id: str
    scopes: list[str]
    created_at: int
    revoked_at: int | None


class ApiKeyList(Response):
    """The API keys of an institution, the newest first."""

    keys: list[HeldKeyView]


@router.post("", status_code=201)
async def register_institution(
    body: Annotated[InstitutionRequest, Body(openapi_examples=examples.INSTITUTION)],
    actor: Registrar,
    bank: CurrentBank,
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
    written = await asyncio.wrap_future(bank.writer.submit(command))
    institution = written.answer
    issue = IssueApiKey(institution_id=institution.id, by=actor.institution)
    key = await asyncio.wrap_future(bank.writer.submit(issue))
    return RegisteredView(
        institution=institution.id,
        entry_index=institution.entry_index,
        api_key=key.answer,
        warnings=list(region_warnings(institution.region)),
    )


@router.post("/{institution_id}/api-keys", status_code=201)
async def issue_api_key(institution_id: str, actor: Registrar, bank: CurrentBank) -> ApiKeyView:
    """Issue one more API key."""
    issue = IssueApiKey(institution_id=institution_id, by=actor.institution)
    key = await asyncio.wrap_future(bank.writer.submit(issue))
    return ApiKeyView(institution=institution_id, api_key=key.answer)


@router.get("/{institution_id}/api-keys")
def list_api_keys(institution_id: str, actor: Registrar, bank: CurrentBank) -> ApiKeyList:
    """List the API keys of an institution of one's subtree, those out of use too."""
    with bank.readers.reading() as connection:
        load_tree(connection, civil_day(bank.clock())).require(actor.institution, institution_id)
        found = keys_of_institution(connection, institution_id)
    return ApiKeyList(
        keys=[
            HeldKeyView(
                id=one.id,
                scopes=sorted(one.scopes),
                created_at=one.created_at,
                revoked_at=one.revoked_at,
            )
            for one in found
        ]
    )


@router.delete("/{institution_id}/api-keys/{key_id}", status_code=204)
async def revoke_api_key(
    institution_id: str, key_id: str, actor: Registrar, bank: CurrentBank
) -> None:
    """Revoke an API key, and with it every token that it was exchanged for."""
    command = RevokeApiKey(institution_id=institution_id, key_id=key_id, by=actor.institution)
    await asyncio.wrap_future(bank.writer.submit(command))


def _kind(text: str) -> InstitutionKind:
    known = tuple(kind.value for kind in (InstitutionKind.PROVIDER, InstitutionKind.EMPLOYER))
    if text not in known:
        facts = {"known": known}
        raise InvalidInput([FieldProblem(field="kind", code="kind-unknown", facts=facts)])
    return InstitutionKind(text)
