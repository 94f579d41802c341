"""OneRoster sets as student information systems export them: a folder or a zip file."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.outcomes.batches import oneroster, unpack
from tests.fixtures.bank import Provider
from tests.fixtures.imports import URL, TableCounts, settled
from tests.fixtures.terminal import Terminal

SAMPLE = Path(__file__).parents[1] / "fixtures" / "oneroster"
GRADEBOOK = SAMPLE.with_name("oneroster_gradebook")
LINE_ITEMS = """sourcedId,status,title,classSourcedId,categorySourcedId,resultValueMax
whole,,Course,class1,final,100
week1,,Week 1,class1,homework,100
other,,Course,class2,final,20
"""
RESULTS = """sourcedId,status,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate
r1,active,whole,user1,fully graded,86,2023-05-31
r2,active,week1,user1,fully graded,70,2022-09-01
r3,tobedeleted,whole,user2,fully graded,1,2023-05-31
r4,,whole,user2,not submitted,,2023-05-31
"""
WRONG = (
    "r5,active,whole,nobody,fully graded,86,2023-05-31\n"
    "r6,active,other,user2,fully graded,18,2023-05-31\n"
)


def files(results: str = RESULTS) -> dict[str, bytes]:
    """The published set, its first course being one of the catalogue, and results."""
    found = {path.name: path.read_bytes() for path in SAMPLE.glob("*.csv")}
    found["courses.csv"] = (
        found["courses.csv"].replace(b",217,", b",BBB,").replace(b",101,", b",DDD,")
    )
    return {**found, "lineItems.csv": LINE_ITEMS.encode(), "results.csv": results.encode()}


def packed(content: Mapping[str, bytes], folder: str = "") -> bytes:
    """Pack files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in content.items():
            zipped.writestr(f"{folder}{name}", data)
    return target.getvalue()


def upload(client: TestClient, provider: Provider, body: bytes, query: str = "") -> Any:
    """Upload a set."""
    headers = {**provider.headers, "Content-Type": "application/zip"}
    return client.post(URL + query, content=body, headers=headers)


def test_final_results_become_outcomes_and_the_rest_counts_as_not_awarded(
    client: TestClient, provider: Provider
) -> None:
    """Homework, what is to be deleted and what was not submitted; sessions are not read."""
    started = upload(client, provider, packed(files(RESULTS + WRONG), "export/"))
    assert started.status_code == 202, started.text
    batch = settled(client, started.json()["id"], provider.headers)
    counts = batch["counts"]
    assert (counts["rows"], counts["accepted"], counts["not_awarded"]) == (6, 1, 3)
    answer = client.get("/api/v1/outcomes", headers=provider.headers)
    (outcome,) = [json.loads(line) for line in answer.iter_lines()]
    stated = outcome["stated"]
    assert (stated["term"], stated["grade"], stated["awarded_on"]) == ("term2", "86", "2023-05-31")
    rejected = client.get(f"{URL}/{batch['id']}/rejected", headers=provider.headers)
    nobody, other = csv.DictReader(io.StringIO(rejected.content.decode("utf-8-sig")))
    assert (nobody["studentSourcedId"], nobody["#field"]) == ("nobody", "learner")
    assert "users.csv" in nobody["#problem"]
    assert other["#field"] == "grade_scale"


def gradebook() -> dict[str, bytes]:
    """The grade book of a real presentation, with the class, course and users that it names."""
    found = {path.name: path.read_bytes() for path in GRADEBOOK.glob("*.csv")}
    rows = csv.DictReader(io.StringIO(found["results.csv"].decode()))
    learners = sorted({row["studentSourcedId"] for row in rows})
    users = "".join(f"{one},{one.removeprefix('oulad-')}\n" for one in learners)
    return {
        **found,
        "users.csv": f"sourcedId,identifier\n{users}".encode(),
        "courses.csv": b"sourcedId,courseCode\nBBB,BBB\n",
        "classes.csv": b"sourcedId,courseSourcedId,termSourcedIds\nBBB-2013B,BBB,2013B\n",
    }


def test_a_real_grade_book_holds_work_of_the_term_and_no_course_results(
    client: TestClient, provider: Provider
) -> None:
    """Pieces of work are none; the last one is the course's where the provider says so."""
    whole = upload(client, provider, packed(gradebook()), "?dry_run=true").json()["counts"]
    assert (whole["rows"], whole["not_awarded"]) == (462, 462)
    shipped = Path(oneroster.__file__).with_suffix(".yaml").read_text("utf-8")
    final = shipped[shipped.index("  - source: {table: line_items") : shipped.index("fields:")]
    last = "  - source: {column: lineItemSourcedId}\n    values: [li-14989]\n"
    parts = {
        "file": ("set.zip", packed(gradebook()), "application/zip"),
        "mapping": ("own.yaml", shipped.replace(final, last), "application/yaml"),
    }
    answer = client.post(f"{URL}?dry_run=true", files=parts, headers=provider.headers)
    assert answer.status_code == 200, answer.text
    counts = answer.json()["counts"]
    assert (counts["accepted"], counts["not_awarded"]) == (42, 420)


def test_a_set_that_cannot_be_read_is_refused_whole(
    client: TestClient,
    provider: Provider,
    table_counts: TableCounts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In words that name the file, in both languages; nothing is changed."""
    before = table_counts()
    good = files()
    without = {name: data for name, data in good.items() if name != "users.csv"}
    wide = {**good, "classes.csv": good["classes.csv"].replace(b"class2,,", b"class2,,,,", 1)}
    users = b"".join(b"%d,1\n" % number for number in range(1 << 18))
    bomb = {**good, "users.csv": b"sourcedId,identifier\n" + users}
    monkeypatch.setattr(unpack, "UNPACKED_BYTES_MAX", 1 << 20)
    for body, field, code in (
        (b"PK\3\4", "file", "zip-unreadable"),
        (packed(good)[:-30], "file", "zip-unreadable"),
        (packed(without), "users.csv", "table-file-missing"),
        (packed({}), "results.csv", "table-file-missing"),
        (packed(wide), "classes.csv", "file-field-count"),
        (packed(bomb), "users.csv", "file-too-large"),
        (packed({**good, "a/users.csv": b""}), "users.csv", "field-repeated"),
    ):
        answer = upload(client, provider, body)
        assert answer.status_code == 422, (code, answer.text)
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == (field, code)
    assert table_counts() == before


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
def test_the_command_takes_a_folder_and_a_zip_file(
    terminal: Terminal, provider: Provider, tmp_path: Path
) -> None:
    """What came from the folder is a duplicate from the zip file."""
    folder, zipped = tmp_path / "set", tmp_path / "set.zip"
    folder.mkdir()
    for name, data in files().items():
        (folder / name).write_bytes(data)
    zipped.write_bytes(packed(files()))
    base = ("--institution", provider.institution, "--format", "oneroster", "--json")
    first = json.loads(terminal.run("import", str(folder), *base).stdout)
    assert (first["rows"], first["accepted"], first["not_awarded"]) == (4, 1, 3)
    again = json.loads(terminal.run("import", str(zipped), *base).stdout)
    assert (again["accepted"], again["duplicate"]) == (0, 1)
    refused = terminal.run("import", str(folder), "--institution", provider.institution)
    assert refused.exit_code == 2
    assert "--format oneroster" in refused.stderr
