"""Definitions at the terminal: listed, submitted to be certified, linked to what follows them."""

from typing import Annotated

import typer

from api.cli.forms import typed
from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import StaffLogin, operator, signed_in
from api.v1.definitions import (
    SubmissionRequest,
    SuccessorsRequest,
    certification_view,
    list_definitions,
    submission_command,
    successors_command,
)
from creditbank.access.actor import Scope

app = typer.Typer(no_args_is_help=True, help="What can be learned.")


@app.command("list")
def list_all(
    institution: InstitutionId,
    code: Annotated[str | None, typer.Option(help="Only those of this code.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List an institution's definitions with their state."""
    with opened_bank() as bank:
        found = list_definitions(bank, institution, code).definitions
    rows = [one.model_dump(mode="json") for one in found]
    if not as_json:
        told = ("id", "code", "version", "state", "title")
        rows = [{name: row[name] for name in told} for row in rows]
    print_rows("definitions", rows, as_json=as_json)


@app.command()
def submit(
    definition: Annotated[str, typer.Argument(help="Id of the definition.")],
    login: StaffLogin,
    since: Annotated[str, typer.Option(help="First day of the certification, YYYY-MM-DD.")],
    until: Annotated[str | None, typer.Option(help="Its last day, YYYY-MM-DD.")] = None,
    certifier: Annotated[
        str | None, typer.Option(help="Institution that certifies; the bank unless stated.")
    ] = None,
    credit: Annotated[
        str | None, typer.Option("--credits", help="Credits, a decimal number.")
    ] = None,
    framework: Annotated[str | None, typer.Option(help="Framework of the level.")] = None,
    level: Annotated[int | None, typer.Option(help="Level, 0 to 99.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Submit a definition to be certified 申请认证; a person does, and may not vote on it."""
    with opened_bank() as bank:
        body = typed(
            SubmissionRequest,
            certifier=certifier,
            credits=credit,
            level_framework=framework,
            level=level,
            valid_from=since,
            valid_until=until,
        )
        actor = signed_in(bank, login, Scope.CATALOGUE_WRITE)
        submitted = bank.writer.write(submission_command(definition, body, actor)).answer
    print_result(certification_view(submitted).model_dump(mode="json"), as_json=as_json)


@app.command()
def succeed(
    institution: InstitutionId,
    earlier: Annotated[list[str], typer.Option(help="Id of one that ends; may be repeated.")],
    later: Annotated[list[str], typer.Option(help="Id of one that follows; may be repeated.")],
    since: Annotated[str, typer.Option(help="The day from which they follow, YYYY-MM-DD.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say which definitions follow which: one on one, several on one, one on several."""
    with opened_bank() as bank:
        body = typed(SuccessorsRequest, earlier=earlier, later=later, from_day=since)
        command = successors_command(body, operator(institution))
        kind = bank.writer.write(command).answer
    print_result({"kind": kind.value}, as_json=as_json)
