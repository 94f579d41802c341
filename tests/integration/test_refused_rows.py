"""Refused rows: reported, mended, uploaded again; good rows are unaffected unless all was asked."""

import csv
import io
import re
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from creditbank.bank import Bank
from creditbank.database import open_writing_engine
from tests.fixtures.bank import Provider
from tests.fixtures.imports import URL, TableCounts, settled

HEADER = "learner,course,term,result,credits,awarded_on\n"
GOOD = "".join(f"2023{n:04},BBB,2014B,Pass,30,2014-09-23\n" for n in range(20))
FORMULA = "=cmd|' /C calc'!A0"
GUARDED = "'=1"
BAD = (
    f'"{FORMULA}",BBB,2014B,Pass,-3,2014-09-23\n'
    f'"{GUARDED}",BBB,2014B,Pass,0.25,2014-09-23\n'
    "20230099,XXX,2014B,Pass,30,2014-09-23\n"
)
MAPPING = """
format: creditbank/import-mapping/v1
name: marked
version: "1"
unmapped_columns: ignore
fields:
  learner: {column: learner}
  course: {column: course}
  term: {column: term}
  result: {column: result}
  credits: {column: credits}
  awarded_on: {column: awarded_on}
"""


def test_mended_rows_are_accepted_when_they_are_uploaded_again(
    client: TestClient, provider: Provider
) -> None:
    """The report comes back as it was written; what was accepted at first is not touched."""
    first = _upload(client, provider, HEADER + GOOD + BAD)
    assert _told(first) == {"rows": 23, "accepted": 20, "duplicate": 0, "rejected": 3}
    report = _report(client, provider, first["id"])
    rows = list(csv.DictReader(io.StringIO(report)))
    assert [row["#row"] for row in rows] == ["21", "22", "23"]
    assert [row["#field"] for row in rows] == ["credits", "credits", "course"]
    assert not [cell for row in rows for cell in row.values() if re.match(r"[=+\-@\t\r]", cell)]

    mended = report.replace(",'-3,", ",30,").replace(",0.25,", ",30,").replace(",XXX,", ",BBB,")
    second = _upload(client, provider, mended)
    assert _told(second) == {"rows": 3, "accepted": 3, "duplicate": 0, "rejected": 0}
    for learner in (FORMULA, GUARDED, "20230099"):
        again = client.post(
            "/api/v1/outcomes",
            json={
                "learner": learner,
                "course": "BBB",
                "term": "2014B",
                "result": "Pass",
                "credits": "30",
                "awarded_on": "2014-09-23",
            },
            headers=provider.headers,
        )
        assert (again.status_code, again.json()["duplicate"]) == (200, True), learner


def test_all_or_nothing_with_a_bad_row_records_nothing_and_names_the_row(
    client: TestClient, provider: Provider, table_counts: TableCounts
) -> None:
    """Not even the key of a learner is left; the batch and its refused row tell why.

    One message says to who asks for it that the file came to its end.
    """
    before = table_counts()
    batch = _upload(client, provider, HEADER + GOOD + BAD, "?all_or_nothing=true", "refused")
    assert _told(batch) == {"rows": 23, "accepted": 0, "duplicate": 0, "rejected": 23}
    assert batch["problem"]["code"] == "batch-rejected"
    assert "3 rows" in batch["problem"]["detail"]
    report = _report(client, provider, batch["id"])
    assert [row["#row"] for row in csv.DictReader(io.StringIO(report))] == ["21", "22", "23"]
    added = {"0 batch": 1, "0 batch_rejected_row": 3, "0 outbox": 1, "1 account_key": 1}
    assert table_counts() == {name: n + added.get(name, 0) for name, n in before.items()}

    whole = _upload(client, provider, HEADER + GOOD, "?all_or_nothing=true")
    assert _told(whole) == {"rows": 20, "accepted": 20, "duplicate": 0, "rejected": 0}


def test_what_is_not_mapped_reaches_neither_database(
    client: TestClient, bank: Bank, provider: Provider
) -> None:
    """Sex, region, disability, deprivation: not of good rows, not of refused ones."""
    marks = ("SexMarkQ7", "RegionMarkQ7", "DisabilityMarkQ7", "DeprivationMarkQ7")
    header = HEADER.rstrip() + ",sex,region,disability,imd_band\n"
    lines = [f"{line},{','.join(marks)}\n" for line in (GOOD + BAD).splitlines()]
    parts = [
        ("file", ("results.csv", (header + "".join(lines)).encode(), "text/csv")),
        ("mapping", ("mapping.yaml", MAPPING.encode(), "application/yaml")),
    ]
    for query in ("?dry_run=true", ""):
        answer = client.post(URL + query, files=parts, headers=provider.headers).json()
    assert settled(client, answer["id"], provider.headers)["counts"]["rejected"] == 3
    stored = _everything(bank)
    assert b"Mark" not in stored
    assert b"BBB" in stored, "the search finds what is there"


def test_an_upload_that_is_cut_leaves_nothing_behind(
    client: TestClient, bank: Bank, provider: Provider, table_counts: TableCounts
) -> None:
    """The form ends in the middle of the file."""
    before = table_counts()
    form = (
        '--b\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{HEADER}{GOOD}"
    )
    headers = {**provider.headers, "Content-Type": "multipart/form-data; boundary=b"}
    answer = client.post(URL, content=form, headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    assert table_counts() == before
    assert bank.uploads.present() == []


def _upload(
    client: TestClient, provider: Provider, body: str, query: str = "", state: str = "recorded"
) -> Any:
    headers = {**provider.headers, "Content-Type": "text/csv"}
    started = client.post(URL + query, content=body.encode(), headers=headers)
    assert started.status_code == 202, started.text
    batch = settled(client, started.json()["id"], provider.headers)
    assert batch["state"] == state
    return batch


def _told(batch: Any) -> dict[str, int]:
    names = ("rows", "accepted", "duplicate", "rejected")
    return {name: batch["counts"][name] for name in names}


def _report(client: TestClient, provider: Provider, batch_id: str) -> str:
    return client.get(f"{URL}/{batch_id}/rejected", headers=provider.headers).text


def _everything(bank: Bank) -> bytes:
    """Every value of every table of both databases, and the bytes of their files."""
    found = []
    for url in (bank.settings.bank_database, bank.settings.key_database):
        engine = open_writing_engine(url)
        with engine.connect() as connection:
            for table in inspect(engine).get_table_names():
                for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                    found += [v if isinstance(v, bytes) else str(v).encode() for v in row]
        engine.dispose()
        file = make_url(url).database or ""
        found += [
            one.read_bytes()
            for one in Path(file).parent.glob(f"{Path(file).name}*")
            if one.is_file()
        ]
    return b"\n".join(found)
