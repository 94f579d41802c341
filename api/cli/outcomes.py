"""Look into what institutions posted."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from api.cli.staff import StaffLogin, signed_in
from api.problem_answers import refusal_of
from api.v1.back_entries import BackEntryRequest
from creditbank.access.actor import Scope
from creditbank.bank import Bank
from creditbank.errors import Misconfigured, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.find import learner_tag
from creditbank.outcomes.archive import checking, entering
from creditbank.outcomes.queries import StoredOutcome, outcomes_of_account

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
