"""Documents 证件 that staff saw at the counter, and the claim of an account with one."""

import typer

from api.cli.forms import FormFile, filed, typed
from api.cli.options import AsJson
from api.cli.output import language, opened_bank, print_result
from api.cli.person import AccountNumber, StaffLogin, at_counter, chosen_password
from api.problems import load_problems
from api.v1.account_documents import (
    CounterClaimRequest,
    SeenDocumentRequest,
    document_command,
    document_view,
    record_seen,
)

app = typer.Typer(no_args_is_help=True, help="Documents of learners that staff saw.")


@app.command()
def record(
    file: FormFile, account: AccountNumber, login: StaffLogin, *, as_json: AsJson = False
) -> None:
    """Record a document that was seen: the identity level becomes 2, and the learner is told."""
    with opened_bank() as bank:
        body = filed(SeenDocumentRequest, file)
        actor, key = at_counter(bank, login, account)
        command = document_command(key.account_id, body, actor, bank)
        document = record_seen(command, bank)
    view = document_view(document, command, load_problems(), language())
    print_result(view.model_dump(), as_json=as_json)


@app.command()
def claim(
    file: FormFile,
    account: AccountNumber,
    login: StaffLogin,
    *,
    as_json: AsJson = False,
) -> None:
    """Hand an unclaimed account to its learner, who showed a document and chooses a password."""
    with opened_bank() as bank:
        seen = filed(SeenDocumentRequest, file)
        actor, key = at_counter(bank, login, account)
        body = typed(CounterClaimRequest, **seen.model_dump(), password=chosen_password())
        command = document_command(key.account_id, body, actor, bank)
        document = record_seen(command, bank)
    view = document_view(document, command, load_problems(), language())
    print_result(view.model_dump(), as_json=as_json)
