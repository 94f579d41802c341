"""What persons decide about a whole batch, and its slip."""

from typing import Annotated

import typer

from api.batch_reports import batch_slip
from api.cli.forms import typed
from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from api.cli.person import StaffLogin, operator, signed_in
from api.v1.batch_acts import (
    DiscardRequest,
    WithdrawalRequest,
    countersign_command,
    withdrawal_command,
)
from creditbank.access.actor import COMMAND_LINE, Scope
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.credits.withdraw_rows import go_on_withdrawing
from creditbank.institutions.queries import get_institution
from creditbank.outcomes.batches.find import Batch, find_batches, get_batch
from creditbank.outcomes.batches.practice import SetPractice
from creditbank.outcomes.batches.start import BatchState

app = typer.Typer(no_args_is_help=True, help="Files of results over their life.")

BatchArgument = Annotated[str, typer.Argument(metavar="BATCH", help="Id of the batch.")]


@app.command()
def countersign(batch: BatchArgument, login: StaffLogin, *, as_json: AsJson = False) -> None:
    """Have a waiting file recorded, by another person than who uploaded it; `serve` records it."""
    _decide(batch, login, None, as_json=as_json)


@app.command()
def discard(
    batch: BatchArgument,
    login: StaffLogin,
    reason: Annotated[str, typer.Option(help="Why; sealed.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Refuse a waiting file; nothing of it is recorded, and the file is removed."""
    _decide(batch, login, reason, as_json=as_json)


@app.command()
def practice(
    institution: InstitutionId,
    two_persons: Annotated[
        bool, typer.Option("--two-persons/--one-person", help="How many a file takes.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Set whether a second person countersigns an institution's files; in effect at once."""
    command = SetPractice(institution_id=institution, two_persons=two_persons, by=COMMAND_LINE)
    with opened_bank() as bank:
        with bank.readers.reading() as connection:
            get_institution(connection, institution)
        answer = bank.writer.write(command).answer
    print_result({"institution": institution, "two_persons": answer}, as_json=as_json)


@app.command("slip")
def print_slip(
    batch: BatchArgument, institution: InstitutionId, *, as_json: AsJson = False
) -> None:
    """Print the slip of a batch 回执: counts, hash of the file, place in the log."""
    with opened_bank() as bank:
        lines = batch_slip(bank, _batch(bank, batch, institution))
    if as_json:
        print_result({line.en: line.text for line in lines}, as_json=True)
        return
    for line in lines:
        typer.echo(f"{line.zh} {line.en}: {line.text}")


@app.command("withdraw")
def withdraw(
    batch: BatchArgument,
    institution: InstitutionId,
    status: Annotated[str, typer.Option(help="void: a clerk's error; revoked: misconduct.")],
    reason: Annotated[str, typer.Option(help="Why; sealed.")],
    *,
    through_reversal: Annotated[
        bool, typer.Option(help="Reverse the credit recognised from it too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Withdraw a recorded batch whole; safe to repeat after an interruption."""
    with opened_bank() as bank:
        found = _batch(bank, batch, institution)
        if found.state != BatchState.WITHDRAWING:
            body = typed(
                WithdrawalRequest, status=status, reason=reason, through_reversal=through_reversal
            )
            bank.writer.write(withdrawal_command(bank, operator(institution), batch, body))
        go_on_withdrawing(bank, found)
        state = _batch(bank, batch, institution).state
    print_result({"batch": batch, "state": state}, as_json=as_json)


def _decide(batch_id: str, login: str, reason: str | None, *, as_json: bool) -> None:
    with opened_bank() as bank:
        if reason is not None:
            reason = typed(DiscardRequest, reason=reason).reason
        actor = signed_in(bank, login, Scope.BATCHES_COUNTERSIGN)
        bank.writer.write(countersign_command(bank, actor, batch_id, reason))
        if reason is not None:
            bank.uploads.remove(batch_id)
        with bank.readers.reading() as connection:
            state = find_batches(connection, [batch_id])[batch_id].state
    print_result({"batch": batch_id, "state": state}, as_json=as_json)


def _batch(bank: Bank, batch_id: str, institution: str) -> Batch:
    with bank.readers.reading() as connection:
        return get_batch(connection, batch_id, institution, civil_day(bank.clock()))
