"""Recover accounts at a counter without a page: two of the staff, each with a password."""

from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from api.v1.account_access import served_key
from api.v1.account_recoveries import start_command
from creditbank.access.actor import Actor, Scope
from creditbank.access.logins import sign_in
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.recover import ConfirmRecovery

AccountNumber = Annotated[str, typer.Option("--account", help="The account's number.")]
Staff = Annotated[
    str, typer.Option("--staff", help="Who acts, by the login; the password is asked for.")
]

app = typer.Typer(no_args_is_help=True, help="Recovery of accounts by two of the staff.")


@app.callback()
def recoveries() -> None:
    """Recover accounts at the counter."""


@app.command()
def start(
    account: AccountNumber,
    document: Annotated[str, typer.Option(help="Which document was seen; not its number.")],
    staff: Staff,
    *,
    as_json: AsJson = False,
) -> None:
    """Start to recover an account; whom to tell by which contact is printed."""
    password = _asked_password()
    with opened_bank() as bank:
        actor = _signed_in(bank, staff, password)
        command = start_command(_served(bank, account, actor), document, actor.person)
        answer = bank.writer.write(command).answer
    told = [f"{one.channel} {one.contact}" for one in answer.to_tell]
    print_result({"recovery": answer.id, "to_tell": told}, as_json=as_json)


@app.command()
def confirm(
    account: AccountNumber,
    recovery: Annotated[str, typer.Option(help="The id that `start` printed.")],
    staff: Staff,
    *,
    as_json: AsJson = False,
) -> None:
    """Confirm what another of the staff started, and print the code for the learner."""
    password = _asked_password()
    with opened_bank() as bank:
        actor = _signed_in(bank, staff, password)
        command = ConfirmRecovery(
            account_id=_served(bank, account, actor).account_id,
            recovery_id=recovery,
            by=actor.person,
            secrets=bank.keystore.secrets,
        )
        answer = bank.writer.write(command).answer
    print_result({"recovery": recovery, "code": answer.code}, as_json=as_json)


def _asked_password() -> str:
    """Ask for the password of whoever acts, so that it stands in no list of processes."""
    password: str = typer.prompt("Password 密码", hide_input=True, err=True)
    return password


def _signed_in(bank: Bank, staff: str, password: str) -> Actor:
    with bank.readers.reading() as connection:
        actor = sign_in(connection, bank.keystore, staff, password)
    actor.require(Scope.ACCOUNTS_SERVE)
    return actor


def _served(bank: Bank, number: str, actor: Actor) -> AccountKey:
    key = bank.keystore.find_by_number(number)
    if key is None:
        raise Refusal("account-unknown")
    return served_key(key.account_id, actor, bank)
