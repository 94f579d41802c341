"""Look into what institutions posted."""

from typing import Annotated

import typer

from api.batch_reports import batch_slip
from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from creditbank.access.actor import COMMAND_LINE
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.credits.withdraw_batch import BeginWithdrawal, go_on_withdrawing
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.find import learner_tag
from creditbank.outcomes.batches.find import Batch, get_batch
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.batches.withdraw import Withdrawal
from creditbank.outcomes.queries import StoredOutcome, outcomes_of_account

BatchArgument = Annotated[str, typer.Argument(help="Id of the batch.")]

app = typer.Typer(no_args_is_help=True, help="Learning outcomes.")


@app.callback()
def outcomes() -> None:
    """Look into what institutions posted."""


@app.command("list")
def list_outcomes(
    institution: InstitutionId,
    learner: Annotated[str, typer.Option(help="The provider's own learner number.")],
    *,
    as_json: AsJson = False,
) -> None:
    """List the outcomes that an institution posted for one of its learners."""
    with opened_bank() as bank:
        posted = _posted(bank, institution, learner)
    if as_json:
        print_result({"outcomes": posted}, as_json=True)
        return
    for one in posted:
        typer.echo(f"{one['id']} {one['status']} {one['awarded_on']} {one['title']}")


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
            asked = Withdrawal(
                batch_id=batch,
                institution_id=found.institution_id,
                by=COMMAND_LINE,
                batch_key=bank.keystore.get([batch])[batch],
                status=status,
                reason=reason,
            )
            bank.writer.write(BeginWithdrawal(asked=asked, through_reversal=through_reversal))
        go_on_withdrawing(bank, found)
        state = _batch(bank, batch, institution).state
    print_result({"batch": batch, "state": state}, as_json=as_json)


def _batch(bank: Bank, batch_id: str, institution: str) -> Batch:
    with bank.readers.reading() as connection:
        return get_batch(connection, batch_id, institution, civil_day(bank.clock()))


def _posted(bank: Bank, institution: str, learner: str) -> list[dict[str, object]]:
    tag = learner_tag(bank.keystore.secrets, institution, "learner_number", learner)
    key = bank.keystore.find([tag]).get(tag)
    if key is None:
        raise Refusal("learner-unknown")
    with bank.readers.reading() as connection:
        stored = outcomes_of_account(connection, key.account_id)
    return [_shown(one, key) for one in stored if one.institution_id == institution]


def _shown(outcome: StoredOutcome, key: AccountKey) -> dict[str, object]:
    stated = fields_of(open_statement(key, "outcome", outcome.id, outcome.sealed_statement))
    return {
        "id": outcome.id,
        "status": outcome.status,
        "awarded_on": stated["awarded_on"],
        "title": stated["title"],
        "entry_index": outcome.entry_index,
    }
