"""Give out the public keys by which others verify."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import opened_bank, print_result
from api.cli.trust_folder import write_trust

app = typer.Typer(no_args_is_help=True, help="Public keys.")


@app.callback()
def keys() -> None:
    """Give out the public keys by which others verify."""


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)],
    *,
    as_json: AsJson = False,
) -> None:
    """Write the folder that `verify --offline` reads: keys, policy, and when they were taken."""
    with opened_bank() as bank:
        log_url = f"{bank.settings.origin}/ledger"
        files = write_trust(
            folder, bank.did_document, bank.verifier_keys, log_url=log_url, now=bank.clock()
        )
    print_result({"folder": str(folder), "files": files}, as_json=as_json)
