"""Definitions and what surrounds them: certification, terms, levels, programmes, enrolments."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson, InstitutionId
from api.cli.output import Exit, language, opened_bank, print_result, tell
from api.problems import load_problems
from creditbank.catalogue.calendar import DeclareTerms, Term
from creditbank.catalogue.enrol import Enrol, match_lines
from creditbank.catalogue.enrolments_file import read_enrolments
from creditbank.catalogue.levels import ImportLevels, read_levels
from creditbank.catalogue.programmes import ImportProgrammes, read_programmes
from creditbank.conversion.days import read_day
from creditbank.conversion.working_days import read_working_days, shipped_working_days
from creditbank.errors import FieldProblem, InvalidInput

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]

programmes = typer.Typer(no_args_is_help=True, help="Programme plans.")
enrolments = typer.Typer(no_args_is_help=True, help="Enrolments of learners.")
levels = typer.Typer(no_args_is_help=True, help="Frameworks of levels.")
calendar = typer.Typer(no_args_is_help=True, help="Terms and working days.")


@programmes.callback()
def _programmes() -> None:
    """Take programme plans in."""


@enrolments.callback()
def _enrolments() -> None:
    """Take enrolments in."""


@levels.callback()
def _levels() -> None:
    """Publish frameworks of levels."""


@programmes.command("import")
def import_programmes(file: File, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Add programme plans of an institution; what is there already must agree."""
    with opened_bank() as bank:
        read = read_programmes(file.read_text("utf-8"), institution)
        added = bank.writer.write(ImportProgrammes(programmes=read)).answer
    print_result({"added": added, "unchanged": len(read) - added}, as_json=as_json)


@enrolments.command("import")
def import_enrolments(file: File, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Enrol learners from a file (CSV); good rows are taken, the others are named."""
    with opened_bank() as bank:
        matched, refused = match_lines(
            read_enrolments(file.read_text("utf-8")),
            institution_id=institution,
            readers=bank.readers,
            keystore=bank.keystore,
        )
        enrolled = bank.writer.write(Enrol(institution_id=institution, enrolling=matched)).answer
    problems = load_problems()
    for line in refused:
        for one in line.problems:
            said = problems.field(one, language())
            tell(f"{line.number}: {said['field']} {said['detail']}")
    counts = {
        "added": enrolled.added,
        "changed": enrolled.changed,
        "unchanged": enrolled.unchanged,
        "rejected": len(refused),
    }
    print_result(counts, as_json=as_json)
    if refused:
        raise typer.Exit(Exit.PARTIAL)


@levels.command("import")
def import_levels(file: File, *, as_json: AsJson = False) -> None:
    """Publish frameworks of levels and the maps between them (YAML)."""
    with opened_bank() as bank:
        read = read_levels(file.read_text("utf-8"))
        published = bank.writer.write(ImportLevels(frameworks=read)).answer
    print_result({"published": published}, as_json=as_json)


@calendar.command("terms")
def declare_terms(file: File, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Declare the terms of an institution (JSON: a list of name, first_day, last_day, synonyms)."""
    with opened_bank() as bank:
        terms = _read_terms(file.read_text("utf-8"))
        declared = bank.writer.write(DeclareTerms(institution_id=institution, terms=terms)).answer
    print_result({"declared": declared}, as_json=as_json)


@calendar.command("working-days")
def load_working_days(file: File, *, as_json: AsJson = False) -> None:
    """Take newer years of the calendar of working days, of the form of the shipped file."""
    with opened_bank() as bank:
        text = file.read_text("utf-8")
        years = read_working_days(shipped_working_days(), text).sources
        bank.settings.working_days_file.write_text(text, "utf-8")
    print_result({"years": sorted(years), "newest": years[max(years)]}, as_json=as_json)


def _read_terms(text: str) -> list[Term]:
    try:
        rows = json.loads(text)
        return [
            Term(
                name=str(row["name"]),
                first_day=read_day(row["first_day"]).isoformat(),
                last_day=read_day(row["last_day"]).isoformat(),
                synonyms=tuple(map(str, row.get("synonyms", ()))),
            )
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        facts = {"reason": str(error)}
        raise InvalidInput([FieldProblem(field="terms", code="field-wrong", facts=facts)]) from None
