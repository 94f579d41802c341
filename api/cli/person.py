"""Who acts at the terminal: a person who signs in, or the operator for an institution."""

from typing import Annotated

import typer

from api.v1.account_access import served_key
from creditbank.access.actor import COMMAND_LINE, PROVIDER_SCOPES, Actor, Scope
from creditbank.access.logins import sign_in
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey

StaffLogin = Annotated[
    str, typer.Option("--login", help="Your login name; the password is asked for.")
]
AccountNumber = Annotated[str, typer.Option("--account", help="The account's number.")]


def signed_in(bank: Bank, login: str, scope: Scope) -> Actor:
    """Give the person who types; raises a `Refusal`: "sign-in-refused", "forbidden"."""
    password = typer.prompt("Password 密码", hide_input=True, err=True)
    with bank.readers.reading() as connection:
        actor = sign_in(connection, bank.keystore, login, password)
    actor.require(scope)
    return actor


def chosen_password() -> str:
    """Let the learner at the counter choose a password, typed twice."""
    words = "The learner's new password 学习者的新密码"
    password: str = typer.prompt(words, hide_input=True, confirmation_prompt=True, err=True)
    return password


def operator(institution: str) -> Actor:
    """Give the bank's operator, who acts at the terminal for an institution."""
    return Actor(id=COMMAND_LINE, scopes=PROVIDER_SCOPES, institution_id=institution)


def numbered(bank: Bank, number: str) -> AccountKey:
    """Give the key of the account of this number; raises `Refusal("account-unknown")`."""
    key = bank.keystore.find_by_number(number)
    if key is None:
        raise Refusal("account-unknown")
    return key


def at_counter(bank: Bank, login: str, number: str) -> tuple[Actor, AccountKey]:
    """Give who serves at the counter, and the key of the account that is served.

    Raises a `Refusal`: "sign-in-refused", "forbidden", "account-unknown", "not-found".
    """
    actor = signed_in(bank, login, Scope.ACCOUNTS_SERVE)
    return actor, served_key(numbered(bank, number).account_id, actor, bank)
