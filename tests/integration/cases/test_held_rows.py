"""How a row finds its person, and what a name alone never does: walked through as offices do."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.endings import ask, erase
from tests.fixtures.evidence import a_pdf
from tests.fixtures.people import Citizen
from tests.fixtures.terminal import Terminal
from tests.fixtures.whose import HEADER, Post, account_of, audited, held_list, upload


def test_a_row_by_the_learner_number_only_finds_the_one_account_of_its_provider(
    post_row: Post, bank: Bank
) -> None:
    """学号 is linked once per provider; no name is needed."""
    first, second = post_row("S-1").json(), post_row("S-1", term="2015B").json()
    assert account_of(bank, first["id"]) == account_of(bank, second["id"])


def test_a_row_by_name_only_is_held_until_a_person_attaches_it(
    client: TestClient,
    post_row: Post,
    bank: Bank,
    citizen: Citizen,
    checker: dict[str, str],
    provider: Provider,
) -> None:
    """Even where one account alone has that name; the same row again is the held one."""
    answer = post_row({"name": "示例学习者"})
    assert answer.status_code == 202
    told = answer.json()
    assert (told["reason"], told["duplicate"]) == ("name-alone", False)
    again = post_row({"name": "示例学习者"})
    assert (again.status_code, again.json()["duplicate"]) == (202, True)
    conflict = post_row({"name": "示例学习者"}, grade="12")
    assert (conflict.status_code, conflict.json()["code"]) == (409, "held-conflict")
    [held] = held_list(client, checker)
    assert (held["id"], held["owner"]) == (told["held"], provider.institution)
    assert held["due_on"] == told["due_on"]
    assert client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json() == {
        "outcomes": [],
        "declared": [],
        "next": None,
    }
    path = f"/api/v1/held-outcomes/{held['id']}/attachment"
    attached = client.post(path, json={"account": citizen.account_number}, headers=checker)
    assert attached.status_code == 201, attached.text
    assert account_of(bank, attached.json()["id"]) == citizen.id
    assert held_list(client, checker) == []
    notices = client.get("/api/v1/accounts/me/notices", headers=citizen.headers).json()["notices"]
    assert [one["subject"] for one in notices] == ["outcome-attached"]
    twice = client.post(path, json={"account": citizen.account_number}, headers=checker)
    assert (twice.status_code, twice.json()["code"]) == (409, "held-decided")
    assert audited(bank) == []


def test_an_api_key_decides_nothing_that_is_held(
    client: TestClient, post_row: Post, provider: Provider
) -> None:
    """A person does."""
    held = post_row({"name": "学习者"}).json()["held"]
    path = f"/api/v1/held-outcomes/{held}/refusal"
    answer = client.post(path, json={"reason": "withdrawn"}, headers=provider.headers)
    assert answer.status_code == 403


def test_a_refused_row_may_be_posted_again(
    client: TestClient, post_row: Post, checker: dict[str, str], bank: Bank
) -> None:
    """Refused with a reason's code; it was attached to nobody."""
    held = post_row({"name": "学习者"}).json()["held"]
    path = f"/api/v1/held-outcomes/{held}/refusal"
    wrong = client.post(path, json={"reason": "whatever"}, headers=checker).json()
    assert [one["field"] for one in wrong["errors"]] == ["reason"]
    assert (
        client.post(path, json={"reason": "not-identifiable"}, headers=checker).status_code == 201
    )
    assert post_row({"name": "学习者"}).json()["duplicate"] is False
    assert audited(bank) == []


def test_a_known_number_with_another_name_is_held_in_posts_and_in_files(
    client: TestClient, post_row: Post, provider: Provider, bank: Bank
) -> None:
    """Counted as accepted and held; the same file again brings duplicates only."""
    assert post_row({"learner_number": "S-1", "name": "学习者甲"}).status_code == 201
    answer = post_row({"learner_number": "S-1", "name": "学习者乙"}, term="2015B")
    assert (answer.status_code, answer.json()["reason"]) == (202, "name-differs")
    rows = (
        "S-1,學習者甲,BBB,2016B,Pass,30,2016-09\n"
        "S-1,学习者丙,BBB,2016B,Pass,30,2016-09\n"
        ",学习者丁,BBB,2016B,Pass,30,2016-09\n"
    )
    counts = upload(client, provider, (HEADER + rows).encode(), "utf-8")["counts"]
    assert (counts["rows"], counts["accepted"], counts["held"]) == (3, 3, 2)
    again = upload(client, provider, (HEADER + rows).encode(), "utf-8")["counts"]
    assert (again["accepted"], again["duplicate"], again["held"]) == (0, 3, 0)
    assert audited(bank) == []


def test_two_people_of_one_name_and_birth_day_stay_two(
    post_row: Post, bank: Bank, open_account: Callable[..., dict[str, Any]]
) -> None:
    """Each is found by her number; their name and year alone lead to neither."""
    one = open_account(learner_number="A", name="同名者", birth_year=1990)
    other = open_account(learner_number="B", name="同名者", birth_year=1990)
    posted = post_row({"learner_number": "B", "name": "同名者", "birth_year": 1990}).json()
    assert account_of(bank, posted["id"]) == other["id"] != one["id"]
    assert post_row({"name": "同名者", "birth_year": 1990}).status_code == 202


def test_a_result_on_the_wrong_person_is_void_there_and_recorded_here_and_both_are_told(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    post_result: Callable[..., dict[str, Any]],
    checker: dict[str, str],
) -> None:
    """One matter with two leaves; both own audits agree."""
    right = make_citizen()
    wrong = post_result(citizen)["id"]
    path = f"/api/v1/outcomes/{wrong}/reassignment"
    asked = {"account": right.account_number, "reason": "同名误归"}
    same = client.post(path, json={**asked, "account": citizen.id}, headers=checker).json()
    assert [one["code"] for one in same["errors"]] == ["account-same"]
    answer = client.post(path, json=asked, headers=checker)
    assert answer.status_code == 201, answer.text
    moved = answer.json()
    shown = [
        client.get("/api/v1/accounts/me/outcomes", headers=one.headers).json()["outcomes"]
        for one in (citizen, right)
    ]
    assert [[(one["id"], one["status"]) for one in page] for page in shown] == [
        [(wrong, "void")],
        [(moved["id"], "active")],
    ]
    subjects = [
        client.get("/api/v1/accounts/me/notices", headers=one.headers).json()["notices"][0][
            "subject"
        ]
        for one in (citizen, right)
    ]
    assert subjects == ["outcome-reassigned-away", "outcome-reassigned-here"]
    again = client.post(path, json=asked, headers=checker)
    assert (again.status_code, again.json()["code"]) == (409, "outcome-not-active")
    assert audited(bank) == []
    for one in (citizen, right):
        key = bank.keystore.get([one.id])[one.id]
        with bank.readers.snapshot() as connection:
            assert list(audit_own(connection, key, bank.evidence, bank.trust).findings) == []


def test_evidence_goes_with_a_reassigned_result_and_the_wrong_person_opens_it_no_more(
    client: TestClient,
    bank: Bank,
    provider: Provider,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    post_result: Callable[..., dict[str, Any]],
    checker: dict[str, str],
) -> None:
    """A scan of somebody's certificate is hers alone, also once the other account is erased."""
    right, wrong = make_citizen(), post_result(citizen)["id"]
    scan, headers = a_pdf("a scan"), {**provider.headers, "Content-Type": "application/pdf"}
    added = client.post(
        f"/api/v1/outcomes/{wrong}/evidence?kind=certificate&archive_number=1998-31",
        content=scan,
        headers=headers,
    )
    assert added.status_code == 201, added.text
    asked = {"account": right.account_number, "reason": "同名误归"}
    path = f"/api/v1/outcomes/{wrong}/reassignment"
    moved = client.post(path, json=asked, headers=checker)
    assert moved.status_code == 201, moved.text

    def pieces(of: Citizen) -> list[dict[str, Any]]:
        listed = client.get("/api/v1/accounts/me/evidence", headers=of.headers)
        found: list[dict[str, Any]] = listed.json()["evidence"]
        return found

    def opened(of: Citizen, evidence: str) -> Any:
        return client.get(f"/api/v1/accounts/me/evidence/{evidence}", headers=of.headers)

    more = client.post(
        f"/api/v1/outcomes/{wrong}/evidence?kind=certificate", content=scan, headers=headers
    )
    assert (more.status_code, more.json()["code"]) == (409, "outcome-reassigned")
    assert moved.json()["id"] in more.json()["detail"]
    assert pieces(citizen) == []
    assert opened(citizen, added.json()["id"]).status_code == 404
    (piece,) = pieces(right)
    assert (piece["outcome"], piece["archive_number"]) == (moved.json()["id"], "1998-31")
    assert opened(right, piece["id"]).content == scan
    assert audited(bank) == []
    assert ask(client, "POST", "erasure", citizen).status_code == 201
    assert erase(bank) == 1
    assert opened(right, piece["id"]).content == scan
    assert audited(bank) == []


def test_at_the_command_line_held_results_are_listed_attached_and_refused(
    terminal: Terminal, bank: Bank, provider: Provider, post_row: Post
) -> None:
    """And a result is reassigned; every command answers in JSON."""
    mine, other = (account_of(bank, post_row(one).json()["id"]) for one in ("S-1", "S-2"))
    for name in ("学习者甲", "学习者乙"):
        post_row({"name": name}, term="2015B")
    at = ("--institution", provider.institution, "--json")
    first, second = terminal.answer("held", "list", *at)["held"]
    attached = terminal.answer("held", "attach", first["id"], "--account", mine, *at)
    assert account_of(bank, attached["id"]) == mine
    refused = terminal.answer("held", "refuse", second["id"], "--reason", "withdrawn", *at)
    assert refused["state"] == "refused"
    assert terminal.answer("held", "list", *at)["held"] == []
    moved = terminal.answer(
        "outcomes", "reassign", attached["id"], "--account", other, "--reason", "误归", *at
    )
    assert account_of(bank, moved["id"]) == other
    assert audited(bank) == []
