"""Venues: what a visit counts for, shifts with their devices, and rosters."""

from typing import Annotated

import typer

from api.cli.forms import typed
from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import StaffLogin, operator, signed_in
from api.v1.venue_rosters import (
    RosterRequest,
    TickRequest,
    read_roster,
    roster_command,
    tick_command,
)
from api.v1.venue_shifts import (
    DeviceRequest,
    ShiftRequest,
    device_command,
    list_shifts,
    shift_command,
)
from api.v1.venues import VenueRequest, list_venues, venue_command
from creditbank.access.actor import Scope
from creditbank.access.secret_text import SECRET_BYTES
from creditbank.venues.devices import RevokeDevice
from creditbank.venues.shifts import EndShift

VenueId = Annotated[str, typer.Argument(metavar="VENUE", help="Id of the venue.")]
ShiftId = Annotated[str, typer.Argument(metavar="SHIFT", help="Id of the shift.")]

app = typer.Typer(no_args_is_help=True, help="Venues at which people check in.")


@app.command()
def declare(
    institution: InstitutionId,
    course: Annotated[str, typer.Option(help="Code of a course of class venue.")],
    name: Annotated[str, typer.Option(help="What the venue is called.")],
    from_day: Annotated[str, typer.Option(help="First day of the rule, YYYY-MM-DD.")],
    minutes_between: Annotated[int, typer.Option(help="Least minutes between two visits.")],
    method: Annotated[
        list[str], typer.Option(help="live_code, card, roster or kiosk; may be repeated.")
    ],
    offering: Annotated[str | None, typer.Option(help="Code of one offering of it.")] = None,
    minutes: Annotated[int | None, typer.Option(help="Minutes that a visit counts for.")] = None,
    class_hours: Annotated[
        str | None, typer.Option(help="Class hours that a visit counts for.")
    ] = None,
    visits_a_day: Annotated[int, typer.Option(help="How many visits a day count.")] = 1,
    *,
    as_json: AsJson = False,
) -> None:
    """Declare a venue, or another rule of one from a later day on."""
    with opened_bank() as bank:
        body = typed(
            VenueRequest,
            course=course,
            offering=offering,
            name=name,
            from_day=from_day,
            minutes=minutes,
            class_hours=class_hours,
            visits_a_day=visits_a_day,
            minutes_between=minutes_between,
            methods=method,
        )
        venue = bank.writer.write(venue_command(body, operator(institution))).answer
    print_result({"venue": venue.id, "name": venue.name}, as_json=as_json)


@app.command("list")
def list_all(institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """List an institution's venues."""
    with opened_bank() as bank:
        found = list_venues(bank, institution).venues
    print_rows("venues", (one.model_dump() for one in found), as_json=as_json)


@app.command()
def open_shift(
    venue: VenueId,
    institution: InstitutionId,
    ends_at: Annotated[str, typer.Option(help="ISO 8601 with a zone, 24 hours ahead at most.")],
    place: Annotated[str | None, typer.Option(help="Where at the venue it is.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Open a shift now."""
    with opened_bank() as bank:
        body = typed(ShiftRequest, place=place, ends_at=ends_at)
        shift = bank.writer.write(shift_command(venue, body, operator(institution))).answer
    print_result({"shift": shift}, as_json=as_json)


@app.command()
def end_shift(shift: ShiftId, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """End a shift now."""
    with opened_bank() as bank:
        bank.writer.write(EndShift(institution_id=institution, shift_id=shift))
    print_result({"shift": shift, "ended": True}, as_json=as_json)


@app.command()
def shifts(venue: VenueId, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """List the shifts at a venue with their devices."""
    with opened_bank() as bank:
        found = list_shifts(venue, operator(institution), bank).shifts
    print_rows("shifts", (one.model_dump() for one in found), as_json=as_json)


@app.command()
def offer_device(
    shift: ShiftId,
    institution: InstitutionId,
    kind: Annotated[str, typer.Option(help="desk, or kiosk where nobody attends to it.")],
    label: Annotated[str, typer.Option(help="What staff know the device by.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Get a code that pairs one more device; it is shown this once."""
    with opened_bank() as bank:
        body = typed(DeviceRequest, kind=kind, label=label)
        secret = bank.entropy(SECRET_BYTES)
        command = device_command(shift, body, operator(institution), secret)
        offer = bank.writer.write(command).answer
    print_result({"device": offer.device_id, "code": offer.code}, as_json=as_json)


@app.command()
def revoke_device(
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="Id of the device.")],
    institution: InstitutionId,
    *,
    as_json: AsJson = False,
) -> None:
    """Take a device back at once."""
    with opened_bank() as bank:
        bank.writer.write(RevokeDevice(institution_id=institution, device_id=device))
    print_result({"device": device, "revoked": True}, as_json=as_json)


@app.command()
def add_to_roster(
    shift: ShiftId,
    institution: InstitutionId,
    account: Annotated[list[str], typer.Option(help="Number of an account; may be repeated.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say who is expected in a shift."""
    with opened_bank() as bank:
        body = typed(RosterRequest, account_numbers=account)
        added = bank.writer.write(roster_command(shift, body, operator(institution), bank)).answer
    print_result({"shift": shift, "added": added}, as_json=as_json)


@app.command()
def roster(shift: ShiftId, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """List who is expected in a shift, with masked names, and who has come."""
    with opened_bank() as bank:
        found = read_roster(shift, operator(institution), bank).entries
    print_rows("entries", (one.model_dump() for one in found), as_json=as_json)


@app.command()
def tick(
    shift: ShiftId,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="Id of the roster's line.")],
    login: StaffLogin,
    at: Annotated[str | None, typer.Option(help="When she came: ISO 8601 with a zone.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check somebody of a roster in."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.VENUES_RUN)
        command = tick_command(shift, entry, typed(TickRequest, at=at), actor, bank)
        checked = bank.writer.write(command).answer
    print_result({"entry": entry, "state": checked.state.value}, as_json=as_json)
