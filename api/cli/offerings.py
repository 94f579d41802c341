"""Offerings 开班/考次 of an institution's definitions."""

from typing import Annotated

import typer

from api.cli.forms import typed
from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import operator
from api.v1.calendars import OfferingRequest, list_offerings, offering_command

app = typer.Typer(no_args_is_help=True, help="Offerings of definitions.")


@app.command()
def add(
    institution: InstitutionId,
    code: Annotated[str, typer.Option(help="The code that results name it by.")],
    definition: Annotated[str, typer.Option(help="Id of the definition.")],
    term: Annotated[str, typer.Option(help="The term or sitting.")],
    place: Annotated[str | None, typer.Option(help="Where it is held.")] = None,
    first_day: Annotated[str | None, typer.Option(help="YYYY-MM-DD.")] = None,
    last_day: Annotated[str | None, typer.Option(help="YYYY-MM-DD.")] = None,
    instructor: Annotated[
        list[str] | None, typer.Option(help="Who teaches; may be repeated, not shown.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Add an offering of an institution's own definition."""
    with opened_bank() as bank:
        body = typed(
            OfferingRequest,
            code=code,
            definition=definition,
            term=term,
            place=place,
            first_day=first_day,
            last_day=last_day,
            instructors=instructor or [],
        )
        bank.writer.write(offering_command(body, operator(institution)))
    print_result({"institution": institution, "code": code}, as_json=as_json)


@app.command("list")
def list_all(institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """List an institution's offerings."""
    with opened_bank() as bank:
        found = list_offerings(bank, institution).offerings
    print_rows("offerings", (one.model_dump() for one in found), as_json=as_json)
