"""Look into what institutions posted."""

from typing import Annotated

import typer

from api.cli import outcome_changes
from api.cli.forms import FormFile, filed
from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from api.cli.person import StaffLogin, signed_in
from api.v1.back_entries import BackEntryRequest
from creditbank.access.actor import COMMAND_LINE, Scope
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.credits.reverse import ReassignOutcome
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import open_fields
from creditbank.learners.accounts_named import named_account
from creditbank.learners.find import learner_tag
from creditbank.outcomes.archive import checking, entering
from creditbank.outcomes.move_evidence import sweep_moved, with_evidence
from creditbank.outcomes.queries import StoredOutcome, get_outcome, outcomes_of_account
from creditbank.outcomes.reassign import Reassignment

app = typer.Typer(no_args_is_help=True, help="Learning outcomes.")
app.command("post")(outcome_changes.post)
app.command("correct")(outcome_changes.correct)
app.command("revoke")(outcome_changes.revoke)
app.command("suspend")(outcome_changes.suspend)
app.command("lift")(outcome_changes.lift)
app.command("extend")(outcome_changes.extend)
app.command("holding")(outcome_changes.holding)


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
            to=named_account(account, bank.keystore, bank.readers),
            reason=reason,
            by=COMMAND_LINE,
        )
        taken = bank.writer.write(ReassignOutcome(with_evidence(asked, bank))).answer
        sweep_moved(bank.readers, bank.evidence, taken.change.outcome_id)
    print_result(
        {"id": taken.change.reassigned_to, "void": outcome, "reversed": list(taken.reversed)},
        as_json=as_json,
    )


@app.command("back-enter")
def back_enter(
    file: FormFile,
    login: StaffLogin,
    *,
    as_json: AsJson = False,
) -> None:
    """Enter a result from an archive; it waits for another person to check it."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.OUTCOMES_WRITE)
        command = entering(filed(BackEntryRequest, file).flat(), actor, bank)
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


def _posted(bank: Bank, institution: str, learner: str) -> list[dict[str, object]]:
    tag = learner_tag(bank.keystore.secrets, institution, "learner_number", learner)
    key = bank.keystore.find([tag]).get(tag)
    if key is None:
        raise Refusal("learner-unknown")
    with bank.readers.reading() as connection:
        stored = outcomes_of_account(connection, key.account_id)
    return [_shown(one, key) for one in stored if one.institution_id == institution]


def _shown(outcome: StoredOutcome, key: AccountKey) -> dict[str, object]:
    stated = open_fields(key, "outcome", outcome.id, outcome.sealed_statement)
    return {
        "id": outcome.id,
        "status": outcome.status,
        "awarded_on": stated["awarded_on"],
        "title": stated["title"],
        "entry_index": outcome.entry_index,
    }
