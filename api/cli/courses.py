"""Take course catalogues in."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from creditbank.catalogue.courses_file import read_courses
from creditbank.catalogue.import_courses import ImportCourses

app = typer.Typer(no_args_is_help=True, help="The course catalogue.")


@app.callback()
def courses() -> None:
    """Take course catalogues in."""


@app.command("import")
def import_courses(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Catalogue (YAML).")],
    institution: InstitutionId,
    *,
    as_json: AsJson = False,
) -> None:
    """Add schemes and courses of an institution; what is there already must agree."""
    with opened_bank() as bank:
        schemes, definitions = read_courses(file.read_text("utf-8"), institution)
        imported = bank.writer.write(
            ImportCourses(institution_id=institution, schemes=schemes, definitions=definitions)
        ).answer
    print_result({"added": imported.added, "unchanged": imported.unchanged}, as_json=as_json)
