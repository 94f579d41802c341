"""Row 8: the public audit of a log, against hashing its leaves and nothing else, on one core."""

import time
from collections.abc import Iterator

from big_log import BigLog
from measure import Row, interleaved, rate, ratios

from creditbank.database import open_reading_engine
from ledger.audit import audit
from ledger.merkle import leaf_hash
from ledger.read import newest_checkpoint, read_leaves
from ledger.sources import DatabaseSource


def measure(log: BigLog) -> Iterator[Row]:
    """Audit the log up to its newest checkpoint."""
    engine = open_reading_engine(log.url)
    with engine.connect() as connection:
        checkpoint = newest_checkpoint(connection)
        assert checkpoint is not None  # noqa: S101 - the log was built with one
        size = checkpoint.size
        leaves = read_leaves(connection, 0, size)

        def ours() -> float:
            start = time.perf_counter()
            report = audit(DatabaseSource(connection), log.verifier_keys)
            taken = time.perf_counter() - start
            if report.findings or report.leaves != size:
                message = f"the audit found {report.findings}"
                raise RuntimeError(message)
            return size / taken

        def other() -> float:
            start = time.perf_counter()
            for leaf in leaves:
                leaf_hash(leaf)
            return size / (time.perf_counter() - start)

        mine, theirs = interleaved(ours, other)
    engine.dispose()
    yield Row(
        number="8",
        what=f"public audit of {size:,} leaves, one core; hashing the leaves",
        engine="SQLite",
        ours=rate(mine, "leaves"),
        other=rate(theirs, "leaves"),
        ratio=ratios(mine, theirs),
        land=0.25,
        aim=0.5,
    )
