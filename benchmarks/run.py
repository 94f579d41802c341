"""Measure the rows of docs/performance.md and print their table: `run.py [ROW …]`.

Both sides of a row run in turn in one run on one machine. Absolute figures are printed and never
judged: only ratios travel.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import append_bulk
import audit_log
import big_log
import disk_bytes
import import_file
import load_agreements
import plan_conversions
import post_result
import prove
import publish_agreements
import show_home
import verify_library
import verify_pass
from banks import Engine, Founded, SqliteEngine, found, opened, postgres
from machine import versions, yardstick
from measure import Row, table

Rows = Iterator[Row]
Banks = list[tuple[Engine, Founded]]


def main(wanted: list[str]) -> None:
    """Measure the wanted rows, all unless some are named."""
    unknown = set(wanted) - set(ROWS)
    if unknown:
        sys.exit(f"there is no row {', '.join(sorted(unknown))}; the rows are {', '.join(ROWS)}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bank-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # The database server may run as another user.
        sqlite = SqliteEngine(folder / "sqlite")
        sqlite.folder.mkdir()
        told = yardstick(folder)
        with postgres(folder) as server:
            told.append(versions(server.version()))
            rows = _measured(wanted or list(ROWS), [sqlite, server])
    command = " ".join(["benchmarks/run.py", *wanted])
    told.append(f"command: {command} ({time.monotonic() - started:.0f} s)")
    listed = "\n".join(f"- {line}" for line in told)
    print(f"{listed}\n\n{table(rows)}")


def _measured(wanted: list[str], engines: list[Engine]) -> list[Row]:
    banks = [(engine, found(engine, "founded")) for engine in engines]
    rows: list[Row] = []
    for number in wanted:
        for row in ROWS[number](banks):
            rows.append(row)
            print(" | ".join(row.cells()), file=sys.stderr, flush=True)
    return rows


def _append(banks: Banks) -> Rows:
    for engine, founded in banks:
        with opened(founded.settings) as bank:
            signer = bank.signer
        yield from append_bulk.measure(engine, founded, signer)


def _agreements(banks: Banks) -> Rows:
    """Measure the rules alone, and in a bank on the first engine."""
    yield from load_agreements.measure()
    yield from publish_agreements.measure(*banks[0])


def _on_both(measure: Callable[[Engine, Founded], Rows]) -> Callable[[Banks], Rows]:
    return lambda banks: chain.from_iterable(measure(*bank) for bank in banks)


def _on_big_log(measure: Callable[[big_log.BigLog], Rows]) -> Callable[[Banks], Rows]:
    return lambda banks: measure(_big_log(banks[0][0].folder))


@cache
def _big_log(folder: Path) -> big_log.BigLog:
    """Build the log once for all rows that read it, in a bank of its own."""
    founded = found(SqliteEngine(folder), "big_log")
    with opened(founded.settings) as bank:
        signer = bank.signer
    return big_log.build(founded, signer, folder)


ROWS: dict[str, Callable[[Banks], Rows]] = {
    "1": _append,
    "2": _on_both(import_file.measure),
    "3": _on_both(post_result.measure),
    "4": _on_both(verify_pass.measure),
    "5": lambda _: verify_library.measure(),
    "6,7": _on_big_log(prove.measure),
    "8": _on_big_log(audit_log.measure),
    "9": lambda _: plan_conversions.measure(),
    "10": _agreements,
    "14": _on_both(show_home.measure),
    "bytes": _on_both(disk_bytes.measure),
}

if __name__ == "__main__":
    main(sys.argv[1:])
