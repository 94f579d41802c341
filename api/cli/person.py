"""Members of staff at the terminal: they sign in, because what they do takes a person."""

from typing import Annotated

import typer

from creditbank.access.actor import Actor, Scope
from creditbank.access.logins import sign_in
from creditbank.bank import Bank

StaffLogin = Annotated[
    str, typer.Option("--login", help="Your login name; the password is asked for.")
]


def signed_in(bank: Bank, login: str, scope: Scope) -> Actor:
    """Give the person who types; raises a `Refusal`: "sign-in-refused", "forbidden"."""
    password = typer.prompt("Password 密码", hide_input=True, err=True)
    with bank.readers.reading() as connection:
        actor = sign_in(connection, bank.keystore, login, password)
    actor.require(scope)
    return actor
