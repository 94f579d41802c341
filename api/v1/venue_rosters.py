"""The roster of a shift: staff say who is expected, and tick who has come."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import CurrentBank, VenueRunner
from api.response import Response
from api.v1 import venue_examples
from api.v1.fields import Instant, Request, ShortText
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.venues.check_in import CheckIn
from creditbank.venues.roster import AddToRoster, find_entry, tick_key
from creditbank.venues.rule import Method
from creditbank.venues.scan import key_going_on
from creditbank.venues.shifts import load_shifts
from creditbank.venues.show import show_roster

router = APIRouter(prefix="/api/v1/venue-shifts/{shift_id}/roster", tags=["venues"])

ROSTER_ADDED_MAX = 200


class RosterRequest(Request):
    """Learners who are expected."""

    account_numbers: list[ShortText] = Field(
        min_length=1, max_length=ROSTER_ADDED_MAX, description="The numbers of their accounts."
    )


class TickRequest(Request):
    """That somebody of the roster has come."""

    at: Instant | None = Field(
        default=None,
        examples=["2026-03-07T09:40:00+08:00"],
        description="When she came, within the shift: ISO 8601 with a zone; now unless stated.",
    )


class RosterEntryView(Response):
    """One line of a roster; the name is masked."""

    id: str
    name: str
    ticked: bool
    outcome: str | None = Field(
        description="The visit that the tick recorded; take it back where it was somebody else."
    )
    taken_back: bool = Field(description="Whether that visit was taken back.")


class RosterView(Response):
    """Who is expected in a shift."""

    entries: list[RosterEntryView]


class TickView(Response):
    """What became of a tick: counted, or a duplicate of a visit that was counted already."""

    state: str


@router.post("", status_code=201)
async def add_to_roster(
    shift_id: str,
    body: Annotated[RosterRequest, Body(openapi_examples=venue_examples.ROSTER)],
    actor: VenueRunner,
    bank: CurrentBank,
) -> RosterView:
    """Say who is expected in a shift, by account numbers; who is already stays so."""
    command = await run_in_threadpool(roster_command, shift_id, body, actor, bank)
    await asyncio.wrap_future(bank.writer.submit(command))
    return await run_in_threadpool(read_roster, shift_id, actor, bank)


@router.get("")
def read_roster(shift_id: str, actor: VenueRunner, bank: CurrentBank) -> RosterView:
    """Read who is expected in a shift of one's subtree, and who has come."""
    with bank.readers.reading() as connection:
        reach = load_shifts(connection, [shift_id])
        reach.require_shift(actor.institution, shift_id, bank.clock())
        entries = show_roster(connection, shift_id, bank.keystore)
    return RosterView(
        entries=[
            RosterEntryView(
                id=one.id,
                name=one.name,
                ticked=one.is_ticked,
                outcome=one.outcome_id,
                taken_back=one.is_taken_back,
            )
            for one in entries
        ]
    )


@router.post("/{roster_entry_id}/tick", status_code=201)
async def tick_roster(
    shift_id: str,
    roster_entry_id: str,
    body: Annotated[TickRequest, Body(openapi_examples=venue_examples.TICK)],
    actor: VenueRunner,
    bank: CurrentBank,
    response: HTTPResponse,
) -> TickView:
    """Check somebody of the roster in, as a person who saw her; again answers 200 as before."""
    command = await run_in_threadpool(tick_command, shift_id, roster_entry_id, body, actor, bank)
    checked = (await asyncio.wrap_future(bank.writer.submit(command))).answer
    if checked.is_repetition:
        response.status_code = 200
    return TickView(state=checked.state.value)


def roster_command(shift_id: str, body: RosterRequest, actor: Actor, bank: Bank) -> AddToRoster:
    """Make the command that adds to a roster; raises `InvalidInput` for unknown numbers.

    Whose shift it is not learns nothing of numbers: `Refusal("not-found")`.
    """
    with bank.readers.reading() as connection:
        reach = load_shifts(connection, [shift_id])
    reach.require_shift(actor.institution, shift_id, bank.clock())
    keys = [bank.keystore.find_by_number(number) for number in body.account_numbers]
    if problems := [
        FieldProblem(field=f"account_numbers.{place}", code="account-unknown")
        for place, key in enumerate(keys)
        if key is None
    ]:
        raise InvalidInput(problems)
    return AddToRoster(
        institution_id=actor.institution,
        shift_id=shift_id,
        account_ids=[key.account_id for key in keys if key is not None],
        by=actor.id,
    )


def tick_command(
    shift_id: str, entry_id: str, body: TickRequest, actor: Actor, bank: Bank
) -> CheckIn:
    """Make the command that checks somebody of a roster in; raises a `Refusal`."""
    now = bank.clock()
    with bank.readers.reading() as connection:
        reach = load_shifts(connection, [shift_id])
        shift = reach.require_shift(actor.institution, shift_id, now)
        entry = find_entry(connection, shift_id, entry_id)
    return CheckIn(
        venue=reach.venues[shift.venue_id],
        shift_id=shift.id,
        device_id=None,
        method=Method.ROSTER,
        key=key_going_on(bank, entry.account_id),
        at=body.at or now,
        scan_key=tick_key(entry.id),
        posted_with=actor.person,
    )
