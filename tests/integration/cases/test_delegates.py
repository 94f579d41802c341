"""Who acts for whom: guardians, helpers and clerks, over days that pass."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank, open_bank
from creditbank.conversion.days import civil_day
from creditbank.learners.identity_number import check_symbol
from creditbank.settings import Settings
from tests.fixtures.bank import Provider
from tests.fixtures.people import PASSWORD, Citizen, sign_in

Json = dict[str, Any]
Headers = dict[str, str]


class Clock:
    """A clock that is set on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Give the moment."""
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    """The bank's clock."""
    return Clock()


@pytest.fixture
def bank(settings: Settings, clock: Clock) -> Iterator[Bank]:
    """A bank whose days pass as the test says."""
    opened = open_bank(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def clerk(bank: Bank, make_staff: Callable[..., Headers]) -> Headers:
    """What authenticates a clerk at the bank's counter."""
    return make_staff(bank.installation.institution_id, Role.CLERK)


@pytest.fixture
def open_minor(client: TestClient, provider: Provider) -> Callable[[date], Json]:
    """Let the provider open accounts of learners by their day of birth."""

    def opened(born: date) -> Json:
        body = f"110101{born:%Y%m%d}001"
        stated = {
            "learner_number": body,
            "name": "示例学习者",
            "birth_year": born.year,
            "identity_number": body + check_symbol(body),
        }
        answer: Json = client.post("/api/v1/accounts", json=stated, headers=provider.headers).json()
        return answer

    return opened


def years_before(day: date, years: int) -> date:
    """Give the same day so many years earlier; of 29 February the day after."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


def again(client: TestClient, citizen: Citizen) -> Headers:
    """Sign in anew, for a token lives for an hour."""
    token = sign_in(client, citizen.account_number)
    return {"Authorization": f"Bearer {token}", "Accept-Language": "en"}


def claimed(client: TestClient, opened: Json, born: date) -> Headers:
    """Claim an account and sign in to it."""
    claim = {
        "code": opened["claim_code"],
        "name": "示例学习者",
        "birth_year": born.year,
        "password": PASSWORD,
    }
    assert client.post("/api/v1/account-claims", json=claim).status_code in {200, 201}
    token = sign_in(client, opened["account_number"])
    return {"Authorization": f"Bearer {token}", "Accept-Language": "en"}


def test_a_guardian_acts_for_a_minor_until_the_day_on_which_she_is_18(
    client: TestClient,
    clock: Clock,
    citizen: Citizen,
    clerk: Headers,
    open_minor: Callable[[date], Json],
) -> None:
    """It ends by itself, and she reads what was done for her."""
    born = years_before(civil_day(clock()) + timedelta(days=1), 18)
    minor = open_minor(born)
    account = f"/api/v1/accounts/{minor['id']}"
    body = {"kind": "guardian", "delegate": citizen.account_number}
    given = client.post(f"{account}/counter-delegations", json=body, headers=clerk)
    assert given.status_code == 201, given.text
    assert client.get(account, headers=citizen.headers).status_code == 200
    contact = {"kind": "phone", "contact": "021 5550 0100"}
    added = client.post(f"{account}/contacts", json=contact, headers=citizen.headers)
    assert added.status_code == 201
    clock.ahead = timedelta(days=1)
    guardian = again(client, citizen)
    assert client.get(account, headers=guardian).status_code == 404
    assert client.post(f"{account}/contacts", json=contact, headers=guardian).status_code == 404
    learner = claimed(client, minor, born)
    told = client.get("/api/v1/accounts/me/delegations", headers=learner).json()
    assert [(one["kind"], one["stands"]) for one in told["given"]] == [("guardian", False)]
    acts = client.get("/api/v1/accounts/me/acts", headers=learner).json()["acts"]
    assert [one["act"] for one in acts] == ["read", "contacts"]
    assert {one["delegation"] for one in acts} == {given.json()["id"]}


def test_a_guardian_is_entered_for_nobody_who_is_18_or_of_unknown_birth(
    client: TestClient,
    clock: Clock,
    provider: Provider,
    citizen: Citizen,
    clerk: Headers,
    open_minor: Callable[[date], Json],
) -> None:
    """An adult has a helper, whom she can send away."""
    adult = open_minor(years_before(civil_day(clock()), 18))["id"]
    unknown = client.post(
        "/api/v1/accounts", json={"learner_number": "5"}, headers=provider.headers
    ).json()["id"]
    body = {"kind": "guardian", "delegate": citizen.account_number}
    for account in (adult, unknown):
        path = f"/api/v1/accounts/{account}/counter-delegations"
        assert client.post(path, json=body, headers=clerk).json()["code"] == "guardian-not-possible"


def test_a_learner_under_14_does_not_send_her_guardian_away_and_one_of_14_does(
    client: TestClient,
    clock: Clock,
    citizen: Citizen,
    clerk: Headers,
    open_minor: Callable[[date], Json],
) -> None:
    """The guardian himself can end it at any age."""
    born = years_before(civil_day(clock()) + timedelta(days=1), 14)
    minor = open_minor(born)
    account = f"/api/v1/accounts/{minor['id']}"
    body = {"kind": "guardian", "delegate": citizen.account_number}
    given = client.post(f"{account}/counter-delegations", json=body, headers=clerk).json()["id"]
    path = f"/api/v1/accounts/me/delegations/{given}"
    refused = client.delete(path, headers=claimed(client, minor, born))
    assert refused.json()["code"] == "guardian-ends-it"
    clock.ahead = timedelta(days=1)
    token = sign_in(client, minor["account_number"])
    learner = {"Authorization": f"Bearer {token}"}
    assert client.delete(path, headers=learner).status_code == 204
    assert client.get(account, headers=again(client, citizen)).status_code == 404


def test_a_helper_does_what_he_was_given_until_either_ends_it(
    client: TestClient, make_citizen: Callable[[], Citizen]
) -> None:
    """Nobody else sees anything, and what he did is listed for her."""
    learner, helper = make_citizen(), make_citizen()
    body = {"kind": "helper", "delegate": helper.account_number, "acts": ["read"]}
    own = "/api/v1/accounts/me/delegations"
    given = client.post(own, json=body, headers=learner.headers).json()["id"]
    account = f"/api/v1/accounts/{learner.id}"
    assert client.get(f"{account}/outcomes", headers=helper.headers).status_code == 200
    contact = {"kind": "phone", "contact": "021 5550 0100"}
    beyond = client.post(f"{account}/contacts", json=contact, headers=helper.headers)
    assert beyond.status_code == 404
    held = client.get(own, headers=helper.headers).json()["held"]
    assert [(one["account"], one["stands"]) for one in held] == [(learner.id, True)]
    ended = client.delete(f"{account}/delegations/{given}", headers=helper.headers)
    assert ended.status_code == 204
    assert client.get(f"{account}/outcomes", headers=helper.headers).status_code == 404
    acts = client.get("/api/v1/accounts/me/acts", headers=learner.headers).json()["acts"]
    assert [one["act"] for one in acts] == ["read"]
    notices = client.get("/api/v1/accounts/me/notices", headers=learner.headers).json()["notices"]
    assert [one["subject"] for one in notices] == ["delegation-given", "delegation-ended"]


def test_a_clerk_acts_for_one_visit_and_it_ends_with_the_day(
    client: TestClient, bank: Bank, clock: Clock, citizen: Citizen,
    make_staff: Callable[..., Headers],
) -> None:  # fmt: skip
    """Without a visit she reads nothing of the account; a colleague never does."""
    clerk = make_staff(bank.installation.institution_id, Role.CLERK)
    colleague = make_staff(bank.installation.institution_id, Role.CLERK)
    account = f"/api/v1/accounts/{citizen.id}"
    assert client.get(account, headers=clerk).status_code == 404
    visit = {"kind": "counter"}
    begun = client.post(f"{account}/counter-delegations", json=visit, headers=clerk)
    assert begun.status_code == 201
    assert client.get(account, headers=clerk).status_code == 200
    assert client.get(account, headers=colleague).status_code == 404
    clock.ahead = timedelta(days=1)
    form = client.get(account, headers=clerk)
    assert form.status_code == 401, "her token is over too"
    told = client.get("/api/v1/accounts/me/delegations", headers=again(client, citizen)).json()
    assert [(one["kind"], one["stands"]) for one in told["given"]] == [("counter", False)]


def test_delegations_end_when_the_learner_is_deceased(
    client: TestClient,
    bank: Bank,
    make_citizen: Callable[[], Citizen],
    make_staff: Callable[..., Headers],
) -> None:
    """Nobody acts for the dead."""
    learner, helper = make_citizen(), make_citizen()
    body = {"kind": "helper", "delegate": helper.account_number}
    client.post("/api/v1/accounts/me/delegations", json=body, headers=learner.headers)
    account = f"/api/v1/accounts/{learner.id}"
    assert client.get(account, headers=helper.headers).status_code == 200
    director = make_staff(bank.installation.institution_id, Role.DIRECTOR)
    death = {"act": "record-death", "reason": "家属出示死亡证明", "died_on": "2026-01-02"}
    done = client.post(f"{account}/state-changes", json=death, headers=director)
    assert done.status_code == 201
    assert client.get(account, headers=helper.headers).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"kind": "guardian"}, "kind", "kind-unknown"),
        ({"delegate": "0123456789012340"}, "delegate", "delegate-wrong"),
        ({"acts": ["consent"]}, "acts", "acts-unknown"),
        ({"acts": []}, "acts", "acts-unknown"),
        ({"until": "2020-01-01"}, "until", "day-is-past"),
        ({"until": "morgen"}, "until", "date-unreadable"),
    ],
)
def test_a_delegation_that_cannot_be_is_refused_by_field_and_given_to_nobody(
    client: TestClient,
    make_citizen: Callable[[], Citizen],
    changes: Json,
    field: str,
    code: str,
) -> None:
    """A learner gives what a helper may do, and nothing that is another's to give."""
    learner, helper = make_citizen(), make_citizen()
    body = {"kind": "helper", "delegate": helper.account_number, **changes}
    path = "/api/v1/accounts/me/delegations"
    answer = client.post(path, json=body, headers=learner.headers).json()
    assert [(one["field"], one["code"]) for one in answer["errors"]] == [(field, code)]
    assert client.get(path, headers=learner.headers).json()["given"] == []
