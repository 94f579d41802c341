"""Register institutions and issue their API keys."""

from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from creditbank.access.api_keys import IssueApiKey
from creditbank.institutions.register import InstitutionKind, RegisterInstitution

app = typer.Typer(no_args_is_help=True, help="Institutions and their API keys.")


@app.command()
def register(
    name: Annotated[str, typer.Option(help="Name as printed.")],
    kind: Annotated[InstitutionKind, typer.Option(help="What it is to the bank.")],
    name_en: Annotated[str | None, typer.Option(help="Name in English.")] = None,
    uscc: Annotated[str | None, typer.Option(help="Unified social credit code.")] = None,
    parent: Annotated[str | None, typer.Option(help="Id of the institution above it.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Register an institution; its API key is shown this once."""
    command = RegisterInstitution(
        kind=kind, name=name, name_en=name_en, uscc=uscc, parent_id=parent
    )
    with opened_bank() as bank:
        institution = bank.writer.write(command).answer
        key = bank.writer.write(IssueApiKey(institution_id=institution.id)).answer
    print_result({"institution": institution.id, "api_key": key}, as_json=as_json)


@app.command("issue-key")
def issue_key(institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Issue one more API key; it is shown this once."""
    with opened_bank() as bank:
        key = bank.writer.write(IssueApiKey(institution_id=institution)).answer
    print_result({"institution": institution, "api_key": key}, as_json=as_json)
