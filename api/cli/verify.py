"""Verify a learning pass, a credential or the proof of an entry from the command line."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import Exit, answering, opened_bank, print_result
from api.cli.trust_folder import read_trust
from api.verification_view import report_view
from certificates.presented.confined import find_text
from certificates.presented.found import Found
from creditbank.bank import utc_now
from creditbank.credentials.trusted_issuers import trusted_dids
from creditbank.passes.presented import Presented
from creditbank.verification.offline import verify_offline
from creditbank.verification.report import Report, Verdict, unreadable


def verify(
    text: Annotated[
        str,
        typer.Argument(
            help="A link, a code, a pass text, a credential, or a file (text, PNG, JPEG, SVG, PDF)."
        ),
    ],
    offline: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of `keys export`, by which alone to verify."),
    ] = None,
    pin: Annotated[str | None, typer.Option(help="The PIN that the holder told.")] = None,
    name: Annotated[str | None, typer.Option(help="The name of who shows it.")] = None,
    institution: Annotated[
        str | None, typer.Option(help="Id of the institution whose trusted issuers are known.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Verify a pass or a credential; the exit code is 0 only when it is valid.

    Offline needs neither bank nor network: status is that of the lists in the folder, as of their
    date, and the proof of an entry (`{leaf, receipt, statement, disclosures}`) is verified too.
    """
    if offline is None:
        report = _verified_online(_found(text), Presented(pin=pin, name=name), institution)
    else:
        report = _verified_offline(_found(text), offline)
    view = report_view(report)
    if as_json:
        print_result(view.model_dump(mode="json"), as_json=True)
    else:
        _print(view.model_dump(mode="json"))
    if report.verdict != Verdict.VALID:
        raise typer.Exit(Exit.NEGATIVE)


def _verified_online(found: Found, presented: Presented, institution: str | None) -> Report:
    if found.text is None:
        return unreadable(found.problem)
    with opened_bank() as bank:
        with bank.readers.reading() as connection:
            trusted = trusted_dids(connection, institution)
        asked = replace(presented, trusted=trusted)
        return bank.verifier.verify(found.text, bank.clock(), asked)


def _verified_offline(found: Found, folder: Path) -> Report:
    with answering():
        trust = read_trust(folder)
    if found.text is None:
        return unreadable(found.problem)
    return verify_offline(found.text, trust=trust, now=utc_now())


def _found(text: str) -> Found:
    """Find what a file holds where the text names one; a pass text is longer than any path."""
    try:
        path = Path(text)
        return find_text(path.read_bytes()) if path.is_file() else Found(text=text)
    except (OSError, ValueError):
        return Found(text=text)


def _print(view: dict[str, object]) -> None:
    typer.echo(f"verdict: {view['verdict']}")
    if view["reason"]:
        typer.echo(f"reason: {view['reason']}")
    if view["status_as_of"]:
        typer.echo(f"status as of: {view['status_as_of']}")
    checks = view["checks"]
    assert isinstance(checks, list)  # noqa: S101 - as the view is declared
    for check in checks:
        problem = f" ({check['problem']})" if check["problem"] else ""
        typer.echo(f"  {check['name']}: {check['result']}{problem}")
