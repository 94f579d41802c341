"""What happens to people while they have an account: cases from real offices, by HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from tests.fixtures.bank import Provider
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.people import PASSWORD, RESULT, Citizen
from tests.fixtures.terminal import Terminal

Json = dict[str, Any]


@pytest.fixture
def director(bank: Bank, make_staff: Callable[..., dict[str, str]]) -> dict[str, str]:
    """What authenticates the director of the bank."""
    return make_staff(bank.installation.institution_id, Role.DIRECTOR)


@pytest.fixture
def clerk(bank: Bank, make_staff: Callable[..., dict[str, str]]) -> dict[str, str]:
    """What authenticates a clerk at the bank's counter."""
    return make_staff(bank.installation.institution_id, Role.CLERK)


@pytest.fixture
def change(client: TestClient, director: dict[str, str]) -> Callable[..., Json]:
    """Let the director change a state: `change(citizen, "freeze")`."""

    def asked(citizen: Citizen, act: str, **stated: str) -> Json:
        body = {"act": act, "reason": "核对中", **stated}
        path = f"/api/v1/accounts/{citizen.id}/state-changes"
        answer: Json = client.post(path, json=body, headers=director).json()
        return answer

    return asked


def share(client: TestClient, citizen: Citizen, outcome: str) -> Any:
    """Ask for a pass."""
    body = {"outcomes": [outcome], "expires_at": EXPIRES}
    return client.post("/api/v1/passes", json=body, headers=citizen.headers)


def test_a_frozen_account_is_read_and_shown_and_nothing_new_is_done_in_it(
    client: TestClient,
    citizen: Citizen,
    post_result: Callable[..., Json],
    change: Callable[..., Json],
) -> None:
    """She is told why, and after the freeze everything goes on."""
    outcome = post_result(citizen)["id"]
    shared = share(client, citizen, outcome).json()
    assert change(citizen, "freeze")["state"] == "frozen"
    assert client.get("/api/v1/accounts/me", headers=citizen.headers).json()["state"] == "frozen"
    assert share(client, citizen, outcome).json()["code"] == "account-not-in-use"
    asked = {"rule": "class-hours", "outcomes": [outcome]}
    converted = client.post("/api/v1/conversions", json=asked, headers=citizen.headers)
    assert converted.json()["code"] == "account-not-in-use"
    seen = client.post("/api/v1/verify", json={"document": shared["token"]}).json()
    assert seen["verdict"] == "valid"
    [notice] = client.get("/api/v1/accounts/me/notices", headers=citizen.headers).json()["notices"]
    assert "核对中" in notice["text"]
    assert change(citizen, "unfreeze")["state"] == "open"
    assert share(client, citizen, outcome).status_code == 201
    told = client.get("/api/v1/accounts/me/state-changes", headers=citizen.headers).json()
    assert [(one["act"], one["reason"]) for one in told["changes"]] == [
        ("freeze", "核对中"),
        ("unfreeze", "核对中"),
    ]


def test_when_a_learner_is_deceased_passes_and_sign_in_end_and_earlier_results_are_recorded(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    post_result: Callable[..., Json],
    change: Callable[..., Json],
) -> None:
    """A result from before the death belongs to the record; one from after is a mistake."""
    shared = share(client, citizen, post_result(citizen)["id"]).json()
    assert change(citizen, "record-death", died_on="2015-03-01")["state"] == "deceased"
    seen = client.post("/api/v1/verify", json={"document": shared["token"]}).json()
    assert (seen["verdict"], seen["reason"]) == ("revoked", "share_ended")
    assert client.get("/api/v1/accounts/me", headers=citizen.headers).status_code == 401
    form = {"grant_type": "password", "username": citizen.account_number, "password": PASSWORD}
    assert client.post("/api/v1/token", data=form).json()["code"] == "sign-in-refused"
    post_result(citizen, term="2014J", awarded_on="2015-02")
    learner = {"account_number": citizen.account_number}
    late = {**RESULT, "learner": learner, "term": "2015B", "awarded_on": "2015-03-02"}
    refused = client.post("/api/v1/outcomes", json=late, headers=provider.headers)
    assert refused.status_code == 422
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [
        ("awarded_on", "later-than-account")
    ]
    assert change(citizen, "undo-death")["state"] == "open"
    assert client.get("/api/v1/accounts/me", headers=citizen.headers).status_code == 200
    seen = client.post("/api/v1/verify", json={"document": shared["token"]}).json()
    assert seen["verdict"] == "valid"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"act": "burn", "reason": "无"}, "act", "act-unknown"),
        ({"act": "freeze", "reason": " "}, "reason", "field-missing"),
        ({"act": "freeze", "reason": "无", "died_on": "2020-01-01"}, "died_on", "field-unknown"),
        ({"act": "record-death", "reason": "无"}, "died_on", "field-missing"),
        ({"act": "record-death", "reason": "无", "died_on": "2999-01-01"}, "died_on",
         "date-in-future"),
        ({"act": "record-death", "reason": "无", "died_on": "1.3.2015"}, "died_on",
         "date-unreadable"),
    ],
)  # fmt: skip
def test_a_change_of_state_that_cannot_be_is_refused_by_field_and_changes_nothing(
    client: TestClient,
    director: dict[str, str],
    citizen: Citizen,
    body: Json,
    field: str,
    code: str,
) -> None:
    """In both languages."""
    path = f"/api/v1/accounts/{citizen.id}/state-changes"
    for language in ("en", "zh"):
        headers = {**director, "Accept-Language": language}
        answer = client.post(path, json=body, headers=headers).json()
        assert [(one["field"], one["code"]) for one in answer["errors"]] == [(field, code)]
        assert answer["errors"][0]["detail"]
    assert client.get("/api/v1/accounts/me", headers=citizen.headers).json()["state"] == "open"


def test_a_state_is_not_left_twice(citizen: Citizen, change: Callable[..., Json]) -> None:
    """What was not frozen is not unfrozen."""
    assert change(citizen, "unfreeze")["code"] == "account-state-wrong"


def add_contact(client: TestClient, citizen: Citizen, kind: str, contact: str) -> Json:
    """Add a contact of a citizen's own."""
    answer: Json = client.post(
        "/api/v1/accounts/me/contacts",
        json={"kind": kind, "contact": contact},
        headers=citizen.headers,
    ).json()
    return answer


def test_a_learner_without_phone_or_identity_number_does_everything(
    client: TestClient, citizen: Citizen, post_result: Callable[..., Json]
) -> None:
    """Opening asks for neither; she signs in by her account number and shows what she learned."""
    outcome = post_result(citizen)["id"]
    assert share(client, citizen, outcome).status_code == 201
    own = client.get("/api/v1/accounts/me/contacts", headers=citizen.headers).json()
    assert own == {"contacts": []}


def test_two_learners_share_one_phone_number_and_neither_finds_the_other(
    client: TestClient, make_citizen: Callable[[], Citizen], clerk: dict[str, str]
) -> None:
    """A couple with one phone are two people; the check of one says nothing of the other."""
    both = [make_citizen(), make_citizen()]
    added = [add_contact(client, one, "phone", "021 5550 0100")["id"] for one in both]
    path = f"/api/v1/accounts/{both[0].id}/contacts/{added[0]}/check"
    assert client.post(path, json={"how": "called"}, headers=clerk).status_code == 204
    checked = [
        client.get("/api/v1/accounts/me/contacts", headers=one.headers).json()["contacts"][0]
        for one in both
    ]
    assert [one["checked_how"] for one in checked] == ["called", None]
    levels = [
        client.get("/api/v1/accounts/me", headers=one.headers).json()["identity_level"]
        for one in both
    ]
    assert levels == [1, 0]
    other = f"/api/v1/accounts/{both[1].id}/contacts/{added[0]}/check"
    assert client.post(other, json={"how": "called"}, headers=clerk).status_code == 404


def test_the_level_falls_with_the_last_checked_contact_and_audits_agree(
    client: TestClient, bank: Bank, citizen: Citizen, clerk: dict[str, str]
) -> None:
    """Who takes the checked phone away is no longer reached by anything that was checked."""
    contact = add_contact(client, citizen, "email", "learner@example.org")["id"]
    path = f"/api/v1/accounts/{citizen.id}/contacts/{contact}"
    assert client.post(f"{path}/check", json={"how": "seen"}, headers=clerk).status_code == 204
    with bank.readers.snapshot() as connection:
        assert audit_bank(connection, bank.keystore, bank.evidence, bank.trust).is_sound
    assert client.delete(path, headers=citizen.headers).status_code == 204
    own = client.get("/api/v1/accounts/me", headers=citizen.headers).json()
    assert own["identity_level"] == 0
    with bank.readers.snapshot() as connection:
        assert audit_bank(connection, bank.keystore, bank.evidence, bank.trust).is_sound


def test_a_service_point_serves_a_learner_whom_another_opened(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    clerk: dict[str, str],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """From the day on, its clerk finds her; a later one ends it the day before."""
    near = make_staff(provider.institution, Role.CLERK)
    account = f"/api/v1/accounts/{citizen.id}"
    assert client.get(f"{account}/notices/undelivered", headers=near).status_code == 404
    today = civil_day(datetime.now(UTC)).isoformat()
    for day, by in ((today, clerk), ("2999-01-01", near)):
        body = {"institution": provider.institution, "from": day}
        assert client.post(f"{account}/service-points", json=body, headers=by).status_code == 204
    assert client.get(f"{account}/notices/undelivered", headers=near).status_code == 200
    own = client.get("/api/v1/accounts/me/service-points", headers=citizen.headers).json()
    assert [(one["from"], one["until"]) for one in own["service_points"]] == [
        (today, "2998-12-31"),
        ("2999-01-01", None),
    ]


@pytest.mark.parametrize(
    ("kind", "contact", "field"),
    [
        ("pager", "1", "kind"),
        ("phone", "call me", "contact"),
        ("phone", "０２１ ５５５０", "contact"),
        ("email", "learner at example", "contact"),
        ("email", f"{'x' * 64}@{'y' * 200}.org", "contact"),
    ],
)
def test_what_is_no_contact_is_refused_by_field(
    client: TestClient, citizen: Citizen, kind: str, contact: str, field: str
) -> None:
    """Nothing is added."""
    refused = add_contact(client, citizen, kind, contact)
    assert [one["field"] for one in refused["errors"]] == [field]
    own = client.get("/api/v1/accounts/me/contacts", headers=citizen.headers).json()
    assert own == {"contacts": []}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"from": "1.3.2026"}, "from", "date-unreadable"),
        ({"from": "2020-01-01"}, "from", "day-is-past"),
        ({"institution": "inst-none"}, "institution", "institution-unknown"),
    ],
)
def test_a_service_point_that_cannot_be_is_refused_by_field(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    clerk: dict[str, str],
    changes: Json,
    field: str,
    code: str,
) -> None:
    """Nothing is set."""
    body = {"institution": provider.institution, "from": "2999-01-01", **changes}
    path = f"/api/v1/accounts/{citizen.id}/service-points"
    answer = client.post(path, json=body, headers=clerk).json()
    assert [(one["field"], one["code"]) for one in answer["errors"]] == [(field, code)]


def test_the_command_line_freezes_and_records_a_death_as_the_doors_do(
    client: TestClient, citizen: Citizen, terminal: Terminal
) -> None:
    """An operator without a browser, with the same reasons and refusals."""
    stated = ("--account", citizen.account_number, "--reason", "核对中")

    def state(*arguments: str) -> str:
        return str(terminal.answer("accounts", *arguments, *stated)["state"])

    assert state("freeze") == "frozen"
    assert client.get("/api/v1/accounts/me", headers=citizen.headers).json()["state"] == "frozen"
    assert state("unfreeze") == "open"
    assert state("deceased", "--died-on", "2026-01-02") == "deceased"
    assert state("deceased", "--undo") == "open"
    refused = terminal.run("accounts", "unfreeze", *stated)
    assert refused.exit_code == 1
    assert "account-state-wrong" in refused.stderr
