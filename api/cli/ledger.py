"""Look at the log: its checkpoint, an outcome's proof, and the three audits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from http.client import HTTPException
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from urllib.request import urlopen

import typer

from api.cli.options import AsJson
from api.cli.output import Exit, answering, opened_bank, print_result, tell
from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.audits.report import AuditKind, EntriesReport
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.outcomes.queries import find_outcomes
from ledger.audit import audit as audit_log
from ledger.findings import AuditReport, Finding
from ledger.read import newest_checkpoint
from ledger.sources import DirectorySource, HTTPSource

_SECONDS_MAX = 30
_FINDINGS_SHOWN = 20

app = typer.Typer(no_args_is_help=True, help="The transparency log.")


@app.command()
def checkpoint(*, as_json: AsJson = False) -> None:
    """Print the newest published checkpoint."""
    with opened_bank() as bank, bank.readers.reading() as connection:
        newest = newest_checkpoint(connection)
    if newest is None:
        raise typer.Exit(Exit.NEGATIVE)
    result = {"size": newest.size, "root": newest.root.hex(), "note": newest.note}
    if as_json:
        print_result(result, as_json=True)
    else:
        typer.echo(newest.note, nl=False)


@app.command()
def proof(outcome: str, *, as_json: AsJson = False) -> None:
    """Print the receipt of an outcome (C2SP tlog-proof)."""
    with opened_bank() as bank:
        with bank.readers.reading() as connection:
            stored = find_outcomes(connection, [outcome]).get(outcome)
        if stored is None:
            raise Refusal("not-found")
        receipt = bank.receipt(stored.entry_index)
    if as_json:
        entry = {"index": receipt.index, "leaf_hash": receipt.leaf_hash.hex()}
        print_result({"entry": entry, "receipt": receipt.text}, as_json=True)
    else:
        typer.echo(receipt.text, nl=False)


@app.command()
def audit(
    public: Annotated[
        str | None, typer.Option(help="URL or folder of a log; without it, this bank's own tables.")
    ] = None,
    verifier_keys: Annotated[
        Path | None, typer.Option(exists=True, help="File with the log's keys, one a line.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="This account's entries alone, by its key.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Recompute the whole log; the exit code is 0 only when nothing differs or stands alone.

    Without a place it is the full audit: this bank's tables and key store too; with an account, a
    citizen's own. Keys that you were given before make a public audit independent of the bank;
    without a file, those that the log itself serves are used.
    """
    if public is not None and account is not None:
        raise typer.BadParameter("a public audit knows no accounts", param_hint="--account")
    report: AuditReport | EntriesReport
    if public is None:
        with opened_bank() as bank:
            report = _audit_entries(bank, account)
        told = _told_entries(report)
    else:
        with answering(), _reading(public):
            report = _audit_public(public.rstrip("/"), verifier_keys)
        told = _told_public(report)
    _print_audit(told, report.findings, as_json=as_json)
    if not report.is_sound:
        raise typer.Exit(Exit.NEGATIVE)


def _audit_entries(bank: Bank, number: str | None) -> EntriesReport:
    """Audit the whole bank, or the account with this number; raises `Refusal`."""
    key = None if number is None else _own_key(bank, number)
    with bank.readers.snapshot() as connection:
        if key is None:
            return audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
        return audit_own(connection, key, bank.evidence, bank.trust)


def _own_key(bank: Bank, number: str) -> AccountKey:
    account_id = bank.keystore.account_of_number(number)
    try:
        keys = {} if account_id is None else bank.keystore.get([account_id])
    except SealBroken:
        raise Refusal("account-key-broken") from None
    if account_id is None or account_id not in keys:
        raise Refusal("account-unknown")
    return keys[account_id]


@contextmanager
def _reading(place: str) -> Iterator[None]:
    """Trouble in reading is the reader's, no lie of the log; raises `InvalidInput`."""
    try:
        urlsplit(place)
    except ValueError as error:
        raise _unreadable(place, error) from None
    try:
        yield
    except (OSError, HTTPException) as error:
        raise _unreadable(place, error) from None


def _unreadable(place: str, error: Exception) -> InvalidInput:
    facts = {"place": place, "reason": str(error)}
    return InvalidInput([FieldProblem(field="--public", code="log-unreadable", facts=facts)])


def _audit_public(place: str, verifier_keys: Path | None) -> AuditReport:
    is_url = place.startswith(("http://", "https://"))
    log = place if place.endswith("/ledger") else f"{place}/ledger"
    if verifier_keys is not None:
        keys = verifier_keys.read_text("utf-8", "replace")
    elif is_url:
        with urlopen(f"{log}/vkey", timeout=_SECONDS_MAX) as response:  # noqa: S310 - http or https
            keys = response.read().decode("utf-8", "replace")
        tell("the keys are those that the log itself serves; compare them with yours")
    else:
        keys = (Path(place) / "vkey").read_text("utf-8", "replace")
    if is_url:
        return audit_log(HTTPSource(log), keys.split())
    Path(place).stat()  # A folder that is not there is no lie of a log.
    return audit_log(DirectorySource(Path(place)), keys.split())


def _told_public(report: AuditReport) -> dict[str, object]:
    return {
        "audit": AuditKind.PUBLIC.value,
        "size": report.size,
        "root": report.root.hex(),
        "leaves": report.leaves,
        "differing": report.differing,
    }


def _told_entries(report: EntriesReport) -> dict[str, object]:
    return {
        "audit": report.kind.value,
        "size": report.size,
        "root": report.root.hex(),
        "entries": report.entries,
        "sealed": report.sealed,
        "differing": report.differing,
        "unexplained": report.unexplained,
    }


def _print_audit(told: dict[str, object], findings: Sequence[Finding], *, as_json: bool) -> None:
    first = [asdict(one) for one in findings[:_FINDINGS_SHOWN]]
    print_result({**told, "findings": first} if as_json else told, as_json=as_json)
    if not as_json:
        for one in first:
            typer.echo(f"  {one['table']} {one['index']}: {one['problem']}")
