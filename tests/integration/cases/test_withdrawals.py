"""Whole files taken back: whom it concerns, who is told, and what it never does by halves."""

import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank, open_bank
from creditbank.learners.notices import notices_of_account
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.imports import URL, TableCounts, settled
from tests.fixtures.people import Citizen
from tests.fixtures.processes import Program, Server
from tests.fixtures.recognition import Recognition
from tests.fixtures.whose import Post, audited, held_list

HEADER = "account_number,learner,learner_name,course,term,result,awarded_on,credits\n"
VOID = {"status": "void", "reason": "上传了错误的文件"}


def result(person: str = "", *, name: str = "", learner: str = "", term: str = "2014B") -> str:
    """Give one row, for a person by account number, by number at the provider, or by name."""
    return f"{person},{learner},{name},BBB,{term},Pass,2014-09-23,30\n"


def send(client: TestClient, headers: dict[str, str], content: bytes) -> dict[str, Any]:
    """Upload a file and wait until nothing is done with it by itself."""
    answer = client.post(URL, content=content, headers={**headers, "Content-Type": "text/csv"})
    assert answer.status_code == 202, answer.text
    batch: dict[str, Any] = settled(client, answer.json()["id"], headers)
    return batch


def withdraw(client: TestClient, batch: str, headers: dict[str, str]) -> None:
    """Withdraw a batch and wait until it is whole."""
    asked = client.post(f"{URL}/{batch}/withdrawal", json=VOID, headers=headers)
    assert asked.status_code == 202, asked.text
    assert settled(client, batch, headers)["state"] == "withdrawn"


def told(client: TestClient, citizen: Citizen) -> list[tuple[str, str]]:
    """Give subject and words of what a citizen was told."""
    page = client.get("/api/v1/accounts/me/notices", headers=citizen.headers).json()
    return [(one["subject"], one["text"]) for one in page["notices"]]


def test_each_learner_of_a_withdrawn_file_is_told_once_with_the_number_and_the_reason(
    client: TestClient,
    provider: Provider,
    bank: Bank,
    make_citizen: Callable[[], Citizen],
) -> None:
    """Also of a result that was suspended; whoever has nothing in it hears nothing."""
    one, other, stranger = make_citizen(), make_citizen(), make_citizen()
    rows = result(one.account_number) + result(one.account_number, term="2014J")
    content = (HEADER + rows + result(other.account_number)).encode()
    batch = send(client, provider.headers, content)
    shown = client.get("/api/v1/accounts/me/outcomes", headers=other.headers).json()
    outcome = shown["outcomes"][0]["id"]
    suspended = client.post(
        f"/api/v1/outcomes/{outcome}/suspension", json={"reason": "复核"}, headers=provider.headers
    )
    assert suspended.status_code == 201, suspended.text

    withdraw(client, batch["id"], provider.headers)

    for citizen, count in ((one, 2), (other, 1)):
        subject, words = told(client, citizen)[-1]
        assert subject == "outcomes-withdrawn"
        assert f"{count} of them" in words
        assert "开放大学" in words
        assert VOID["reason"] in words
        page = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
        assert [each["status"] for each in page["outcomes"]] == ["void"] * count
    assert len(told(client, one)) == 1
    assert told(client, stranger) == []
    assert audited(bank) == []


def test_rows_still_held_are_refused_with_their_file_and_may_be_posted_anew(
    client: TestClient,
    provider: Provider,
    bank: Bank,
    citizen: Citizen,
    checker: dict[str, str],
    post_row: Post,
) -> None:
    """The clerk's list is empty, none of them can be attached; a row of another file stays."""
    content = (HEADER + result(name="学习者甲") + result(name="学习者乙")).encode()
    batch = send(client, provider.headers, content)
    assert batch["counts"]["held"] == 2
    post_row({"name": "学习者丙"})
    held = [one["id"] for one in held_list(client, checker)]

    withdraw(client, batch["id"], provider.headers)

    assert len(held_list(client, checker)) == 1
    path = f"/api/v1/held-outcomes/{held[0]}/attachment"
    late = client.post(path, json={"account": citizen.account_number}, headers=checker)
    assert (late.status_code, late.json()["code"]) == (409, "held-decided")
    with bank.readers.reading() as connection:
        wanted = "SELECT state, natural_tag FROM held_outcome WHERE batch_id IS NOT NULL"
        assert connection.exec_driver_sql(wanted).all() == [("refused", None)] * 2
    assert audited(bank) == []
    assert send(client, provider.headers, content)["counts"]["held"] == 2


def test_while_a_file_is_being_withdrawn_none_of_its_held_rows_is_attached(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    checker: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not even before the job comes to it: it would stand when all the rest is taken back."""
    batch = send(client, provider.headers, (HEADER + result(name="学习者甲")).encode())
    [held] = held_list(client, checker)
    monkeypatch.setattr("creditbank.jobs.batch_worker.go_on_withdrawing", lambda *_: None)
    client.post(f"{URL}/{batch['id']}/withdrawal", json=VOID, headers=provider.headers)
    path = f"/api/v1/held-outcomes/{held['id']}/attachment"
    asked = {"account": citizen.account_number}
    for language, words in (("en", "post the result anew"), ("zh", "请重新提交")):
        headers = {**checker, "Accept-Language": language}
        refused = client.post(path, json=asked, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "held-withdrawn")
        assert words in refused.text
    shown = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
    assert shown["outcomes"] == []


def test_a_killed_withdrawal_is_resumed_and_ends_whole(
    program: Program, server: Server, settings: Settings
) -> None:
    """Killed by SIGKILL when some is taken back: nothing is left standing, nobody is told twice."""
    provider = program.register_provider()
    people, terms = 900, 2
    rows = [
        result(learner=f"L{person}", term=f"T{term}")
        for person in range(people)
        for term in range(terms)
    ]
    rows += [result(name=f"待核{number}") for number in range(5)]
    with server.client(provider) as client:
        headers = {"Content-Type": "text/csv"}
        sent = client.post(URL, content=(HEADER + "".join(rows)).encode(), headers=headers)
        url = f"{URL}/{sent.json()['id']}"
        batch = settled(client, sent.json()["id"], provider.headers)
        assert (batch["counts"]["accepted"], batch["counts"]["held"]) == (people * terms + 5, 5)
        assert client.post(f"{url}/withdrawal", json=VOID).status_code == 202
        _wait_until_begun(client, url, people * terms)
        server.kill()
    with_bank = open_bank(settings)
    left = _by_status(with_bank)
    with_bank.close()
    assert 0 < left.get("active", 0) < people * terms, "it was not half way when it was killed"
    server.start()
    with server.client(provider) as client:
        assert settled(client, sent.json()["id"], provider.headers)["state"] == "withdrawn"
    server.stop()
    bank = open_bank(settings)
    assert _by_status(bank) == {"void": people * terms}
    with bank.readers.reading() as connection:
        found = connection.exec_driver_sql("SELECT account_id FROM notice").scalars().all()
        assert len(found) == len(set(found)) == people
        held = connection.exec_driver_sql("SELECT state FROM held_outcome").scalars().all()
        some = secrets.choice(found)
        [notice] = notices_of_account(connection, [some], limit=2)
    assert notice.facts(bank.keystore.get([some])[some])["count"] == str(terms)
    assert held == ["refused"] * 5
    assert audited(bank) == []
    bank.close()


def test_a_batch_with_converted_results_is_withdrawn_only_through_reversal(
    client: TestClient,
    citizen: Citizen,
    bank: Bank,
    recognition: Recognition,
    make_staff: Callable[..., dict[str, str]],
    table_counts: TableCounts,
) -> None:
    """The refusal says how many; the preview names the conversions; then both are taken back."""
    clerk = make_staff(recognition.centre, Role.CLERK)
    content = (
        "account_number,course,term,result,awarded_on,class_hours\n"
        f"{citizen.account_number},SF-1,2025春,合格,2025-06-30,16\n"
    )
    batch = send(client, clerk, content.encode())
    with bank.readers.reading() as connection:
        found = connection.exec_driver_sql("SELECT id FROM outcome WHERE batch_id IS NOT NULL")
        outcome = found.scalar_one()
    asked = {"rule": "class-hours", "outcomes": [outcome]}
    converted = client.post("/api/v1/conversions", json=asked, headers=citizen.headers)
    assert converted.status_code == 201, converted.text
    url = f"{URL}/{batch['id']}/withdrawal"
    before = table_counts()
    for language, words in (("en", "1 results were converted"), ("zh", "1 项成果")):
        headers = {**clerk, "Accept-Language": language}
        refused = client.post(url, json=VOID, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "batch-converted")
        assert words in refused.text
    assert table_counts() == before
    preview = client.get(url, headers=clerk).json()
    assert preview == {
        "outcomes": 1,
        "converted": 1,
        "conversions": [converted.json()["id"]],
        "learners": 1,
    }
    through = {**VOID, "through_reversal": True}
    assert client.post(url, json=through, headers=clerk).status_code == 202
    assert settled(client, batch["id"], clerk)["state"] == "withdrawn"
    shown = client.get(f"/api/v1/conversions/{converted.json()['id']}", headers=citizen.headers)
    assert shown.json()["status"] == "reversed"
    assert audited(bank) == []


@pytest.mark.parametrize(
    ("language", "nothing", "no_reason", "no_class", "taken_back"),
    [
        ("en", "nothing here", "is required", "not one of: void", "state is withdrawn"),
        ("zh", "未找到", "为必填项", "取值之一：void", "状态为 withdrawn"),
    ],
)
def test_a_wrong_withdrawal_is_refused_in_both_languages_and_nothing_changes(
    client: TestClient,
    provider: Provider,
    make_provider: Callable[[str], Provider],
    table_counts: TableCounts,
    *,
    language: str,
    nothing: str,
    no_reason: str,
    no_class: str,
    taken_back: str,
) -> None:
    """Both fields are named at once; a batch that is unknown, another's or withdrawn stays so."""
    batch = send(client, provider.headers, (HEADER + result(learner="L1")).encode())
    url = f"{URL}/{batch['id']}/withdrawal"
    headers = {**provider.headers, "Accept-Language": language}
    other = {**make_provider("另一所学校").headers, "Accept-Language": language}
    before = table_counts()
    wrong = client.post(url, json={"status": "gone", "reason": " "}, headers=headers)
    assert [one["field"] for one in wrong.json()["errors"]] == ["status", "reason"]
    for words in (no_class, no_reason):
        assert words in wrong.text
    for unknown in (
        client.post(url, json=VOID, headers=other),
        client.post(f"{URL}/{'f' * 32}/withdrawal", json=VOID, headers=headers),
    ):
        assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
        assert nothing in unknown.json()["title"].lower()
    assert table_counts() == before
    withdraw(client, batch["id"], provider.headers)
    before = table_counts()
    again = client.post(url, json=VOID, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "batch-not-recorded")
    assert taken_back in again.text
    assert table_counts() == before


def _wait_until_begun(client: Any, url: str, outcomes: int) -> None:
    deadline = time.monotonic() + 60
    while client.get(f"{url}/withdrawal").json()["outcomes"] == outcomes:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _by_status(bank: Bank) -> dict[str, int]:
    with bank.readers.reading() as connection:
        wanted = "SELECT status, count(*) FROM outcome GROUP BY status"
        return {row[0]: row[1] for row in connection.exec_driver_sql(wanted)}
