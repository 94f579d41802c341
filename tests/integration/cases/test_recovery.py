"""A citizen who lost her password at a counter: two of the staff, and a code on paper."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.cli.main import app
from creditbank.access.actor import LOGIN_PREFIX
from creditbank.access.logins import CreateStaffLogin
from creditbank.access.roles import Role, scopes_of
from creditbank.bank import Bank
from tests.fixtures.people import PASSWORD, Citizen, sign_in, staff_password_hash

Json = dict[str, Any]
NEW_PASSWORD = "another long one"


@pytest.fixture
def clerks(bank: Bank, make_staff: Callable[..., dict[str, str]]) -> list[dict[str, str]]:
    """What authenticates two clerks at the bank's counter."""
    return [make_staff(bank.installation.institution_id, Role.CLERK) for _ in range(2)]


@pytest.fixture
def start(client: TestClient, clerks: list[dict[str, str]]) -> Callable[[Citizen], Json]:
    """Let the first clerk start a recovery."""

    def started(citizen: Citizen) -> Json:
        path = f"/api/v1/accounts/{citizen.id}/recoveries"
        answer = client.post(path, json={"document": "居民身份证"}, headers=clerks[0])
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    return started


@pytest.fixture
def confirm(client: TestClient, clerks: list[dict[str, str]]) -> Callable[[Citizen, str], Json]:
    """Let the second clerk confirm it; gives the answer's document."""

    def confirmed(citizen: Citizen, recovery: str) -> Json:
        path = f"/api/v1/accounts/{citizen.id}/recoveries/{recovery}/confirmation"
        answer: Json = client.post(path, headers=clerks[1]).json()
        return answer

    return confirmed


@pytest.fixture
def staff_names(bank: Bank) -> list[str]:
    """The login names of two clerks of the bank."""
    for name in ("clerk-1", "clerk-2"):
        command = CreateStaffLogin(
            name=name,
            password_hash=staff_password_hash(),
            institution_id=bank.installation.institution_id,
            scopes=scopes_of(Role.CLERK),
        )
        bank.writer.write(command)
    return ["clerk-1", "clerk-2"]


def reset(client: TestClient, citizen: Citizen, code: str, password: str = NEW_PASSWORD) -> Any:
    """Set a new password by a code."""
    body = {"account_number": citizen.account_number, "code": code, "password": password}
    return client.post("/api/v1/account-recoveries", json=body)


def test_who_lost_her_password_sets_a_new_one_with_a_code_that_two_of_the_staff_gave(
    client: TestClient,
    citizen: Citizen,
    start: Callable[[Citizen], Json],
    confirm: Callable[[Citizen, str], Json],
    clerks: list[dict[str, str]],
) -> None:
    """Whoever was signed in is signed out, and she reads which two persons did it."""
    for kind, contact in (("phone", "021 5550 0100"), ("email", "learner@example.org")):
        stated = {"kind": kind, "contact": contact}
        client.post("/api/v1/accounts/me/contacts", json=stated, headers=citizen.headers)
    started = start(citizen)
    assert [(one["channel"], one["contact"]) for one in started["to_tell"]] == [
        ("phone", "021 5550 0100"),
        ("email", "learner@example.org"),
    ]
    undelivered = f"/api/v1/accounts/{citizen.id}/notices/undelivered"
    waiting = client.get(undelivered, headers=clerks[0]).json()["notices"]
    assert {one["id"] for one in waiting} == {one["notice"] for one in started["to_tell"]}
    assert any("021 5550 0100" in one["text"] for one in waiting)
    code = confirm(citizen, started["id"])["code"]
    answer = reset(client, citizen, code.lower().replace("-", " "))
    assert answer.json() == {"id": citizen.id, "account_number": citizen.account_number}
    assert client.get("/api/v1/accounts/me", headers=citizen.headers).status_code == 401
    form = {"grant_type": "password", "username": citizen.account_number, "password": PASSWORD}
    assert client.post("/api/v1/token", data=form).json()["code"] == "sign-in-refused"
    headers = {"Authorization": f"Bearer {sign_in(client, citizen.account_number, NEW_PASSWORD)}"}
    [told] = client.get("/api/v1/accounts/me/recoveries", headers=headers).json()["recoveries"]
    assert (told["state"], told["document"]) == ("used", "居民身份证")
    assert told["started_by"].startswith(LOGIN_PREFIX)
    assert told["confirmed_by"].startswith(LOGIN_PREFIX)
    assert told["started_by"] != told["confirmed_by"]
    notices = client.get("/api/v1/accounts/me/notices", headers=headers).json()["notices"]
    assert [one["subject"] for one in notices] == ["recovery-started", "password-recovered"]
    assert reset(client, citizen, code).json()["code"] == "recovery-refused"


def test_who_started_a_recovery_does_not_confirm_it(
    client: TestClient,
    citizen: Citizen,
    start: Callable[[Citizen], Json],
    confirm: Callable[[Citizen, str], Json],
    clerks: list[dict[str, str]],
) -> None:
    """One clerk alone opens nobody's account; confirming twice gives no second code."""
    recovery = start(citizen)["id"]
    path = f"/api/v1/accounts/{citizen.id}/recoveries/{recovery}/confirmation"
    alone = client.post(path, headers={**clerks[0], "Accept-Language": "zh"})
    assert (alone.status_code, alone.json()["code"]) == (409, "recovery-needs-another")
    assert "另一名工作人员" in alone.json()["detail"]
    assert "code" in confirm(citizen, recovery)
    assert confirm(citizen, recovery)["code"] == "recovery-over"


def test_three_wrong_codes_lock_the_recovery_and_not_the_account(
    client: TestClient,
    citizen: Citizen,
    start: Callable[[Citizen], Json],
    confirm: Callable[[Citizen, str], Json],
) -> None:
    """Her old password opens the account still, and a new recovery gives a new code."""
    code = confirm(citizen, start(citizen)["id"])["code"]
    for _ in range(3):
        assert reset(client, citizen, "AAAA-AAAA-AAAA-AAAA").json()["code"] == "recovery-refused"
    assert reset(client, citizen, code).json()["code"] == "recovery-refused"
    sign_in(client, citizen.account_number)
    again = confirm(citizen, start(citizen)["id"])["code"]
    assert reset(client, citizen, again).status_code == 201


def test_a_code_holds_for_seven_days(
    bank: Bank,
    client: TestClient,
    citizen: Citizen,
    start: Callable[[Citizen], Json],
    confirm: Callable[[Citizen, str], Json],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A paper that was found later opens nothing."""
    code = confirm(citizen, start(citizen)["id"])["code"]
    later = bank.clock() + timedelta(days=7, minutes=1)
    monkeypatch.setattr(bank.writer._transactions, "_clock", lambda: later)  # noqa: SLF001
    assert reset(client, citizen, code).json()["code"] == "recovery-refused"


def test_a_learner_ends_a_recovery_that_she_did_not_want(
    client: TestClient,
    citizen: Citizen,
    start: Callable[[Citizen], Json],
    confirm: Callable[[Citizen, str], Json],
) -> None:
    """She was told at once, and the code on paper opens nothing; nobody else's can be ended."""
    recovery = start(citizen)["id"]
    code = confirm(citizen, recovery)["code"]
    path = f"/api/v1/accounts/me/recoveries/{recovery}"
    assert client.delete(path, headers=citizen.headers).status_code == 204
    assert reset(client, citizen, code).json()["code"] == "recovery-refused"
    assert client.delete(path, headers=citizen.headers).json()["code"] == "recovery-over"
    assert client.get("/api/v1/accounts/me", headers=citizen.headers).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("document", "code"), [(" ", "field-missing"), ("证\u202e件", "text-control-character")]
)
def test_what_document_was_seen_must_be_said(
    client: TestClient,
    citizen: Citizen,
    clerks: list[dict[str, str]],
    document: str,
    code: str,
    language: str,
) -> None:
    """The refusal names the field in either language, and nothing was started."""
    path = f"/api/v1/accounts/{citizen.id}/recoveries"
    headers = {**clerks[0], "Accept-Language": language}
    refused = client.post(path, json={"document": document}, headers=headers)
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("document", code)
    assert error["detail"]
    started = client.get("/api/v1/accounts/me/recoveries", headers=citizen.headers).json()
    assert started["recoveries"] == []


def test_bad_tries_to_set_a_password_change_nothing(
    client: TestClient,
    citizen: Citizen,
    start: Callable[[Citizen], Json],
    confirm: Callable[[Citizen, str], Json],
) -> None:
    """A short password costs no try; an unknown account and one without a code answer alike."""
    assert reset(client, citizen, "x").json()["code"] == "recovery-refused"
    code = confirm(citizen, start(citizen)["id"])["code"]
    for _ in range(4):
        short = reset(client, citizen, code, "short").json()
        assert [one["field"] for one in short["errors"]] == ["password"]
    stranger = Citizen("", "0123456789012340", "")
    assert reset(client, stranger, code).json()["code"] == "recovery-refused"
    assert reset(client, citizen, code).status_code == 201


def test_an_unclaimed_account_is_claimed_and_not_recovered(
    client: TestClient, provider: Any, clerks: list[dict[str, str]]
) -> None:
    """Nobody signs in to it, so that there is no password to lose."""
    opened = client.post(
        "/api/v1/accounts", json={"learner_number": "7"}, headers=provider.headers
    ).json()
    path = f"/api/v1/accounts/{opened['id']}/recoveries"
    refused = client.post(path, json={"document": "护照"}, headers=clerks[0])
    assert refused.json()["code"] == "account-not-recoverable"


def test_two_of_the_staff_recover_an_account_at_the_command_line(
    bank: Bank,
    client: TestClient,
    citizen: Citizen,
    staff_names: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is asked for the password, which stands in no list of processes."""
    monkeypatch.setattr("api.cli.output.open_bank", lambda _settings: bank)
    monkeypatch.setattr(type(bank), "close", lambda _bank: None)

    def run(staff: str, *arguments: str) -> Any:
        asked = ["recoveries", *arguments, "--account", citizen.account_number, "--json"]
        return CliRunner().invoke(app, [*asked, "--login", staff], input=f"{PASSWORD}\n")

    begun = run(staff_names[0], "start", "--document", "居民身份证")
    recovery = json.loads(begun.stdout)["recovery"]
    assert run(staff_names[0], "confirm", "--recovery", recovery).exit_code == 1
    code = json.loads(run(staff_names[1], "confirm", "--recovery", recovery).stdout)["code"]
    assert reset(client, citizen, code).status_code == 201
