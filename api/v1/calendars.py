"""Calendars: a provider's terms and offerings, and the working days that deadlines count."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import Field

from api.dependencies import CatalogueWriter, CurrentBank, Public
from api.response import Response
from api.v1 import catalogue_examples
from api.v1.fields import Request, ShortText
from creditbank.access.actor import Actor
from creditbank.catalogue.calendar import (
    AddOffering,
    DeclareTerms,
    Offering,
    Term,
    offerings_of,
    terms_of,
)
from creditbank.errors import Refusal

router = APIRouter(prefix="/api/v1", tags=["catalogue"])

TermName = Annotated[ShortText, Field(min_length=1, max_length=64)]
Day = Annotated[date, Field(strict=False)]


class TermRequest(Request):
    """One term as the provider calls it, with its first and last day."""

    name: TermName = Field(examples=["2024春"], description="What the provider calls it.")
    first_day: Day = Field(description="The first day, YYYY-MM-DD.")
    last_day: Day = Field(description="The last day, YYYY-MM-DD.")
    synonyms: Annotated[list[TermName], Field(max_length=20, default_factory=list)] = Field(
        description="Other names of it in the provider's files."
    )


class TermsRequest(Request):
    """Terms to be declared; one of the same name is replaced."""

    terms: Annotated[list[TermRequest], Field(min_length=1, max_length=200)] = Field(
        description="The terms to be declared."
    )


class TermView(Response):
    """One term."""

    name: str
    first_day: str
    last_day: str
    synonyms: list[str]


class TermList(Response):
    """A provider's terms by their days."""

    terms: list[TermView]


class OfferingRequest(Request):
    """One offering 开班/考次 of a definition, in a term or a sitting."""

    code: TermName = Field(description="The code that results name it by.")
    definition: ShortText = Field(description="The id of the definition.")
    term: TermName = Field(description="The term or sitting.")
    place: ShortText | None = Field(default=None, description="Where it is held.")
    first_day: Day | None = Field(default=None, description="The first day, YYYY-MM-DD.")
    last_day: Day | None = Field(default=None, description="The last day, YYYY-MM-DD.")
    instructors: Annotated[list[ShortText], Field(max_length=50, default_factory=list)] = Field(
        description="Who teaches; this is not shown."
    )


class OfferingView(Response):
    """One offering as everybody may know it; who teaches is not told."""

    code: str
    definition: str
    term: str
    place: str | None
    first_day: str | None
    last_day: str | None


class OfferingList(Response):
    """A provider's offerings by code."""

    offerings: list[OfferingView]


class WorkingYear(Response):
    """One year: public holidays that fall on weekdays, and weekend days worked instead."""

    year: int
    source: str
    holidays: list[str]
    worked_weekends: list[str]


@router.post("/terms", status_code=201)
async def declare_terms(
    body: Annotated[TermsRequest, Body(openapi_examples=catalogue_examples.TERMS)],
    actor: CatalogueWriter,
    bank: CurrentBank,
) -> TermList:
    """Declare terms of one's own institution; from then on its results name a declared one."""
    terms = [
        Term(
            name=one.name,
            first_day=one.first_day.isoformat(),
            last_day=one.last_day.isoformat(),
            synonyms=tuple(one.synonyms),
        )
        for one in body.terms
    ]
    command = DeclareTerms(institution_id=actor.institution, terms=terms)
    await asyncio.wrap_future(bank.writer.submit(command))
    return TermList(terms=[_term(one) for one in terms])


@router.get("/terms", dependencies=[Public])
def list_terms(bank: CurrentBank, institution: Annotated[str, Query(max_length=64)]) -> TermList:
    """List the terms that an institution has declared."""
    with bank.readers.reading() as connection:
        return TermList(terms=[_term(one) for one in terms_of(connection, institution)])


@router.post("/offerings", status_code=201)
async def add_offering(
    body: Annotated[OfferingRequest, Body(openapi_examples=catalogue_examples.OFFERING)],
    actor: CatalogueWriter,
    bank: CurrentBank,
) -> OfferingView:
    """Add an offering of one's own definition; results may name it by its code."""
    command = offering_command(body, actor)
    await asyncio.wrap_future(bank.writer.submit(command))
    return _offering(command.offering)


@router.get("/offerings", dependencies=[Public])
def list_offerings(
    bank: CurrentBank, institution: Annotated[str, Query(max_length=64)]
) -> OfferingList:
    """List an institution's offerings."""
    with bank.readers.reading() as connection:
        found = offerings_of(connection, institution)
    return OfferingList(offerings=[_offering(one) for one in found])


@router.get("/working-days/{year}", dependencies=[Public])
def read_working_days(year: int, bank: CurrentBank) -> WorkingYear:
    """Read the calendar of working days of a year, with its source."""
    calendar = bank.working_days
    if year not in calendar.sources:
        raise Refusal("not-found")
    return WorkingYear(
        year=year,
        source=calendar.sources[year],
        holidays=sorted(day.isoformat() for day in calendar.holidays if day.year == year),
        worked_weekends=sorted(
            day.isoformat() for day in calendar.worked_weekends if day.year == year
        ),
    )


def offering_command(body: OfferingRequest, actor: Actor) -> AddOffering:
    """Make the command that adds an offering of the actor's institution."""
    offering = Offering(
        institution_id=actor.institution,
        code=body.code,
        definition_id=body.definition,
        term=body.term,
        place=body.place,
        first_day=None if body.first_day is None else body.first_day.isoformat(),
        last_day=None if body.last_day is None else body.last_day.isoformat(),
        instructors=tuple(body.instructors),
    )
    return AddOffering(offering=offering)


def _term(one: Term) -> TermView:
    return TermView(
        name=one.name,
        first_day=one.first_day,
        last_day=one.last_day,
        synonyms=list(one.synonyms),
    )


def _offering(one: Offering) -> OfferingView:
    return OfferingView(
        code=one.code,
        definition=one.definition_id,
        term=one.term,
        place=one.place,
        first_day=one.first_day,
        last_day=one.last_day,
    )
