"""Count the entries of a log by month, institution and kind, and prove what was counted."""

import csv
import sys
from collections.abc import Collection
from typing import Annotated

import typer

from api.cli.options import AsJson
from api.cli.output import Exit, answering, opened_bank, print_result, tell
from api.cli.public_log import Public, VerifierKeys, open_log, reading
from creditbank.conversion.days import CIVIL_TIME
from ledger.checkpoint import Checkpoint, verify_note
from ledger.errors import LeafRefused, NotInLog
from ledger.sources import DatabaseSource, Source
from ledger.tally import COLUMNS, Tally, count_entries


def count(
    public: Public = None,
    verifier_keys: VerifierKeys = None,
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table, for a spreadsheet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Count the entries by month, institution and kind, up to the newest signed checkpoint.

    The root is computed beside the counts; the exit code is 0 only where it is the signed one.
    """
    if public is None:
        with opened_bank() as bank, bank.readers.snapshot() as connection:
            signed, tally = _counted(DatabaseSource(connection), bank.verifier_keys)
    else:
        with answering(), reading(public):
            signed, tally = _counted(*open_log(public, verifier_keys))
    if as_csv:
        csv.writer(sys.stdout).writerows([COLUMNS, *tally.rows])
    else:
        print_result(_told(signed, tally, as_json=as_json), as_json=as_json)
    if tally.tree.root != signed.root:
        tell("the entries are not those that the checkpoint signs: run the audit")
        raise typer.Exit(Exit.NEGATIVE)


def _counted(source: Source, keys: Collection[str]) -> tuple[Checkpoint, Tally]:
    try:
        signed = verify_note(source.checkpoint(), keys)
        return signed, count_entries(source, signed.size, CIVIL_TIME)
    except (LeafRefused, NotInLog) as error:
        tell(str(error))
        raise typer.Exit(Exit.NEGATIVE) from None


def _told(signed: Checkpoint, tally: Tally, *, as_json: bool) -> dict[str, object]:
    told: dict[str, object] = {"size": signed.size, "root": signed.root.hex()}
    if as_json:
        return {**told, "counts": [dict(zip(COLUMNS, row, strict=True)) for row in tally.rows]}
    return {**told, **dict(sorted(tally.by_kind.items()))}
