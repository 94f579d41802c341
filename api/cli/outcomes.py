"""Look into what institutions posted."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.batch_reports import batch_slip
from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from api.cli.person import StaffLogin, signed_in
from api.problem_answers import refusal_of
from api.v1.back_entries import BackEntryRequest
from creditbank.access.actor import COMMAND_LINE, Scope
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.credits.reverse import ReassignOutcome
from creditbank.credits.withdraw_batch import BeginWithdrawal
from creditbank.credits.withdraw_rows import go_on_withdrawing
from creditbank.errors import Misconfigured, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.accounts_named import named_account
from creditbank.learners.find import learner_tag
from creditbank.outcomes.archive import checking, entering
from creditbank.outcomes.batches.find import Batch, get_batch
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.batches.withdraw import Withdrawal
from creditbank.outcomes.decide_hold import AttachHold, HoldRefusal, RefuseHold, attached_posting
from creditbank.outcomes.held_rows import StoredHold, get_hold, open_holds
from creditbank.outcomes.queries import StoredOutcome, get_outcome, outcomes_of_account
from creditbank.outcomes.reassign import Reassignment

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


@app.command("held")
def list_held(institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """List the results that an institution and those below it still have to decide on 待核."""
    with opened_bank() as bank:
        with bank.readers.reading() as connection:
            stored = open_holds(connection, institution, civil_day(bank.clock()))
        keys = bank.keystore.get({one.key_id for one in stored})
        held = [_shown_hold(one, keys[one.key_id]) for one in stored if one.key_id in keys]
    if as_json:
        print_result({"held": held}, as_json=True)
        return
    for one in held:
        typer.echo(f"{one['id']} {one['reason']} {one['due_on']} {one['stated']}")


@app.command("attach")
def attach_held(
    held: Annotated[str, typer.Argument(help="Id of a held result.")],
    institution: InstitutionId,
    account: Annotated[str, typer.Option(help="Opaque id of the account whose it is.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Record a held result for an account, once a person made sure whose it is."""
    with opened_bank() as bank:
        hold, hold_key = _hold(bank, held, institution)
        key = named_account(account, bank.keystore)
        posting = attached_posting(hold, hold_key, key)
        command = AttachHold(hold=hold, hold_key=hold_key, posting=posting, by=COMMAND_LINE)
        recorded = bank.writer.write(command).answer
    print_result({"id": recorded.outcome_id, "entry_index": recorded.entry_index}, as_json=as_json)


@app.command("refuse-held")
def refuse_held(
    held: Annotated[str, typer.Argument(help="Id of a held result.")],
    institution: InstitutionId,
    reason: Annotated[HoldRefusal, typer.Option(help="Why it is attached to nobody.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Refuse a held result with a reason; the row may be posted again."""
    with opened_bank() as bank:
        hold, hold_key = _hold(bank, held, institution)
        bank.writer.write(
            RefuseHold(hold=hold, hold_key=hold_key, reason=reason.value, by=COMMAND_LINE)
        )
    print_result({"id": held, "state": "refused"}, as_json=as_json)


@app.command("reassign")
def reassign(
    outcome: Annotated[str, typer.Argument(help="Id of the outcome.")],
    institution: InstitutionId,
    account: Annotated[str, typer.Option(help="Opaque id of the account whose it is.")],
    reason: Annotated[str, typer.Option(help="Why; both learners are told that it was done.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Void an outcome at the wrong person and record it for the right one."""
    with opened_bank() as bank:
        with bank.readers.reading() as connection:
            stored = get_outcome(connection, outcome, institution, civil_day(bank.clock()))
        key = bank.keystore.get([stored.account_id]).get(stored.account_id)
        if key is None:
            raise Refusal("not-found")
        asked = Reassignment(
            institution_id=institution,
            outcome=stored,
            key=key,
            to=named_account(account, bank.keystore),
            reason=reason,
            by=COMMAND_LINE,
        )
        taken = bank.writer.write(ReassignOutcome(asked)).answer
    print_result(
        {"id": taken.change.reassigned_to, "void": outcome, "reversed": list(taken.reversed)},
        as_json=as_json,
    )


def _hold(bank: Bank, held: str, institution: str) -> tuple[StoredHold, AccountKey]:
    with bank.readers.reading() as connection:
        hold = get_hold(connection, held, institution, civil_day(bank.clock()))
    return hold, bank.keystore.get([hold.key_id])[hold.key_id]


def _shown_hold(hold: StoredHold, key: AccountKey) -> dict[str, object]:
    return {
        "id": hold.id,
        "owner": hold.institution_id,
        "reason": hold.reason,
        "due_on": hold.due_on,
        "stated": hold.fields(key),
    }


@app.command("back-enter")
def back_enter(
    file: Annotated[Path, typer.Argument(help="JSON as POST /api/v1/back-entries takes it.")],
    login: StaffLogin,
    *,
    as_json: AsJson = False,
) -> None:
    """Enter a result from an archive; it waits for another person to check it."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.OUTCOMES_WRITE)
        command = entering(_entered(file), actor, bank)
        entry_id = bank.writer.write(command).answer
    print_result({"id": entry_id}, as_json=as_json)


@app.command("check")
def check(
    entry: Annotated[str, typer.Argument(help="Id of a back-entry.")],
    login: StaffLogin,
    refuse: Annotated[str | None, typer.Option(help="Refuse it, for this reason.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Record what another person entered from an archive, or refuse it."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.OUTCOMES_CHECK)
        checked = bank.writer.write(checking(entry, refuse, actor, bank)).answer
    result = {"id": checked.entry_id, "state": checked.state.value, "outcome": checked.outcome_id}
    print_result(result, as_json=as_json)


def _entered(file: Path) -> dict[str, str | None]:
    try:
        return BackEntryRequest.model_validate_json(file.read_bytes()).flat()
    except ValidationError as error:
        raise refusal_of(error.errors()) from None
    except OSError as error:
        raise Misconfigured(f"{file}: {error.strerror}") from None


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
