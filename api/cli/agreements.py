"""Transfer agreements: read a table into rules to be drafted, and list what a person must read."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.batch_reports import BYTE_ORDER_MARK
from api.cli.options import AsJson
from api.cli.output import Exit, answering, language, print_result, tell
from api.problems import load_problems
from creditbank.agreements.mapping import TableMapping, read_mapping
from creditbank.agreements.reading import ReadRow, read_table
from creditbank.agreements.table import Table
from creditbank.agreements.tally import Tally, tally_by_form
from creditbank.conversion.days import read_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.rows import guard_cell

app = typer.Typer(no_args_is_help=True, help="Transfer agreements.")

_Readable = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, UTF-8.")]
_Written = Annotated[Path | None, typer.Option(dir_okay=False)]


@app.callback()
def agreements() -> None:
    """Read tables of transfer agreements."""


@app.command("read")
def read_agreements(
    file: _Readable,
    mapping: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="How columns are read (YAML).")
    ] = None,
    form: Annotated[
        Literal["transfer", "exam", "certificate"] | None,
        typer.Option(help="Which usual form it has; found by the header without."),
    ] = None,
    effective_from: Annotated[
        str | None, typer.Option(help="Day from which rows without one hold (YYYY-MM-DD).")
    ] = None,
    rules: _Written = None,
    person: _Written = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Count what each row becomes; write the rules (NDJSON) and what is for a person (CSV)."""
    with answering():
        stated = None if mapping is None else read_mapping(_text(mapping))
        table = Table.read(_text(file), stated, form)
        if effective_from is not None:
            table = replace(table, mapping=_from_day(table.mapping, effective_from))
        rows = read_table(table)
    if rules is not None:
        rules.write_bytes(b"".join(one.content + b"\n" for row in rows for one in row.rules))
    if person is not None:
        _write_person(person, table.header, rows)
    tally = Tally.of(rows)
    if as_json:
        forms = {form.value: _counts(one) for form, one in tally_by_form(rows).items()}
        print_result({**_counts(tally), "forms": forms}, as_json=True)
    else:
        _tell_table(rows, tally)
    raise typer.Exit(Exit.PARTIAL if tally.counts["for_a_person"] else Exit.OK)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput([FieldProblem(field="file", code="agreement-table-not-utf8")]) from None


def _from_day(mapping: TableMapping, text: str) -> TableMapping:
    try:
        day: date = read_day(text)
    except ValueError:
        raise typer.BadParameter(text, param_hint="--effective-from") from None
    return replace(mapping, rules=replace(mapping.rules, effective_from=day))


def _counts(tally: Tally) -> dict[str, object]:
    return {
        "rows": tally.rows,
        **tally.counts,
        "rules": tally.rules,
        "reasons": dict(tally.reasons),
    }


def _tell_table(rows: Sequence[ReadRow], tally: Tally) -> None:
    """Print one line a form, one for all, and why rows are left to a person."""
    names = ("rows", *tally.counts, "rules")
    typer.echo(" | ".join(("form", *names)))
    lines = {form.value: one for form, one in tally_by_form(rows).items()}
    for name, one in {**lines, "all": tally}.items():
        counts: Mapping[str, int] = {"rows": one.rows, **one.counts, "rules": one.rules}
        typer.echo(" | ".join((name, *(str(counts[column]) for column in names))))
    for why, count in tally.reasons.items():
        typer.echo(f"{why}: {count}")


def _write_person(file: Path, header: Sequence[str], rows: Sequence[ReadRow]) -> None:
    """Write each row for a person with its number, the reason, and the words it is about."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write(BYTE_ORDER_MARK)
        lines = csv.writer(stream)
        lines.writerow(("row", "form", "reason", "problem", "found", *header))
        lines.writerows(_person_lines(rows))
    tell(str(file))


def _person_lines(rows: Sequence[ReadRow]) -> Iterator[list[str]]:
    problems, spoken = load_problems(), language()
    for one in rows:
        if one.why is not None:
            said = problems.field(FieldProblem(field="", code=one.why.value), spoken)
            told = [str(one.row.number), one.form.value, one.why.value, str(said["detail"])]
            yield [*told, *map(guard_cell, (one.found, *one.row.cells))]
