"""Row 2: import of the real result file, against the rows that it wrote by the driver alone."""

import time
from collections.abc import Iterator, Mapping
from itertools import count

from banks import EXAMPLES, Engine, Founded, opened
from measure import Row, interleaved, rate, ratios
from raw import Raw, Rows, raw
from sqlmodel import SQLModel

from creditbank.outcomes.batches.check import Options
from creditbank.outcomes.batches.find import Batch
from creditbank.outcomes.batches.lookups import open_table_in
from creditbank.outcomes.batches.rehearse import STRETCH_ROWS_MAX
from creditbank.outcomes.batches.run import Import
from creditbank.outcomes.batches.upload import CSV, Upload
from creditbank.settings import Settings

Tables = Mapping[str, Rows]


def real_file() -> Upload:
    """Give the result file of the open university with its mapping and tables."""
    return Upload(
        media_type=CSV,
        open=lambda: open_table_in(EXAMPLES)("studentInfo.csv"),
        open_table=open_table_in(EXAMPLES),
        mapping_text=(EXAMPLES / "mapping.yaml").read_text("utf-8"),
        encoding=None,
    )


def import_upload(settings: Settings, institution: str, upload: Upload) -> tuple[Batch, float]:
    """Import a file whole, from the first look at it to the finished batch; gives the seconds."""
    with opened(settings) as bank:
        start = time.perf_counter()
        checked = Import(bank, upload, institution_id=institution, options=Options())
        batch_id = bank.keystore.new_id()
        checked.start(bank.keystore.draw(batch_id), "benchmark")
        batch = checked.run(batch_id)
        return batch, time.perf_counter() - start


def measure(engine: Engine, founded: Founded) -> Iterator[Row]:
    """Import into copies of one bank, and write the same rows into further copies."""
    names = count()
    written = _WrittenRows(engine.copy(founded.settings, "import_before"))

    def ours() -> float:
        settings = engine.copy(founded.settings, f"import_{next(names)}")
        batch, seconds = import_upload(settings, founded.institution, real_file())
        written.read(settings, batch)
        return written.file_rows / seconds

    def other() -> float:
        settings = engine.copy(founded.settings, f"import_{next(names)}")
        return written.file_rows / written.write(settings)

    mine, theirs = interleaved(ours, other)
    yield Row(
        number="2",
        what=f"import of the real file, {written.file_rows:,} rows; all rows it wrote raw",
        engine=engine.name,
        ours=rate(mine, "file rows"),
        other=rate(theirs, "file rows"),
        ratio=ratios(mine, theirs),
        land=0.1,
        aim=0.25,
    )


class _WrittenRows:
    """The rows that an import added to a bank and to its key store, and in how many commits."""

    def __init__(self, before: Settings) -> None:
        self._before = [_all_rows(connection) for connection in raw(before)]
        self._added: list[Tables] = []
        self._commits = 0
        self.file_rows = 0

    def read(self, settings: Settings, batch: Batch) -> None:
        """Read what is there now and was not before.

        Rows that were there and only changed (the head, the newest tiles) are left out.
        """
        self.file_rows = batch.position
        self._commits = -(-batch.position // STRETCH_ROWS_MAX)
        after = [_all_rows(connection) for connection in raw(settings)]
        bank, keys = [_added(*both) for both in zip(self._before, after, strict=True)]
        self._added = [bank, _in_one_order(keys)]

    def write(self, settings: Settings) -> float:
        """Write the same rows into a copy of the bank as it was before; gives the seconds."""
        connections = raw(settings)
        shares = [
            [_share(tables, place, self._commits) for tables in self._added]
            for place in range(self._commits)
        ]
        start = time.perf_counter()
        for share in shares:
            for connection, tables in zip(reversed(connections), reversed(share), strict=True):
                connection.write(tables)
        taken = time.perf_counter() - start
        for connection in connections:
            connection.close()
        return taken


def _all_rows(connection: Raw) -> Tables:
    order = [table.name for table in SQLModel.metadata.sorted_tables]
    names = sorted(connection.tables(), key=lambda name: order.index(name) if name in order else -1)
    rows = {name: connection.read(name) for name in names}
    connection.close()
    return rows


def _added(before: Tables, after: Tables) -> Tables:
    """Give the rows whose first two columns, which hold every table's key, were not there."""
    added = {}
    for name, rows in after.items():
        known = {_key(name, row) for row in before[name]}
        added[name] = [row for row in rows if _key(name, row) not in known]
    return added


def _in_one_order(keys: Tables) -> Tables:
    """Order keys and look-up tags alike, so that equal shares of both belong together."""
    place = {row[1]: at for at, row in enumerate(keys["lookup_tag"])}
    last = len(place) * 2
    return {
        **keys,
        "account_key": sorted(keys["account_key"], key=lambda row: place.get(row[0], last)),
        "lookup_tag": sorted(keys["lookup_tag"], key=lambda row: place[row[1]]),
    }


def _key(name: str, row: tuple[object, ...]) -> tuple[object, ...]:
    return row[:2] if name in {"ledger_tile", "pass_outcome", "batch_rejected_row"} else row[:1]


def _share(tables: Tables, place: int, parts: int) -> Tables:
    """Give one of equal shares; rounded up, so that no row comes before one that it refers to."""

    def cut(rows: Rows) -> Rows:
        return rows[-(-place * len(rows) // parts) : -(-(place + 1) * len(rows) // parts)]

    return {name: cut(rows) for name, rows in tables.items()}
