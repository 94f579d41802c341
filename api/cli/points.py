"""Which institution serves a learner at the counter."""

from typing import Annotated

import typer

from api.cli.forms import typed
from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import AccountNumber, StaffLogin, at_counter, numbered, signed_in
from api.v1.contacts import ServicePointRequest, read_service_points, service_point_command
from creditbank.access.actor import Scope

app = typer.Typer(no_args_is_help=True, help="Service points of learners.")


@app.command("set")
def set_point(
    account: AccountNumber,
    login: StaffLogin,
    institution: Annotated[str, typer.Option(help="Id of the institution that is to serve.")],
    since: Annotated[str, typer.Option(help="Its first day, YYYY-MM-DD, today or later.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Set which institution serves a learner from a day on; she is told."""
    with opened_bank() as bank:
        body = typed(ServicePointRequest, institution=institution, **{"from": since})
        actor, key = at_counter(bank, login, account)
        bank.writer.write(service_point_command(body, key, actor))
    print_result({"institution": institution, "from": since}, as_json=as_json)


@app.command("list")
def list_points(account: AccountNumber, login: StaffLogin, *, as_json: AsJson = False) -> None:
    """List a learner's service points; it takes a visit 来访."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.ACCOUNTS_SERVE)
        found = read_service_points(numbered(bank, account).account_id, actor, bank)
    rows = (one.model_dump(by_alias=True) for one in found.service_points)
    print_rows("service_points", rows, as_json=as_json)
