"""Conversions under review or appealed against, and uses outside the bank, at the terminal."""

from typing import Annotated, Literal

import typer

from api.cli.forms import typed
from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import AccountNumber, StaffLogin, at_counter, signed_in
from api.v1.conversion_reversals import ReversalRequest, reversal_command
from api.v1.conversion_reviews import (
    ReviewDecisionRequest,
    list_reviews,
    review_command,
)
from api.v1.outside_uses import (
    OutsideUseRequest,
    WithdrawalRequest,
    outside_use,
    withdrawal,
)
from creditbank.access.actor import Scope

app = typer.Typer(no_args_is_help=True, help="Conversions under review after a correction.")

ConversionId = Annotated[str, typer.Argument(metavar="CONVERSION", help="Id of the conversion.")]


@app.command("list")
def list_undecided(login: StaffLogin, *, as_json: AsJson = False) -> None:
    """List what one's institution and those below it have to decide, the earliest due first."""
    with opened_bank() as bank:
        found = list_reviews(signed_in(bank, login, Scope.MATTERS_DECIDE), bank)
    rows = [one.model_dump() for one in found.reviews]
    print_rows("reviews", rows, as_json=as_json)


@app.command()
def decide(
    conversion: ConversionId,
    login: StaffLogin,
    decision: Annotated[
        Literal["taken_back", "decided_anew"], typer.Option(help="What is decided.")
    ],
    text: Annotated[str, typer.Option(help="Why; she is told.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Decide a review after the learner's answer, or after its last day."""
    with opened_bank() as bank:
        body = typed(ReviewDecisionRequest, decision=decision, text=text)
        actor = signed_in(bank, login, Scope.MATTERS_DECIDE)
        state = bank.writer.write(review_command(conversion, body, actor, bank)).answer
    print_result({"conversion": conversion, "state": state}, as_json=as_json)


@app.command("use-outside")
def use_outside(
    account: AccountNumber,
    outcome: Annotated[str, typer.Option(help="Id of the outcome.")],
    where: Annotated[str, typer.Option(help="Which bank or school counted it.")],
    login: StaffLogin,
    *,
    as_json: AsJson = False,
) -> None:
    """Take down at the counter that an outcome was used outside the bank."""
    with opened_bank() as bank:
        actor, key = at_counter(bank, login, account)
        body = typed(OutsideUseRequest, outcome=outcome, where=where)
        command = outside_use(body, {key.account_id: key}, actor.person, bank)
        use = bank.writer.write(command).answer
    print_result({"use": use}, as_json=as_json)


@app.command("withdraw-use")
def withdraw_use(
    use: Annotated[str, typer.Argument(metavar="USE", help="Id of the statement.")],
    login: StaffLogin,
    text: Annotated[str, typer.Option(help="Why it was not used there.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Withdraw a statement of use outside the bank: the outcome is free again."""
    with opened_bank() as bank:
        body = typed(WithdrawalRequest, text=text)
        actor = signed_in(bank, login, Scope.MATTERS_DECIDE)
        done = bank.writer.write(withdrawal(use, body, actor, bank)).answer
    print_result({"use": use, "withdrawal": done}, as_json=as_json)


@app.command()
def appeal(
    conversion: ConversionId,
    login: StaffLogin,
    text: Annotated[str, typer.Option(help="Why the decision was wrong; she is told.")],
    cause: Annotated[
        Literal["appeal", "error", "conflict"],
        typer.Option(help="An appeal, an error of the bank, or another account used the same."),
    ] = "appeal",
    *,
    as_json: AsJson = False,
) -> None:
    """Reverse a conversion whose decision was wrong; what it used can be filed again."""
    with opened_bank() as bank:
        body = typed(ReversalRequest, cause=cause, text=text)
        actor = signed_in(bank, login, Scope.MATTERS_DECIDE)
        changed = bank.writer.write(reversal_command(conversion, body, actor, bank)).answer
    print_result({"conversion": conversion, "changed": changed}, as_json=as_json)
