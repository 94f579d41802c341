"""People and programs exchange what they know for a bearer token that is never wider than it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from creditbank.access.api_keys import RevokeApiKey
from creditbank.access.tokens import LIFETIME
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.people import PASSWORD, Citizen

OUTCOME = "/api/v1/outcomes/00000000000000000000000000000000"


def key_parts(provider: Provider) -> tuple[str, str]:
    """Give the id and the secret within an API key."""
    _, key_id, secret = provider.api_key.split("_", 2)
    return key_id, secret


def bearer(answer: Any) -> dict[str, str]:
    """Give the header of a token that was just given out."""
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_a_person_signs_in_with_account_number_and_password(
    client: TestClient, citizen: Citizen
) -> None:
    """The number may be typed with spaces, as it is printed."""
    number = " ".join(citizen.account_number[at : at + 4] for at in range(0, 16, 4))
    form = {"grant_type": "password", "username": number, "password": PASSWORD}
    answer = client.post("/api/v1/token", data=form)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == LIFETIME.total_seconds()
    assert client.get("/api/v1/accounts/me", headers=bearer(answer)).status_code == 200


@pytest.mark.parametrize("username", ["nobody", "administrator", "1234567890123456", None])
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(
    username: str | None, client: TestClient, citizen: Citizen
) -> None:
    """An answer tells nothing about which accounts there are."""
    form = {"grant_type": "password", "password": "some other one"}
    answer = client.post(
        "/api/v1/token", data={**form, "username": username or citizen.account_number}
    )
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"
    assert answer.json()["code"] == "sign-in-refused"


def test_a_program_gets_a_token_by_client_credentials_in_either_place(
    client: TestClient, provider: Provider
) -> None:
    """By HTTP Basic, or in the form (RFC 6749, section 2.3.1)."""
    key_id, secret = key_parts(provider)
    grant = {"grant_type": "client_credentials"}
    in_form = {**grant, "client_id": key_id, "client_secret": secret}

    by_basic = client.post("/api/v1/token", data=grant, auth=(key_id, secret))
    by_form = client.post("/api/v1/token", data=in_form)
    by_whole_key = client.post("/api/v1/token", data={**in_form, "client_secret": provider.api_key})

    for answer in (by_basic, by_form, by_whole_key):
        assert client.get(OUTCOME, headers=bearer(answer)).status_code == 404


@pytest.mark.parametrize("wrong", ["id", "secret"])
def test_wrong_client_credentials_are_refused(
    wrong: str, client: TestClient, provider: Provider
) -> None:
    """As OAuth clients expect it."""
    key_id, secret = key_parts(provider)
    parts = ("0" * 12, secret) if wrong == "id" else (key_id, secret[::-1])
    answer = client.post("/api/v1/token", data={"grant_type": "client_credentials"}, auth=parts)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_token_may_be_narrower_but_not_wider_than_its_key(
    client: TestClient, provider: Provider
) -> None:
    """A program that only reads asks for a token that only reads."""
    grant = {"grant_type": "client_credentials"}
    parts = key_parts(provider)
    narrow = client.post("/api/v1/token", data={**grant, "scope": "outcomes:read"}, auth=parts)
    wide = client.post("/api/v1/token", data={**grant, "scope": "account:own"}, auth=parts)

    assert client.get(OUTCOME, headers=bearer(narrow)).status_code == 404
    posted = client.post("/api/v1/accounts", json={"learner_number": "1"}, headers=bearer(narrow))
    assert (posted.status_code, posted.json()["code"]) == (403, "forbidden")
    assert (wide.status_code, wide.json()["error"]) == (400, "invalid_scope")


def test_a_token_ends_when_it_is_given_back(client: TestClient, citizen: Citizen) -> None:
    """At once, and a second time changes nothing."""
    assert client.delete("/api/v1/token", headers=citizen.headers).status_code == 204
    assert client.delete("/api/v1/token", headers=citizen.headers).status_code == 204
    assert client.get("/api/v1/accounts/me", headers=citizen.headers).status_code == 401


def test_a_token_ends_with_its_api_key(client: TestClient, provider: Provider, bank: Bank) -> None:
    """A leaked key is revoked once."""
    key_id, secret = key_parts(provider)
    token = client.post(
        "/api/v1/token", data={"grant_type": "client_credentials"}, auth=(key_id, secret)
    )
    bank.writer.write(RevokeApiKey(institution_id=provider.institution, key_id=key_id))

    for headers in (provider.headers, bearer(token)):
        assert client.get(OUTCOME, headers=headers).status_code == 401


def test_a_token_ends_after_its_hour(bank: Bank, citizen: Citizen) -> None:
    """By the bank's own clock."""
    later = replace(bank, clock=lambda: bank.clock() + LIFETIME - timedelta(seconds=5))
    too_late = replace(bank, clock=lambda: bank.clock() + LIFETIME + timedelta(seconds=1))
    for at, status in ((later, 200), (too_late, 401)):
        with TestClient(create_app(at)) as client:
            answer = client.get("/api/v1/accounts/me", headers=citizen.headers)
            assert answer.status_code == status


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "grant_type"),
        ({"grant_type": "implicit"}, "grant_type"),
        ({"grant_type": "password", "username": "x"}, "password"),
        ({"grant_type": "client_credentials", "client_id": "x"}, "client_secret"),
        ({"grant_type": "password", "scope": "everything"}, "scope"),
    ],
)
def test_what_is_wrong_in_a_request_for_a_token_is_named(
    form: dict[str, str], field: str, client: TestClient
) -> None:
    """By field, with the remedy."""
    answer = client.post("/api/v1/token", data=form)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
