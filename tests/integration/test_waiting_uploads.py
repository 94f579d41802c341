"""What is uploaded lies under seal until it is recorded or discarded, and then nowhere."""

import gzip
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.outcomes.batches.upload import CSV, JSON_LINES, WORKBOOK
from tests.fixtures.bank import Provider
from tests.fixtures.imports import URL, settled
from tests.fixtures.workbooks import workbook

MARK = "marked20230001"
HEADER = ("learner", "course", "term", "result", "awarded_on", "credits")
ROW = (MARK, "BBB", "2014B", "Pass", "2014-09-23", "30")
LINES = "\n".join(",".join(line) for line in (HEADER, ROW)).encode()
TABLE = f"code,title\nBBB,{MARK}\n".encode()
MAPPING = f"""
format: creditbank/import-mapping/v1
name: {MARK}
version: "1"
fields: {{learner: {{column: learner}}, course: {{column: course}}, term: {{column: term}},
  result: {{column: result}}, credits: {{column: credits}}, awarded_on: {{column: awarded_on}}}}
tables: {{titles: {{file: titles.csv, key: [code], columns: [title]}}}}
""".encode()

SENT: dict[str, dict[str, Any]] = {
    "csv": {"content": LINES, "headers": {"Content-Type": CSV}},
    "gzip": {"content": gzip.compress(LINES), "headers": {"Content-Type": CSV}},
    "xlsx": {"content": workbook([HEADER, ROW]), "headers": {"Content-Type": WORKBOOK}},
    "ndjson": {
        "content": orjson.dumps(dict(zip(HEADER, ROW, strict=True))),
        "headers": {"Content-Type": JSON_LINES},
    },
    "form": {
        "files": [
            ("file", ("results.csv", LINES, CSV)),
            ("mapping", ("mapping.yaml", MAPPING, "application/yaml")),
            ("tables", ("titles.csv", TABLE, CSV)),
        ]
    },
}


@pytest.fixture
def checker(
    client: TestClient, provider: Provider, make_staff: Callable[..., dict[str, str]]
) -> dict[str, str]:
    """A second person, whom the institution asks for."""
    head = make_staff(provider.institution, Role.INSTITUTION_ADMINISTRATOR)
    client.put("/api/v1/batch-practice", json={"two_persons": True}, headers=head)
    return make_staff(provider.institution, Role.CHECKER)


def send(client: TestClient, provider: Provider, sent: dict[str, Any]) -> str:
    """Upload a file that then waits; gives the batch's id."""
    headers = {**provider.headers, **sent.get("headers", {})}
    answer = client.post(URL, **{**sent, "headers": headers})
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "awaiting_countersign"
    return str(answer.json()["id"])


def kept(bank: Bank) -> list[Path]:
    """Name every file below the folder of uploads."""
    found = (bank.settings.data_dir / "uploads").rglob("*")
    return [path for path in found if path.is_file()]


@pytest.mark.parametrize("form", SENT)
@pytest.mark.parametrize("decision", ["countersignature", "discard"])
def test_a_waiting_file_is_sealed_and_gone_once_it_is_decided(
    client: TestClient,
    provider: Provider,
    bank: Bank,
    checker: dict[str, str],
    *,
    form: str,
    decision: str,
) -> None:
    """Neither the file nor its mapping and tables can be read by whoever copies the folder."""
    batch = send(client, provider, SENT[form])
    files = kept(bank)
    assert len(files) == (3 if form == "form" else 1)
    head = SENT[form].get("content", LINES)[:24]
    for path in files:
        for text in (MARK.encode(), head, MAPPING[:40]):
            assert text not in path.read_bytes()
    reason = {"json": {"reason": "去年的文件"}} if decision == "discard" else {}
    decided = client.post(f"{URL}/{batch}/{decision}", headers=checker, **reason)
    assert decided.status_code == 200, decided.text
    done = settled(client, batch, provider.headers)
    accepted = 1 if decision == "countersignature" else 0
    assert done["counts"]["accepted"] == accepted, done
    assert _is_gone(bank, batch)


def test_a_file_that_was_damaged_while_it_waited_is_refused(
    client: TestClient, provider: Provider, bank: Bank, checker: dict[str, str]
) -> None:
    """One changed byte: nothing of it is recorded, and both languages say what to do."""
    batch = send(client, provider, SENT["csv"])
    [path] = kept(bank)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    client.post(f"{URL}/{batch}/countersignature", headers=checker)
    for language, words in (("en", "upload it again"), ("zh", "请重新上传")):
        headers = {**provider.headers, "Accept-Language": language}
        done = settled(client, batch, headers)
        assert (done["state"], done["counts"]["accepted"]) == ("refused", 0)
        assert words in str(done["problem"])
    assert _is_gone(bank, batch)


def test_a_file_that_was_never_started_has_no_key(bank: Bank) -> None:
    """A crash before its batch began leaves bytes that nobody can read, until they are swept."""
    key = bank.keystore.draw(bank.keystore.new_id())
    bank.uploads.make(key.account_id)
    with bank.uploads.write_target(key) as target:
        target.write(LINES)
    [path] = kept(bank)
    assert MARK.encode() not in path.read_bytes()
    assert bank.keystore.get([key.account_id]) == {}


def _is_gone(bank: Bank, batch: str) -> bool:
    """The worker removes a file right after it closed the batch."""
    deadline = time.monotonic() + 10
    while batch in bank.uploads.present() and time.monotonic() < deadline:
        time.sleep(0.02)
    return batch not in bank.uploads.present()
