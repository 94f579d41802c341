"""Declare learning systems whose statements are taken."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from creditbank.institutions.queries import get_institution
from creditbank.outcomes.xapi.declare import DeclareSource
from creditbank.outcomes.xapi.source import load_source

app = typer.Typer(no_args_is_help=True, help="Learning systems that send statements (xAPI).")


@app.callback()
def learning_systems() -> None:
    """Declare learning systems whose statements are taken."""


@app.command("declare")
def declare(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Source (YAML).")],
    institution: InstitutionId,
    *,
    as_json: AsJson = False,
) -> None:
    """Say how statements of a learning system are understood; the newest declaration counts."""
    with opened_bank() as bank:
        source = load_source(file.read_text("utf-8"))
        with bank.readers.reading() as connection:
            get_institution(connection, institution)
        bank.writer.write(DeclareSource(institution_id=institution, source=source))
    print_result({"home_page": source.home_page}, as_json=as_json)
