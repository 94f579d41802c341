"""Look at the log: its checkpoint, an outcome's proof, and the three audits."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from api.cli.entry_counts import count
from api.cli.entry_search import find
from api.cli.options import AsJson
from api.cli.output import Exit, answering, opened_bank, print_result
from api.cli.public_log import Public, VerifierKeys, open_log, reading
from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.audits.report import AuditKind, EntriesReport
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.outcomes.queries import find_outcomes
from ledger.audit import audit as audit_log
from ledger.findings import AuditReport, Finding
from ledger.read import newest_checkpoint

_FINDINGS_SHOWN = 20

app = typer.Typer(no_args_is_help=True, help="The transparency log.")
app.command()(count)
app.command()(find)


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
    public: Public = None,
    verifier_keys: VerifierKeys = None,
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
        with answering(), reading(public):
            report = audit_log(*open_log(public, verifier_keys))
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
