"""Look into what institutions posted."""

from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.find import learner_tag
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
