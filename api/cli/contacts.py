"""Contacts of a learner, listed, added, removed and checked at the counter."""

from typing import Annotated

import typer

from api.cli.forms import typed
from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import AccountNumber, StaffLogin, at_counter, numbered, signed_in
from api.v1.account_access import delegable_key
from api.v1.contacts import ContactCheck, ContactRequest, read_contacts
from creditbank.access.actor import Scope
from creditbank.learners.contacts import (
    AddContact,
    CheckContact,
    CheckedHow,
    ContactKind,
    RemoveContact,
)
from creditbank.learners.delegations import DelegatedAct

app = typer.Typer(no_args_is_help=True, help="How learners are reached.")

ContactId = Annotated[str, typer.Argument(metavar="CONTACT", help="Id of the contact.")]


@app.command("list")
def list_contacts(account: AccountNumber, login: StaffLogin, *, as_json: AsJson = False) -> None:
    """List a learner's contacts; it takes a visit 来访 (`delegations give --kind counter`)."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.ACCOUNTS_SERVE)
        found = read_contacts(numbered(bank, account).account_id, actor, bank)
    print_rows("contacts", (one.model_dump() for one in found.contacts), as_json=as_json)


@app.command()
def add(
    contact: Annotated[str, typer.Argument(help="The phone number or address.")],
    account: AccountNumber,
    login: StaffLogin,
    kind: Annotated[ContactKind, typer.Option(help="What it is.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Add a contact for a learner who is visiting; the same one again is the one there is."""
    stated = {"kind": kind.value, "contact": contact}
    with opened_bank() as bank:
        body = typed(ContactRequest, **stated)
        actor = signed_in(bank, login, Scope.ACCOUNTS_SERVE)
        account_id = numbered(bank, account).account_id
        key = delegable_key(account_id, actor, bank, DelegatedAct.CONTACTS)
        command = AddContact(key=key, kind=body.kind, text=body.contact, by=actor.id)
        contact_id = bank.writer.write(command).answer
    print_result({"contact": contact_id}, as_json=as_json)


@app.command()
def remove(
    contact: ContactId, account: AccountNumber, login: StaffLogin, *, as_json: AsJson = False
) -> None:
    """Let the bank forget a contact of a learner who is visiting."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.ACCOUNTS_SERVE)
        account_id = numbered(bank, account).account_id
        key = delegable_key(account_id, actor, bank, DelegatedAct.CONTACTS)
        bank.writer.write(RemoveContact(account_id=key.account_id, contact_id=contact))
    print_result({"contact": contact, "removed": True}, as_json=as_json)


@app.command()
def check(
    contact: ContactId,
    account: AccountNumber,
    login: StaffLogin,
    how: Annotated[CheckedHow, typer.Option(help="How it was checked.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Note that a contact leads to its learner: her identity level becomes 1."""
    with opened_bank() as bank:
        body = typed(ContactCheck, how=how.value)
        actor, key = at_counter(bank, login, account)
        command = CheckContact(key=key, contact_id=contact, how=body.how, by=actor.person)
        bank.writer.write(command)
    print_result({"contact": contact, "checked": body.how}, as_json=as_json)
