"""Bytes on the disk of an outcome, at the proportion of a real bank: twenty outcomes an account."""

import csv
import io
from collections.abc import Iterator
from itertools import product

from banks import Engine, Founded
from import_file import import_upload
from measure import Row

from creditbank.outcomes.batches.upload import CSV, Upload

ACCOUNTS = 1_000
OUTCOMES_EACH = 20
BANK_OUTCOMES = 110_000_000
"""Records of Shanghai's credit bank, of 5.5 million accounts."""

_COLUMNS = ("learner", "course", "term", "result", "grade", "grade_scale", "credits", "awarded_on")


def measure(engine: Engine, founded: Founded) -> Iterator[Row]:
    """Import made-up results with the fields of the real file, and weigh what they added."""
    settings = engine.copy(founded.settings, "weighed")
    before = engine.sizes(settings)
    batch, _ = import_upload(settings, founded.institution, _upload())
    if batch.accepted != ACCOUNTS * OUTCOMES_EACH:
        message = f"{batch.accepted} of the made-up results were accepted"
        raise RuntimeError(message)
    added = [
        (after - old) / batch.accepted
        for after, old in zip(engine.sizes(settings), before, strict=True)
    ]
    total = sum(added)
    yield Row(
        number="bytes",
        what=f"bytes on disk an outcome, {OUTCOMES_EACH} an account; "
        f"{BANK_OUTCOMES:,} extrapolated",
        engine=engine.name,
        ours=f"{total:,.0f} bytes (bank {added[0]:,.0f}, key store {added[1]:,.0f})",
        other=f"{total * BANK_OUTCOMES / 1e9:,.0f} GB",
    )


def _upload() -> Upload:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(_COLUMNS)
    for learner, number in product(range(ACCOUNTS), range(OUTCOMES_EACH)):
        term = f"20{number:02d}J"
        lines.writerow([learner, "BBB", term, "Pass", "86.5", "percent", "4", "2024-06-30"])
    data = text.getvalue().encode()
    return Upload(
        media_type=CSV,
        open=lambda: io.BytesIO(data),
        open_table=_no_table,
        mapping_text=None,
        encoding=None,
    )


def _no_table(name: str) -> io.BytesIO:
    raise FileNotFoundError(name)
