"""Files of results over their whole life, through the doors that offices use."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.imports import URL, TableCounts, settled

HEADER = ("learner", "course", "term", "result", "awarded_on", "credits")
VOID = {"status": "void", "reason": "上传了错误的文件"}
PRACTICE = "/api/v1/batch-practice"


def row(number: int, *, course: str = "BBB") -> tuple[str, ...]:
    """Give one result; a hundred learners share a file's rows, a term each."""
    return (f"L{number % 100}", course, f"T{number // 100}", "Pass", "2014-09-23", "30")


def file_of(rows: Sequence[Sequence[str]]) -> bytes:
    """Write a CSV file."""
    return "\n".join(",".join(one) for one in (HEADER, *rows)).encode()


def upload(
    client: TestClient, headers: dict[str, str], content: bytes, **query: str
) -> dict[str, Any]:
    """Upload a file and wait until nothing is done with it by itself."""
    sent = {**headers, "Content-Type": "text/csv"}
    answer = client.post(URL, content=content, headers=sent, params=query)
    assert answer.status_code == 202, answer.text
    batch: dict[str, Any] = settled(client, answer.json()["id"], headers)
    return batch


def mended(client: TestClient, provider: Provider, batch: str, courses: Sequence[str]) -> bytes:
    """Download a batch's refused rows and write these courses into them, in order."""
    report = client.get(f"{URL}/{batch}/rejected", headers=provider.headers).content
    header, *rows = csv.reader(io.StringIO(report.decode("utf-8-sig")))
    assert len(rows) == len(courses)
    for line, course in zip(rows, courses, strict=True):
        line[1] = course
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *rows])
    return stream.getvalue().encode()


def findings(bank: Bank) -> list[object]:
    """Run the full audit."""
    with bank.readers.snapshot() as connection:
        return list(audit_bank(connection, bank.keystore, bank.evidence, bank.trust).findings)


def make_family(client: TestClient, provider: Provider, rows: int, wrong: int) -> dict[str, Any]:
    """Upload a file with wrong rows at even distances, then these with all but two mended."""
    every = rows // wrong
    places = set(range(0, every * wrong, every))
    content = file_of([row(n, course="NONE" if n in places else "BBB") for n in range(rows)])
    first = upload(client, provider.headers, content)
    assert (first["counts"]["accepted"], first["counts"]["rejected"]) == (rows - wrong, wrong)
    courses = ["BBB"] * (wrong - 2) + ["NONE"] * 2
    second = upload(client, provider.headers, mended(client, provider, first["id"], courses))
    assert (second["counts"]["accepted"], second["counts"]["rejected"]) == (wrong - 2, 2)
    shown: dict[str, Any] = client.get(f"{URL}/{first['id']}", headers=provider.headers).json()
    assert shown["family"] == second["family"]
    return shown


def test_of_50000_rows_300_are_wrong_298_are_mended_2_stay_open_and_a_wrong_file_is_withdrawn(
    client: TestClient, provider: Provider, bank: Bank
) -> None:
    """50,000 = 49,700 + 300, then 298 and 2."""
    rows, wrong = 50_000, 300
    family = make_family(client, provider, rows, wrong)["family"]
    assert (family["rows"], family["settled"], family["open"]) == (rows, rows - 2, 2)
    last = [rows // wrong * place + 1 for place in (298, 299)]
    assert [one["first_row"] for one in family["open_rows"]][:2] == last
    mistaken = upload(client, provider.headers, file_of([row(10**6 + n) for n in range(600)]))
    url = f"{URL}/{mistaken['id']}"
    asked = client.post(f"{url}/withdrawal", json=VOID, headers=provider.headers)
    assert asked.status_code == 202, asked.text
    assert settled(client, mistaken["id"], provider.headers)["state"] == "withdrawn"
    preview = client.get(f"{url}/withdrawal", headers=provider.headers).json()
    assert (preview["outcomes"], asked.json()["affected"]["outcomes"]) == (0, 600)
    assert findings(bank) == []
    # What was taken back as a clerk's error may be recorded anew.
    again = upload(client, provider.headers, file_of([row(10**6)]))
    assert again["counts"]["accepted"] == 1


def test_a_file_is_recorded_when_a_second_person_countersigned_it(
    client: TestClient,
    provider: Provider,
    bank: Bank,
    make_staff: Callable[..., dict[str, str]],
    table_counts: TableCounts,
) -> None:
    """Before, nothing of it is recorded; who uploaded it, keys and strangers cannot countersign."""
    clerk = make_staff(provider.institution, Role.CLERK, Role.CHECKER)
    checker = make_staff(provider.institution, Role.CHECKER)
    head = make_staff(provider.institution, Role.INSTITUTION_ADMINISTRATOR)
    answer = client.put(PRACTICE, json={"two_persons": True}, headers=head)
    assert answer.json() == {"two_persons": True}
    waiting = upload(client, clerk, file_of([row(1), row(2)]))
    before = table_counts()
    assert (waiting["state"], waiting["counts"]["rows"]) == ("awaiting_countersign", 0)
    url = f"{URL}/{waiting['id']}"
    for headers, code in ((clerk, "second-person-required"), (provider.headers, "forbidden")):
        refused = client.post(f"{url}/countersignature", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    assert client.post(f"{url}/withdrawal", json=VOID, headers=clerk).status_code == 409
    assert table_counts() == before
    assert client.post(f"{url}/countersignature", headers=checker).status_code == 200
    recorded = settled(client, waiting["id"], clerk)
    assert (recorded["state"], recorded["counts"]["accepted"]) == ("recorded", 2)
    assert client.post(f"{url}/countersignature", headers=checker).status_code == 409
    assert findings(bank) == []


def test_a_file_that_the_second_person_refuses_is_discarded(
    client: TestClient,
    provider: Provider,
    bank: Bank,
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Nothing of it is recorded, its file is removed, and its reason is said and sealed."""
    checker = make_staff(provider.institution, Role.CHECKER)
    head = make_staff(provider.institution, Role.INSTITUTION_ADMINISTRATOR)
    client.put(PRACTICE, json={"two_persons": True}, headers=head)
    waiting = upload(client, provider.headers, file_of([row(1)]))
    url = f"{URL}/{waiting['id']}/discard"
    for language, words in (("en", "empty"), ("zh", "填写")):
        headers = {**checker, "Accept-Language": language}
        refused = client.post(url, json={"reason": " "}, headers=headers)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "reason"
        assert words in refused.text or language in refused.headers["content-language"]
    assert bank.uploads.present() == [waiting["id"]]
    discarded = client.post(url, json={"reason": "去年的文件"}, headers=checker)
    assert discarded.json()["state"] == "discarded"
    assert bank.uploads.present() == []
    assert findings(bank) == []


def test_the_slip_says_counts_hash_and_place_in_the_log(
    client: TestClient, provider: Provider
) -> None:
    """A clerk prints and files it; its lines read in both languages."""
    batch = upload(client, provider.headers, file_of([row(1), row(2, course="NONE")]))
    index = batch["receipt"].split("index ")[1].split("\n")[0]
    for language, title in (("zh", "批次回执"), ("en", "Slip of a file")):
        headers = {**provider.headers, "Accept-Language": language}
        page = client.get(f"{URL}/{batch['id']}/slip", headers=headers)
        assert page.status_code == 200
        for text in (title, batch["id"], f"<dd>{index}</dd>", "已入账 recorded", ">Rows<"):
            assert text in page.text
