"""Notices that staff bring to learners: listed, and marked as delivered."""

from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import language, opened_bank, print_result, print_rows
from api.cli.person import AccountNumber, StaffLogin, at_counter, numbered, signed_in
from api.v1.notices import read_undelivered
from creditbank.access.actor import Scope
from creditbank.learners.notices import RecordDelivery

app = typer.Typer(no_args_is_help=True, help="Notices to learners.")


@app.command("list")
def list_undelivered(account: AccountNumber, login: StaffLogin, *, as_json: AsJson = False) -> None:
    """List what is still to be brought to a learner whom one's institution serves."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.ACCOUNTS_SERVE)
        account_id = numbered(bank, account).account_id
        found = read_undelivered(account_id, actor, bank, language())
    print_rows("notices", (one.model_dump() for one in found.notices), as_json=as_json)


@app.command()
def deliver(
    notice: Annotated[str, typer.Argument(help="Id of the notice.")],
    account: AccountNumber,
    login: StaffLogin,
    *,
    as_json: AsJson = False,
) -> None:
    """Record that a letter arrived, or that the learner was told by phone or at the counter."""
    with opened_bank() as bank:
        actor, key = at_counter(bank, login, account)
        command = RecordDelivery(account_id=key.account_id, notice_id=notice, by=actor.person)
        bank.writer.write(command)
    print_result({"notice": notice, "delivered": True}, as_json=as_json)
