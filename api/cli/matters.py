"""What citizens ask of an institution, decided at the terminal by a person who signs in."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.forms import filed, typed
from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import StaffLogin, signed_in
from api.v1.matters import DecisionRequest, decision_command, list_undecided, read_matter
from api.v1.outcome_forms import ResultRequest
from creditbank.access.actor import Scope
from creditbank.outcomes.attest import AttestMatter

app = typer.Typer(no_args_is_help=True, help="What citizens ask of an institution.")

MatterId = Annotated[str, typer.Argument(metavar="MATTER", help="Id of the matter.")]


@app.command("list")
def list_matters(login: StaffLogin, *, as_json: AsJson = False) -> None:
    """List what one's institution and those below it have to decide, late ones first."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.MATTERS_DECIDE)
        found = list_undecided(actor, bank)
    rows = [one.model_dump() for one in found.matters]
    if not as_json:
        told = ("id", "kind", "state", "due_on", "late")
        rows = [{name: row[name] for name in told} for row in rows]
    print_rows("matters", rows, as_json=as_json)


@app.command()
def show(matter: MatterId, login: StaffLogin, *, as_json: AsJson = False) -> None:
    """Show a matter with its history, decided or not."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.MATTERS_DECIDE)
        found = read_matter(matter, actor, bank)
    print_result(found.model_dump(), as_json=as_json)


@app.command()
def decide(
    matter: MatterId,
    login: StaffLogin,
    decision: Annotated[
        Literal["attested", "refused", "returned"], typer.Option(help="What is decided.")
    ],
    text: Annotated[str, typer.Option(help="What the citizen is told.")],
    code: Annotated[str | None, typer.Option(help="Of a refusal: the reason's code.")] = None,
    result: Annotated[
        Path | None, typer.Option(help="Of an attestation: the result as it is to be recorded.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Decide a matter: record what is attested, refuse it with a code, or return it."""
    with opened_bank() as bank:
        stated = None if result is None else filed(ResultRequest, result)
        body = typed(DecisionRequest, decision=decision, text=text, code=code, result=stated)
        actor = signed_in(bank, login, Scope.MATTERS_DECIDE)
        command = decision_command(matter, body, actor, bank)
        if isinstance(command, AttestMatter):
            bank.writer.write(command)
        else:
            bank.writer.write(command)
        state = read_matter(matter, actor, bank)
    result_shown = {"id": matter, "state": state.state, "outcome": state.outcome}
    print_result(result_shown, as_json=as_json)
