"""What can be learned: definitions with their state, their certifications and their successors."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import Field
from sqlalchemy import Connection

from api.dependencies import CatalogueWriter, CurrentBank, Public
from api.response import Response
from api.v1 import catalogue_examples
from api.v1.fields import Amount, Request, ShortText, parse_credits
from creditbank.access.actor import Actor
from creditbank.catalogue.certification import Certification, DefinitionState, state_of
from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import all_definitions, certifications_of, definitions_by_id
from creditbank.catalogue.submit import SubmitDefinition
from creditbank.catalogue.succeed import LinkSuccessors, Successor, SuccessorKind, links_of
from creditbank.codes.lists import find_code
from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal

router = APIRouter(prefix="/api/v1", tags=["catalogue"])


class CertificationView(Response):
    """One submission and what became of it; amounts are decimal strings, days YYYY-MM-DD."""

    id: str
    institution: str = Field(description="The institution that certifies.")
    state: DefinitionState
    credits: str | None
    level_framework: str | None
    level: int | None
    valid_from: str
    valid_until: str | None
    withdrawn_from: str | None
    entry_index: int | None


class SuccessorView(Response):
    """A definition that this one follows, or that follows it."""

    definition: str
    kind: SuccessorKind
    from_day: str


class DefinitionView(Response):
    """One definition."""

    id: str
    institution: str
    code: str
    version: str
    title: str
    title_en: str | None
    outcome_class: str
    credits: str | None
    hours: str | None
    valid_from: str
    valid_until: str | None
    counting: str
    category: str | None
    level_framework: str | None
    level: int | None
    isced_field: str | None
    isced_field_name: str | None = Field(description="As ISCED-F 2013 calls it.")
    occupation: str | None
    occupation_name: str | None = Field(description="As the list calls it; null if it has none.")
    state: DefinitionState
    certifications: list[CertificationView]
    earlier: list[SuccessorView]
    later: list[SuccessorView]


class DefinitionList(Response):
    """The definitions of an institution, by code and first day."""

    definitions: list[DefinitionView]


class SubmissionRequest(Request):
    """On which terms a definition shall be certified."""

    certifier: ShortText | None = Field(
        default=None, description="The institution that certifies; the bank unless stated."
    )
    credits: Amount | None = Field(
        default=None,
        description="Credits to be certified, a decimal number with at most three places.",
    )
    level_framework: ShortText | None = Field(
        default=None, description="The framework that the level is of."
    )
    level: Annotated[int, Field(ge=0, le=99)] | None = Field(
        default=None, description="The level, a whole number."
    )
    valid_from: date = Field(
        strict=False, description="The first day of the certification, YYYY-MM-DD."
    )
    valid_until: Annotated[date, Field(strict=False)] | None = Field(
        default=None, description="Its last day, YYYY-MM-DD; without, it does not run out."
    )


class SuccessorsRequest(Request):
    """Which definitions follow which from a day on: one on one, several on one, one on several."""

    earlier: Annotated[list[ShortText], Field(min_length=1, max_length=100)] = Field(
        description="Ids of the definitions that end."
    )
    later: Annotated[list[ShortText], Field(min_length=1, max_length=100)] = Field(
        description="Ids of those that follow."
    )
    from_day: date = Field(strict=False, description="The day from which they follow, YYYY-MM-DD.")


class LinkedView(Response):
    """How the definitions follow on each other."""

    kind: SuccessorKind


@router.get("/definitions", dependencies=[Public])
def list_definitions(
    bank: CurrentBank,
    institution: Annotated[str, Query(max_length=64)],
    code: Annotated[str | None, Query(max_length=64)] = None,
) -> DefinitionList:
    """List an institution's definitions, or those of one code."""
    with bank.readers.reading() as connection:
        by_code = all_definitions(connection, institution)
        found = [
            one
            for name, versions in sorted(by_code.items())
            if code in (None, name)
            for one in sorted(versions, key=lambda each: each.valid_from)
        ]
        views = _views(connection, found, civil_day(bank.clock()))
    return DefinitionList(definitions=views)


@router.get("/definitions/{definition_id}", dependencies=[Public])
def read_definition(definition_id: str, bank: CurrentBank) -> DefinitionView:
    """Read one definition with its certifications, and what it follows and what follows it."""
    with bank.readers.reading() as connection:
        found = definitions_by_id(connection, [definition_id])
        if definition_id not in found:
            raise Refusal("not-found")
        (view,) = _views(connection, list(found.values()), civil_day(bank.clock()))
    return view


@router.post("/definitions/{definition_id}/submissions", status_code=201)
async def submit_definition(
    definition_id: str,
    body: Annotated[SubmissionRequest, Body(openapi_examples=catalogue_examples.SUBMISSION)],
    actor: CatalogueWriter,
    bank: CurrentBank,
) -> CertificationView:
    """Submit a definition to be certified 申请认证; a person does, and may not vote on it."""
    command = submission_command(definition_id, body, actor)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return certification_view(written.answer)


@router.post("/definition-successors", status_code=201)
async def link_successors(
    body: Annotated[SuccessorsRequest, Body(openapi_examples=catalogue_examples.SUCCESSORS)],
    actor: CatalogueWriter,
    bank: CurrentBank,
) -> LinkedView:
    """Say which definitions of one's own institution follow which."""
    written = await asyncio.wrap_future(bank.writer.submit(successors_command(body, actor)))
    return LinkedView(kind=written.answer)


def submission_command(
    definition_id: str, body: SubmissionRequest, actor: Actor
) -> SubmitDefinition:
    """Make the command by which a person submits a definition; raises `InvalidInput`."""
    return SubmitDefinition(
        institution_id=actor.institution,
        definition_id=definition_id,
        by=actor.person,
        certifier_id=body.certifier,
        credits=parse_credits(body.credits),
        level_framework=body.level_framework,
        level=body.level,
        valid_from=body.valid_from.isoformat(),
        valid_until=None if body.valid_until is None else body.valid_until.isoformat(),
    )


def successors_command(body: SuccessorsRequest, actor: Actor) -> LinkSuccessors:
    """Make the command that links definitions of the actor's institution."""
    return LinkSuccessors(
        institution_id=actor.institution,
        earlier=body.earlier,
        later=body.later,
        from_day=body.from_day.isoformat(),
    )


def certification_view(one: Certification) -> CertificationView:
    """Give a certification's public form."""
    return CertificationView(
        id=one.id,
        institution=one.institution_id,
        state=DefinitionState(one.state),
        credits=None if one.credits is None else str(Credits(milli=one.credits)),
        level_framework=one.level_framework,
        level=one.level,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        withdrawn_from=one.withdrawn_from,
        entry_index=one.entry_index,
    )


def _views(
    connection: Connection, definitions: Sequence[Definition], today: date
) -> list[DefinitionView]:
    ids = [one.id for one in definitions]
    certifications = certifications_of(connection, ids)
    links = links_of(connection, ids)
    return [_view(one, certifications.get(one.id, []), links, today) for one in definitions]


def _view(
    one: Definition,
    certifications: Sequence[Certification],
    links: Sequence[Successor],
    today: date,
) -> DefinitionView:
    def linked(other: str, link: Successor) -> SuccessorView:
        return SuccessorView(definition=other, kind=link.kind, from_day=link.from_day)

    return DefinitionView(
        id=one.id,
        institution=one.institution_id,
        code=one.code,
        version=one.version,
        title=one.title,
        title_en=one.title_en,
        outcome_class=one.outcome_class.value,
        credits=None if one.credits is None else str(one.credits),
        hours=None if one.hours is None else str(one.hours),
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        counting=one.counting.value,
        category=one.category,
        level_framework=one.level_framework,
        level=one.level,
        isced_field=one.isced_field,
        isced_field_name=_listed_name("fields", one.isced_field),
        occupation=one.occupation,
        occupation_name=_listed_name("occupations", one.occupation),
        state=state_of(certifications, today),
        certifications=[certification_view(each) for each in certifications],
        earlier=[linked(link.earlier_id, link) for link in links if link.later_id == one.id],
        later=[linked(link.later_id, link) for link in links if link.earlier_id == one.id],
    )


def _listed_name(name: str, code: str | None) -> str | None:
    found = None if code is None else find_code(name, code)
    return None if found is None else found.name
