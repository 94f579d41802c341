"""The issuers of credentials that an employer trusts."""

from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_rows
from api.v1.trusted_issuers import trusted_view
from creditbank.access.actor import COMMAND_LINE
from creditbank.bank import Bank
from creditbank.credentials.trusted_issuers import SetTrustedIssuers, TrustedIssuer
from creditbank.institutions.queries import get_institution

app = typer.Typer(no_args_is_help=True, help="Issuers of credentials that an employer trusts.")


@app.command("set")
def set_all(
    institution: InstitutionId,
    dids: Annotated[
        list[str] | None, typer.Argument(metavar="[DID]...", help="Every DID to trust; or none.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Trust exactly these issuers from now on; one that stays keeps its name."""
    with opened_bank() as bank:
        with bank.readers.reading() as connection:
            get_institution(connection, institution)
        names = {one.did: one.name for one in trusted_view(bank, institution).issuers}
        issuers = [TrustedIssuer(did=did, name=names.get(did)) for did in dids or ()]
        bank.writer.write(
            SetTrustedIssuers(institution_id=institution, issuers=issuers, by=COMMAND_LINE)
        )
        _print(bank, institution, as_json=as_json)


@app.command("list")
def list_all(institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """List the issuers that an institution trusts."""
    with opened_bank() as bank:
        _print(bank, institution, as_json=as_json)


def _print(bank: Bank, institution: str, *, as_json: bool) -> None:
    rows = (one.model_dump() for one in trusted_view(bank, institution).issuers)
    print_rows("issuers", rows, as_json=as_json)
