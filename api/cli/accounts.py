"""Open learning accounts for learners whom a provider knows."""

from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from creditbank.learners.find import learner_tag
from creditbank.learners.open import Newcomer, OpenAccounts

app = typer.Typer(no_args_is_help=True, help="Individual learning accounts.")


@app.callback()
def accounts() -> None:
    """Open learning accounts."""


@app.command("open")
def open_account(
    institution: InstitutionId,
    learner: Annotated[str, typer.Option(help="The provider's own learner number.")],
    name: Annotated[str | None, typer.Option(help="Name as printed.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Open an unclaimed account; a learner who has one keeps it."""
    with opened_bank() as bank:
        tag = learner_tag(bank.keystore.secrets, institution, "learner_number", learner)
        key = bank.keystore.find_or_make([tag])[tag]
        newcomer = Newcomer(key=key, learner_number=learner, name=name)
        command = OpenAccounts(opened_by=institution, newcomers=[newcomer])
        opened = bank.writer.write(command).answer[0]
    print_result(
        {"id": opened.account_id, "account_number": opened.number, "existed": not opened.is_new},
        as_json=as_json,
    )
