"""Verify a learning pass from the command line."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import Exit, opened_bank, print_result
from api.verification_view import report_view
from creditbank.verification.report import Verdict


def verify(
    text: Annotated[str, typer.Argument(help="A link, a code, a pass text, or a file with one.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Verify a pass; the exit code is 0 only when it is valid."""
    with opened_bank() as bank:
        report = bank.verifier.verify(_read(text), bank.clock())
    view = report_view(report)
    if as_json:
        print_result(view.model_dump(mode="json"), as_json=True)
    else:
        _print(view.model_dump(mode="json"))
    if report.verdict != Verdict.VALID:
        raise typer.Exit(Exit.NEGATIVE)


def _read(text: str) -> str:
    """Give a file's content where the text names one; a pass text is longer than any path."""
    try:
        path = Path(text)
        return path.read_text("utf-8") if path.is_file() else text
    except (OSError, ValueError):
        return text


def _print(view: dict[str, object]) -> None:
    typer.echo(f"verdict: {view['verdict']}")
    if view["reason"]:
        typer.echo(f"reason: {view['reason']}")
    checks = view["checks"]
    assert isinstance(checks, list)  # noqa: S101 - as the view is declared
    for check in checks:
        problem = f" ({check['problem']})" if check["problem"] else ""
        typer.echo(f"  {check['name']}: {check['result']}{problem}")
