"""Who may act for a learner: entered and ended at the counter."""

from typing import Annotated

import typer

from api.cli.forms import typed
from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import AccountNumber, StaffLogin, at_counter, numbered, signed_in
from api.v1.delegations import DelegationRequest, delegation_command, read_delegations
from creditbank.access.actor import Scope
from creditbank.learners.delegate import EndDelegation
from creditbank.learners.delegations import DelegatedAct, DelegationKind

app = typer.Typer(no_args_is_help=True, help="Who may act for a learner.")


@app.command()
def give(
    account: AccountNumber,
    login: StaffLogin,
    kind: Annotated[DelegationKind, typer.Option(help="Who acts; counter: you, for this visit.")],
    delegate: Annotated[str | None, typer.Option(help="Account number of who acts.")] = None,
    act: Annotated[
        list[DelegatedAct] | None, typer.Option(help="May be repeated; all of the kind unless set.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="The last day, YYYY-MM-DD.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Enter a guardian or helper whose papers were seen, or begin a visit at the counter."""
    acts = [one.value for one in act] if act else None
    with opened_bank() as bank:
        body = typed(DelegationRequest, kind=kind.value, delegate=delegate, acts=acts, until=until)
        actor, key = at_counter(bank, login, account)
        delegation = bank.writer.write(delegation_command(body, key, actor, bank)).answer
    print_result({"delegation": delegation}, as_json=as_json)


@app.command()
def end(
    delegation: Annotated[str, typer.Argument(help="Id of the delegation.")],
    account: AccountNumber,
    login: StaffLogin,
    *,
    as_json: AsJson = False,
) -> None:
    """End a delegation for a learner whom one's institution serves."""
    with opened_bank() as bank:
        actor, key = at_counter(bank, login, account)
        bank.writer.write(EndDelegation(key=key, delegation_id=delegation, by=actor))
    print_result({"delegation": delegation, "ended": True}, as_json=as_json)


@app.command("list")
def list_delegations(account: AccountNumber, login: StaffLogin, *, as_json: AsJson = False) -> None:
    """List who may act for a learner; it takes a visit 来访."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.ACCOUNTS_SERVE)
        found = read_delegations(numbered(bank, account).account_id, actor, bank)
    rows = (one.model_dump(by_alias=True) for one in found.given)
    print_rows("delegations", rows, as_json=as_json)
