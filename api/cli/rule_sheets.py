"""The rule sheet: rules of five common shapes as one workbook, compiled to rule files and back."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from api.cli.options import AsJson
from api.cli.output import Exit, answering, language, print_result, tell, told
from api.cli.rule_files import read_rules
from api.problems import load_problems
from creditbank.errors import InvalidInput, Misconfigured
from creditbank.outcomes.batches.cells import cell_text
from creditbank.outcomes.batches.workbooks import read_sheets
from creditbank.rules.sheets.columns import sheet_form
from creditbank.rules.sheets.compile import Compiled, compile_sheets
from creditbank.rules.sheets.write import example_rules, write_book

app = typer.Typer(no_args_is_help=True, help="Rules of common shapes as a workbook (XLSX).")

BookFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Workbook (XLSX).")]
NewBook = Annotated[Path, typer.Argument(help="The workbook to write (XLSX).")]


@app.command("write")
def write_sheet(file: NewBook, *, as_json: AsJson = False) -> None:
    """Write a sheet to fill in, with an example of each shape."""
    with answering():
        _save(file, write_book(example_rules()))
    print_result({"file": str(file), "rules": len(example_rules())}, as_json=as_json)


@app.command("compile")
def compile_sheet(
    file: BookFile,
    into: Annotated[Path, typer.Option(help="The folder for a rule file (YAML) of each rule.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Compile a sheet; the exit code is 0 only when every rule of it was compiled.

    What is wrong is named by its cell; the other rules are compiled.
    """
    with answering():
        compiled = _compiled(file)
        files = [_save_rule(into, content) for _, content in compiled.rules]
    found = {"rules": [str(one) for one in files], "problems": len(compiled.problems)}
    print_result(found, as_json=as_json)
    if compiled.problems:
        tell(told(InvalidInput(compiled.problems), load_problems(), language()))
        raise typer.Exit(Exit.NEGATIVE)


@app.command("from")
def sheet_from_rules(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="Rules (YAML or JSON).")
    ],
    out: Annotated[Path, typer.Option(help="The workbook to write (XLSX).")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write rules as a sheet; what the sheet has no column for is refused by its name."""
    with answering():
        documents = read_rules(files)
        _save(out, write_book(list(documents.values())))
    print_result({"file": str(out), "rules": len(documents)}, as_json=as_json)


def _compiled(file: Path) -> Compiled:
    with file.open("rb") as stream:
        sheets = read_sheets(stream, file=str(file), sheets=sheet_form().sheets)
    return compile_sheets(
        {name: [[cell_text(cell) for cell in row] for row in rows] for name, rows in sheets.items()}
    )


def _save_rule(into: Path, content: dict[str, object]) -> Path:
    file = into / f"{content['id']}.yaml"
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    _save(file, text.encode())
    return file


def _save(file: Path, content: bytes) -> None:
    """Write a file; raises `Misconfigured` where it cannot be."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise Misconfigured(f"{file}: {error.strerror}") from None
