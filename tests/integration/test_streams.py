"""Rows stream in and out: memory does not grow with their number."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from io import BytesIO

from fastapi.testclient import TestClient

from api.v1.outcome_streams import ROWS_A_READ, outcome_lines
from creditbank.bank import Bank
from creditbank.outcomes.batches.objects import read_objects
from tests.fixtures.bank import Provider
from tests.fixtures.imports import URL, settled

ROWS = 4 * ROWS_A_READ
RATIO_MAX = 1.5
"""How much more memory four times as many rows may take."""


def lines(count: int) -> bytes:
    """Give results of as many learners, one JSON object a line."""
    result = {"course": "BBB", "term": "2014B", "result": "Pass", "credits": "30"}
    result["awarded_on"] = "2014-09-23"
    return b"".join(
        json.dumps({"learner": str(number), **result}).encode() + b"\n" for number in range(count)
    )


def peak(work: Callable[[], object]) -> int:
    """Give the most bytes that the work held at a time.

    Jobs of a bank that another test keeps open may work meanwhile: the least of three counts.
    """
    return min(_held(work) for _ in range(3))


def _held(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class _Generated(BytesIO):
    """A file of many lines that nobody holds."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._left = count
        self._line = lines(1)

    def readline(self, _size: int | None = -1, /) -> bytes:
        self._left -= 1
        return self._line if self._left >= 0 else b""


def exhaust(rows: Iterator[object]) -> None:
    """Take rows one by one."""
    for _ in rows:
        pass


def test_memory_does_not_grow_with_what_comes_in() -> None:
    """Ten times as many lines take no more."""
    few, many = (peak(lambda n=n: exhaust(read_objects(_Generated(n)))) for n in (2_000, 20_000))
    assert many <= RATIO_MAX * few


def test_an_institution_streams_all_that_it_posted_or_what_is_new_in_bounded_memory(
    client: TestClient, bank: Bank, provider: Provider, make_provider: Callable[[str], Provider]
) -> None:
    """Four reads hold what one read holds; what others posted is not among it."""
    headers = {**provider.headers, "Content-Type": "application/x-ndjson"}
    batch = client.post(URL, content=lines(ROWS), headers=headers).json()["id"]
    assert settled(client, batch, provider.headers)["counts"]["accepted"] == ROWS
    answer = client.get("/api/v1/outcomes", headers=provider.headers)
    assert answer.headers["content-type"] == "application/x-ndjson"
    posted = [json.loads(line) for line in answer.iter_lines()]
    assert len({one["id"] for one in posted}) == ROWS
    indexes = [one["entry_index"] for one in posted]
    assert indexes == sorted(indexes)
    assert posted[0]["stated"]["course"] == "BBB"

    since = indexes[-3]
    newer = client.get(f"/api/v1/outcomes?since={since}", headers=provider.headers)
    assert [json.loads(line)["entry_index"] for line in newer.iter_lines()] == indexes[-3:]
    other = make_provider("另一所学校")
    assert client.get("/api/v1/outcomes", headers=other.headers).content == b""
    for wrong in ("-1", "x", str(1 << 63)):
        refused = client.get(f"/api/v1/outcomes?since={wrong}", headers=provider.headers)
        assert refused.status_code == 422, wrong
        assert refused.json()["errors"][0]["field"] == "since"

    last = indexes[-ROWS_A_READ]
    few = peak(lambda: exhaust(outcome_lines(bank, provider.institution, last)))
    many = peak(lambda: exhaust(outcome_lines(bank, provider.institution, 0)))
    assert many <= RATIO_MAX * few
