"""Three ways to end: an account is closed, limited or erased; cases from real offices, by HTTP."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.closures.retention import read_retention
from creditbank.errors import Misconfigured
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.endings import ask, erase, share, verdict
from tests.fixtures.people import RESULT, Citizen

Json = dict[str, Any]
Post = Callable[..., Json]


def test_a_closed_account_is_hidden_and_opens_again_with_everything_in_it(
    client: TestClient, citizen: Citizen, post_result: Post
) -> None:
    """Closing destroys nothing."""
    outcome = post_result(citizen)["id"]
    token = share(client, citizen, outcome).json()["token"]
    assert ask(client, "POST", "closure", citizen).json()["state"] == "closed"
    assert verdict(client, token) != "valid"
    assert share(client, citizen, outcome).status_code == 409
    assert ask(client, "DELETE", "closure", citizen).json()["state"] == "open"
    assert verdict(client, token) == "valid"
    listed = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
    assert [one["id"] for one in listed["outcomes"]] == [outcome]


def test_a_limited_account_is_kept_and_nothing_is_done_with_it(
    client: TestClient, provider: Provider, citizen: Citizen, post_result: Post
) -> None:
    """Nobody reads, shows or adds; who posts is told nothing about her; then all goes on."""
    outcome = post_result(citizen)["id"]
    token = share(client, citizen, outcome).json()["token"]
    assert ask(client, "POST", "limit", citizen).json()["state"] == "limited"
    read = client.get(f"/api/v1/outcomes/{outcome}", headers=provider.headers)
    assert (read.status_code, read.json()["code"]) == (409, "record-at-rest")
    learner = {"account_number": citizen.account_number}
    stated = {**RESULT, "term": "2015J", "learner": learner}
    posted = client.post("/api/v1/outcomes", json=stated, headers=provider.headers)
    assert (posted.status_code, posted.json()["code"]) == (409, "learner-not-taken")
    assert "limit" not in posted.text.replace("ratelimit", "").casefold()
    assert verdict(client, token) != "valid"
    assert share(client, citizen, outcome).status_code == 409
    assert ask(client, "DELETE", "limit", citizen).json()["state"] == "open"
    assert verdict(client, token) == "valid"
    assert client.post("/api/v1/outcomes", json=stated, headers=provider.headers).is_success


def test_who_asks_for_erasure_is_told_what_goes_and_stays_and_calls_it_off(
    bank: Bank, client: TestClient, citizen: Citizen, post_result: Post
) -> None:
    """In her language, with fifteen days to think."""
    post_result(citizen)
    told = ask(client, "GET", "erasure", citizen).json()
    assert told["counts"]["outcome"] == 1
    assert told["due_day"] is None
    asked = client.post(
        "/api/v1/accounts/me/erasure", headers={**citizen.headers, "Accept-Language": "zh"}
    )
    assert asked.status_code == 201
    assert "永久删除" in asked.json()["goes"]
    assert ask(client, "POST", "erasure", citizen).json()["due_day"] == asked.json()["due_day"]
    assert erase(bank, days=14) == 0
    assert ask(client, "DELETE", "erasure", citizen).status_code == 204
    assert erase(bank) == 0
    assert ask(client, "GET", "erasure", citizen).json()["counts"]["outcome"] == 1


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings of a bank that must keep degree records for a year, where the test says so."""
    if "retained" not in request.fixturenames:
        return settings
    file = tmp_path / "retention.yaml"
    file.write_text(
        "- {class: formal, days: '365', because: {zh: 学籍管理规定, en: rules on enrolment}}\n",
        "utf-8",
    )
    return settings.model_copy(update={"retention_file": file})


@pytest.fixture
def retained() -> None:
    """Asks for the retention rule."""


@pytest.mark.usefixtures("retained")
@pytest.mark.parametrize(("language", "words"), [("en", "can be limited"), ("zh", "限制处理")])
def test_what_must_still_be_kept_is_not_erased_and_the_answer_says_until_when(
    client: TestClient, citizen: Citizen, post_result: Post, language: str, words: str
) -> None:
    """With the reason, and with what she can ask for instead."""
    post_result(citizen)
    held = ask(client, "GET", "erasure", citizen).json()["held"]
    assert [one["because"] for one in held] == ["rules on enrolment"]
    refused = client.post(
        "/api/v1/accounts/me/erasure",
        headers={**citizen.headers, "Accept-Language": language},
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "erasure-held")
    assert held[0]["until"] in refused.json()["detail"]
    assert words in refused.json()["detail"]
    assert ask(client, "GET", "erasure", citizen).json()["due_day"] is None


def test_a_list_of_retention_rules_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    """An operator's slip must not erase what has to be kept."""
    file = tmp_path / "retention.yaml"
    file.write_text("- {class: formal, days: soon, because: {zh: 甲, en: a}}\n", "utf-8")
    with pytest.raises(Misconfigured, match=r"retention\.yaml"):
        read_retention(file)


def test_nobody_is_erased_while_something_that_she_asked_for_waits(
    client: TestClient, provider: Provider, citizen: Citizen
) -> None:
    """It would be lost with her; the answer names the matter."""
    missing = {
        "kind": "missing_result",
        "institution": provider.institution,
        "course": "BBB",
        "term": "2014B",
        "text": "成绩未见",
    }
    matter = ask(client, "POST", "matters", citizen, **missing).json()["id"]
    refused = ask(client, "POST", "erasure", citizen)
    assert (refused.status_code, refused.json()["code"]) == (409, "erasure-case-open")
    assert matter in refused.json()["detail"]
    assert ask(client, "GET", "erasure", citizen).json()["due_day"] is None


def test_what_came_during_the_cooling_off_is_not_erased_unseen(
    client: TestClient, bank: Bank, provider: Provider, citizen: Citizen
) -> None:
    """On the day it is looked again; it waits, she is told until when, and may call it off."""
    assert ask(client, "POST", "erasure", citizen).status_code == 201
    missing = {
        "kind": "missing_result",
        "institution": provider.institution,
        "course": "BBB",
        "term": "2014B",
        "text": "未见成绩",
    }
    matter = ask(client, "POST", "matters", citizen, **missing)
    assert matter.status_code == 201, matter.text
    assert erase(bank) == 0
    assert ask(client, "GET", "matters", citizen).json()["matters"][0]["state"] == "open"
    notice = ask(client, "GET", "notices", citizen).json()["notices"][-1]
    assert notice["subject"] == "erasure-postponed"
    path = f"matters/{matter.json()['id']}/withdrawal"
    assert ask(client, "POST", path, citizen).is_success
    assert erase(bank, days=16) == 0
    assert erase(bank, days=23) == 1
