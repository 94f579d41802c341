"""Venues: where people check in, and what a visit counts for; public, declared by their owner."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import Field

from api.dependencies import CatalogueWriter, CurrentBank, Public
from api.response import Response
from api.v1 import venue_examples
from api.v1.fields import Amount, Request, ShortText, one_of
from creditbank.access.actor import Actor
from creditbank.conversion.amounts import AmountError, ClassHours
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.venues.declare import DeclareVenue
from creditbank.venues.queries import get_venue, venues_of
from creditbank.venues.rule import ASSURANCES, Method, Venue, VisitRule

router = APIRouter(prefix="/api/v1/venues", tags=["venues"])

Code = Annotated[ShortText, Field(min_length=1, max_length=64)]


class VenueRequest(Request):
    """A venue, and what a visit counts for from a day on."""

    course: Code = Field(description="The code of a course of class `venue` of one's own.")
    offering: Code | None = Field(
        default=None, description="The code of one offering of it, where only that is meant."
    )
    name: ShortText = Field(
        examples=["市博物馆常设展"], description="What the venue is called; the first one stays."
    )
    from_day: Annotated[date, Field(strict=False)] = Field(
        description="The first day that the rule counts, YYYY-MM-DD; ahead, unless it is the first."
    )
    minutes: int | None = Field(
        default=None, examples=[90], description="Minutes of learning that a visit counts for."
    )
    class_hours: Amount | None = Field(
        default=None,
        description="Class hours 学时 that a visit counts for, a decimal number as text.",
    )
    visits_a_day: int = Field(
        default=1, description="How many visits of one learner count on one day, 12 at most."
    )
    minutes_between: int = Field(
        examples=[60],
        description="The least minutes between two visits that count, 5 to 1440.",
    )
    methods: list[ShortText] = Field(max_length=len(Method), description=one_of(Method))


class RuleView(Response):
    """What a visit counts for from a day on, and by which methods, each with its assurance."""

    from_day: str
    minutes: int | None
    class_hours: str | None
    visits_a_day: int
    minutes_between: int
    methods: dict[str, str]


class VenueView(Response):
    """A venue with every rule that it had, has or will have, in order."""

    id: str
    institution: str
    course: str
    offering: str | None
    name: str
    rules: list[RuleView]

    @classmethod
    def of(cls, venue: Venue) -> "VenueView":
        """Show a venue."""
        return cls(
            id=venue.id,
            institution=venue.institution_id,
            course=venue.course,
            offering=venue.offering,
            name=venue.name,
            rules=[_rule_view(one) for one in venue.rules],
        )


class VenueList(Response):
    """An institution's venues."""

    venues: list[VenueView]


@router.post("", status_code=201)
async def declare_venue(
    body: Annotated[VenueRequest, Body(openapi_examples=venue_examples.VENUE)],
    actor: CatalogueWriter,
    bank: CurrentBank,
) -> VenueView:
    """Declare a venue of one's own institution, or another rule of one from a later day on."""
    command = venue_command(body, actor)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return VenueView.of(written.answer)


@router.get("", dependencies=[Public])
def list_venues(bank: CurrentBank, institution: Annotated[str, Query(max_length=64)]) -> VenueList:
    """List an institution's venues."""
    with bank.readers.reading() as connection:
        found = venues_of(connection, [institution])
    return VenueList(venues=[VenueView.of(one) for one in found])


@router.get("/{venue_id}", dependencies=[Public])
def read_venue(venue_id: str, bank: CurrentBank) -> VenueView:
    """Read a venue and what a visit counts for."""
    with bank.readers.reading() as connection:
        return VenueView.of(get_venue(connection, venue_id))


def venue_command(body: VenueRequest, actor: Actor) -> DeclareVenue:
    """Make the command that declares a venue; raises `InvalidInput`."""
    return DeclareVenue(
        institution_id=actor.institution,
        course=body.course,
        offering=body.offering,
        name=body.name,
        rule=VisitRule(
            from_day=body.from_day.isoformat(),
            minutes=body.minutes,
            class_hours=_class_hours(body.class_hours),
            visits_a_day=body.visits_a_day,
            minutes_between=body.minutes_between,
            methods=_methods(body.methods),
        ),
        by=actor.id,
    )


def _class_hours(text: str | None) -> ClassHours | None:
    try:
        return None if text is None else ClassHours.parse(text)
    except AmountError as error:
        raise InvalidInput([FieldProblem(field="class_hours", code=error.code)]) from None


def _methods(named: list[str]) -> frozenset[Method]:
    known = {one.value: one for one in Method}
    if not known.keys() >= set(named):
        facts = {"known": tuple(known)}
        raise InvalidInput([FieldProblem(field="methods", code="kind-unknown", facts=facts)])
    return frozenset(known[name] for name in named)


def _rule_view(rule: VisitRule) -> RuleView:
    return RuleView(
        from_day=rule.from_day,
        minutes=rule.minutes,
        class_hours=None if rule.class_hours is None else str(rule.class_hours),
        visits_a_day=rule.visits_a_day,
        minutes_between=rule.minutes_between,
        methods={one.value: ASSURANCES[one].value for one in sorted(rule.methods)},
    )
