"""Former names 曾用名 that learners reported, decided by staff who serve them."""

from typing import Annotated

import typer

from api.cli.forms import typed
from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from api.cli.person import AccountNumber, StaffLogin, at_counter
from api.v1.account_names import NameDecision, name_decision, reported_view

app = typer.Typer(no_args_is_help=True, help="Former names that learners reported.")


@app.command(name="list")
def list_names(account: AccountNumber, login: StaffLogin, *, as_json: AsJson = False) -> None:
    """List what a learner reported and nobody decided on."""
    with opened_bank() as bank:
        _, key = at_counter(bank, login, account)
        view = reported_view(key, bank)
    print_result(view.model_dump(by_alias=True), as_json=as_json)


@app.command()
def decide(
    name: Annotated[str, typer.Argument(help="Id of a reported name.")],
    account: AccountNumber,
    login: StaffLogin,
    seen: Annotated[str, typer.Option(help="What proved it, or why it is not confirmed.")],
    *,
    confirmed: Annotated[bool, typer.Option("--confirmed/--refused", help="Is it hers?")],
    as_json: AsJson = False,
) -> None:
    """Confirm a reported name or take it away; the learner is told which, and why."""
    with opened_bank() as bank:
        actor, key = at_counter(bank, login, account)
        body = typed(NameDecision, confirmed=confirmed, seen=seen)
        bank.writer.write(name_decision(key.account_id, name, body, actor, bank))
    print_result({"name": name, "confirmed": confirmed}, as_json=as_json)
