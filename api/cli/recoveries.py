"""Recover accounts at a counter without a page: two of the staff, each with a password."""

from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from api.cli.person import AccountNumber, StaffLogin, at_counter
from api.v1.account_recoveries import start_command
from creditbank.access.secret_text import SECRET_BYTES
from creditbank.learners.recover import ConfirmRecovery

app = typer.Typer(no_args_is_help=True, help="Recovery of accounts by two of the staff.")


@app.callback()
def recoveries() -> None:
    """Recover accounts at the counter."""


@app.command()
def start(
    account: AccountNumber,
    document: Annotated[str, typer.Option(help="Which document was seen; not its number.")],
    login: StaffLogin,
    *,
    as_json: AsJson = False,
) -> None:
    """Start to recover an account; whom to tell by which contact is printed."""
    with opened_bank() as bank:
        actor, key = at_counter(bank, login, account)
        command = start_command(key, document, actor.person)
        answer = bank.writer.write(command).answer
    told = [f"{one.channel} {one.contact}" for one in answer.to_tell]
    print_result({"recovery": answer.id, "to_tell": told}, as_json=as_json)


@app.command()
def confirm(
    account: AccountNumber,
    recovery: Annotated[str, typer.Option(help="The id that `start` printed.")],
    login: StaffLogin,
    *,
    as_json: AsJson = False,
) -> None:
    """Confirm what another of the staff started, and print the code for the learner."""
    with opened_bank() as bank:
        actor, key = at_counter(bank, login, account)
        command = ConfirmRecovery(
            account_id=key.account_id,
            recovery_id=recovery,
            by=actor.person,
            secrets=bank.keystore.secrets,
            secret=bank.entropy(SECRET_BYTES),
        )
        answer = bank.writer.write(command).answer
    print_result({"recovery": recovery, "code": answer.code}, as_json=as_json)
