"""One person, two accounts: merged by the bank, shown as one, and parted again, by HTTP."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.cli.main import app
from creditbank.access.roles import Role
from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.merging import REASON, Two
from tests.fixtures.people import PASSWORD, RESULT, Citizen, sign_in

Json = dict[str, Any]


@pytest.fixture
def audits(bank: Bank) -> Callable[..., list[str]]:
    """Run the full audit and the own ones of accounts; gives whatever they find."""

    def run(*citizens: Citizen) -> list[str]:
        keys = bank.keystore.get([one.id for one in citizens])
        with bank.readers.snapshot() as connection:
            reports = [audit_bank(connection, bank.keystore, bank.evidence, bank.trust)]
            reports += [
                audit_own(connection, key, bank.evidence, bank.trust) for key in keys.values()
            ]
        return [str(one) for report in reports for one in report.findings]

    return run


def read(client: TestClient, citizen: Citizen, what: str = "") -> Json:
    """Read something of one's own account."""
    answer = client.get(f"/api/v1/accounts/me{what}", headers=citizen.headers)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def credits_of(client: TestClient, citizen: Citizen) -> str:
    """Give the recorded credits of the one class of results."""
    [total] = read(client, citizen, "/credits")["recorded"]
    found: str = total["credits"]
    return found


def outcomes_of(client: TestClient, citizen: Citizen) -> list[str]:
    """Give the ids of one's own outcomes, in the order of the ledger."""
    return [one["id"] for one in read(client, citizen, "/outcomes")["outcomes"]]


def share(client: TestClient, citizen: Citizen, *outcomes: str) -> Any:
    """Ask for a pass."""
    body = {"outcomes": outcomes, "expires_at": EXPIRES}
    return client.post("/api/v1/passes", json=body, headers=citizen.headers)


def verdict(client: TestClient, token: str) -> tuple[str, str | None]:
    """Give what a verifier is told of a pass."""
    seen = client.post("/api/v1/verify", json={"document": token}).json()
    return seen["verdict"], seen.get("reason")


def test_two_accounts_of_one_person_are_shown_as_one_and_one_result_counts_once(
    client: TestClient,
    two: Two,
    post_result: Callable[..., Json],
    merge: Callable[..., Any],
    audits: Callable[..., list[str]],
) -> None:
    """Lists, totals and passes show both; what was posted to both accounts counts once."""
    only_here = post_result(two.merged, course="DDD", term="2013J")["id"]
    twice = post_result(two.merged)["id"]
    counts = post_result(two.survivor)["id"]
    answer = merge(two)
    assert answer.status_code == 201, answer.text
    assert answer.json()["into"] == two.survivor.id
    assert answer.json()["same_results"] == [{"outcome": twice, "counts": counts}]
    for citizen in two:  # Whoever was signed in to either account acts in the one that goes on.
        assert read(client, citizen)["id"] == two.survivor.id
        listed = read(client, citizen, "/outcomes")["outcomes"]
        assert {one["id"]: (one["same_as"], one["counts"]) for one in listed} == {
            only_here: (None, True),
            twice: (counts, False),
            counts: (None, True),
        }
        assert credits_of(client, citizen) == "60"
    shared = share(client, two.survivor, only_here, counts)
    assert shared.status_code == 201, shared.text
    assert verdict(client, shared.json()["token"]) == ("valid", None)
    told = read(client, two.survivor, "/notices")["notices"]
    assert [one["subject"] for one in told] == ["accounts-merged", "accounts-merged"]
    assert all(REASON in one["text"] for one in told)
    [entry] = read(client, two.survivor, "/merges")["merges"]
    assert (entry["act"], entry["merged_number"], entry["surviving_number"], entry["reason"]) == (
        "merge",
        two.merged.account_number,
        two.survivor.account_number,
        REASON,
    )
    assert audits(*two) == []


def test_after_a_merge_either_number_signs_in_and_leads_results_to_the_account_that_goes_on(
    client: TestClient,
    provider: Provider,
    two: Two,
    post_result: Callable[..., Json],
    merge: Callable[..., Any],
    audits: Callable[..., list[str]],
) -> None:
    """A result that lies in the merged account already is a duplicate there, or a conflict."""
    first = post_result(two.merged)
    assert merge(two).status_code == 201
    for citizen in two:
        headers = {"Authorization": f"Bearer {sign_in(client, citizen.account_number)}"}
        assert client.get("/api/v1/accounts/me", headers=headers).json()["id"] == two.survivor.id
    later = post_result(two.merged, term="2015B")["id"]
    listed = read(client, two.survivor, "/outcomes")["outcomes"]
    [posted] = [one for one in listed if one["id"] == later]
    assert posted["stated"]["account_number"] == two.survivor.account_number
    for citizen in two:
        again = {**RESULT, "learner": {"account_number": citizen.account_number}}
        answer = client.post("/api/v1/outcomes", json=again, headers=provider.headers)
        assert (answer.status_code, answer.json()["id"]) == (200, first["id"])
        assert answer.json()["duplicate"] is True
        other = client.post(
            "/api/v1/outcomes", json={**again, "grade": "70"}, headers=provider.headers
        )
        assert (other.status_code, other.json()["code"]) == (409, "outcome-conflict")
        assert "grade" in other.json()["detail"]
    assert audits(*two) == []


def test_a_provider_s_own_number_leads_to_the_account_that_goes_on(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    merge: Callable[..., Any],
) -> None:
    """The school opened an account for somebody who had one; her password is the one she has."""
    stated = {"learner_number": "20230001", "name": "示例学习者", "birth_year": 1958}
    opened = client.post("/api/v1/accounts", json=stated, headers=provider.headers).json()
    two = Two(Citizen(opened["id"], opened["account_number"], ""), citizen)
    wrong_way = merge(Two(citizen, two.merged))
    assert (wrong_way.status_code, wrong_way.json()["code"]) == (409, "merge-into-claimed")
    assert merge(two).status_code == 201
    posted = client.post(
        "/api/v1/outcomes", json={**RESULT, "learner": "20230001"}, headers=provider.headers
    )
    assert posted.status_code == 201, posted.text
    assert [one["id"] for one in read(client, citizen, "/outcomes")["outcomes"]] == [
        posted.json()["id"]
    ]
    sign_in(client, two.merged.account_number)
    claim = {
        "code": opened["claim_code"],
        "name": "示例学习者",
        "birth_year": 1958,
        "password": PASSWORD,
    }
    assert client.post("/api/v1/account-claims", json=claim).json()["code"] == "claim-refused"


def test_undoing_a_merge_gives_both_accounts_back_and_leaves_what_was_posted_in_between(
    client: TestClient,
    two: Two,
    post_result: Callable[..., Json],
    merge: Callable[..., Any],
    part: Callable[..., Any],
    audits: Callable[..., list[str]],
) -> None:
    """They were two persons: neither sees the other's results, and passes over both end."""
    hers, others = post_result(two.merged)["id"], post_result(two.survivor, term="2014J")["id"]
    own_pass = share(client, two.merged, hers).json()["token"]
    before = {one: read(client, one) for one in two}
    assert merge(two).status_code == 201
    assert verdict(client, own_pass) == ("valid", None)
    assert len(read(client, two.survivor, "/outcomes")["outcomes"]) == 2
    over_both = share(client, two.survivor, hers, others).json()["token"]
    between = post_result(two.merged, term="2015B")["id"]
    parted = part(two)
    assert (parted.status_code, parted.json()["state"]) == (201, "open")
    for citizen, expected in ((two.merged, [hers]), (two.survivor, [others, between])):
        token = sign_in(client, citizen.account_number)
        again = Citizen(citizen.id, citizen.account_number, token)
        assert read(client, again) == before[citizen]
        assert outcomes_of(client, again) == expected
        acts = [one["act"] for one in read(client, again, "/merges")["merges"]]
        assert acts == ["merge", "part"]
    assert verdict(client, own_pass) == ("valid", None)
    assert verdict(client, over_both) == ("revoked", "share_ended")
    later = post_result(two.merged, term="2016B")["id"]
    assert outcomes_of(client, two.merged) == [hers, later]
    assert audits(*two) == []
    assert part(two).json()["code"] == "account-state-wrong"
    assert merge(two).status_code == 201
    assert audits(*two) == []


def test_merging_again_changes_nothing_and_a_merged_account_is_not_merged_on(
    two: Two,
    make_citizen: Callable[[], Citizen],
    post_result: Callable[..., Json],
    merge: Callable[..., Any],
    audits: Callable[..., list[str]],
) -> None:
    """Three accounts go on in one; a chain would not be undone step by step."""
    third = make_citizen()
    post_result(two.merged)
    same = post_result(third)["id"]
    first = merge(two).json()
    assert merge(two).json() == first
    assert merge(Two(two.survivor, third)).json()["code"] == "merge-has-merged"
    assert merge(Two(two.merged, third)).json()["code"] == "account-state-wrong"
    [once] = merge(Two(third, two.survivor)).json()["same_results"]
    assert once["outcome"] == same
    assert audits(*two, third) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_wrong_with_a_merge_is_named_and_changes_nothing(
    client: TestClient, two: Two, merging_director: dict[str, str], language: str
) -> None:
    """Field and remedy in either language."""
    headers = {**merging_director, "Accept-Language": language}
    number = two.survivor.account_number
    for account, body, wrong in (
        (two.merged.id, {"into": number, "reason": " "}, [("reason", "field-missing")]),
        (two.merged.id, {"into": "0", "reason": "无"}, [("into", "account-unknown")]),
        (two.survivor.id, {"into": number, "reason": "无"}, [("into", "merge-into-itself")]),
    ):
        path = f"/api/v1/accounts/{account}/merge"
        refused = client.post(path, json=body, headers=headers)
        assert refused.status_code == 422
        errors = refused.json()["errors"]
        assert [(one["field"], one["code"]) for one in errors] == wrong
        assert all(one["detail"] for one in errors)
    path = f"/api/v1/accounts/{two.merged.id}/parting"
    assert client.post(path, json={"reason": ""}, headers=headers).status_code == 422
    apart = client.post(path, json={"reason": "无"}, headers=headers).json()
    assert apart["code"] == "account-state-wrong"
    assert [read(client, one)["id"] for one in two] == [one.id for one in two]
    assert read(client, two.survivor, "/notices")["notices"] == []


def test_a_director_of_another_institution_merges_nothing(
    client: TestClient,
    provider: Provider,
    two: Two,
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Accounts are brought together by the bank; elsewhere they are alike unknown."""
    headers = make_staff(provider.institution, Role.DIRECTOR)
    body = {"into": two.survivor.account_number, "reason": "无"}
    refused = client.post(f"/api/v1/accounts/{two.merged.id}/merge", json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")


def test_accounts_are_merged_and_parted_at_the_command_line(
    bank: Bank, client: TestClient, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both acts name the account by its own number."""
    monkeypatch.setattr("api.cli.output.open_bank", lambda _settings: bank)
    monkeypatch.setattr(type(bank), "close", lambda _bank: None)

    def run(*arguments: str) -> Json:
        named = ["--account", two.merged.account_number, "--reason", "核对"]
        done = CliRunner().invoke(app, ["accounts", *arguments, *named, "--json"])
        assert done.exit_code == 0, done.output
        answer: Json = json.loads(done.stdout)
        return answer

    assert run("merge", "--into", two.survivor.account_number)["into"] == two.survivor.id
    assert read(client, two.merged)["id"] == two.survivor.id
    assert run("part") == {"account": two.merged.id, "state": "open"}
    assert read(client, two.merged)["id"] == two.merged.id
