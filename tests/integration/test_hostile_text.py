"""A NUL character, which PostgreSQL cannot store, is refused before anything asks for it."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.fixtures.bank import Provider
from tests.fixtures.people import RESULT, Citizen

NUL = "a\0b"


def test_in_an_address_it_names_nothing(
    client: TestClient, provider: Provider, citizen: Citizen
) -> None:
    """On either engine."""
    for path in ("outcomes/a%00b", "outcome-batches/a%00b", "rules/a%00b/1"):
        assert client.get(f"/api/v1/{path}", headers=provider.headers).status_code == 404
    for path in ("passes/a%00b", "conversions/a%00b", "accounts/a%00b"):
        assert client.get(f"/api/v1/{path}", headers=citizen.headers).status_code == 404


@pytest.mark.parametrize("field", ["username", "password", "client_id", "client_secret", "scope"])
def test_in_a_sign_in_it_is_named(field: str, client: TestClient) -> None:
    """Without any key one can ask this."""
    form = {"grant_type": "password", "username": "x", "password": "y", field: NUL}
    answer = client.post("/api/v1/token", data=form)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("passes", {"outcomes": [NUL], "expires_at": "2027-01-01T00:00:00Z"}, "outcomes.0"),
        ("conversions", {"rule": NUL, "outcomes": ["x"]}, "rule"),
        ("conversions/preview", {"rule": "x", "outcomes": [NUL]}, "outcomes.0"),
    ],
)
def test_in_a_citizens_request_it_is_named(
    path: str, body: dict[str, Any], field: str, client: TestClient, citizen: Citizen
) -> None:
    """And no other command of the same moment is disturbed."""
    answer = client.post(f"/api/v1/{path}", json=body, headers=citizen.headers)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("field", ["course", "term", "result", "grade", "credits", "learner"])
def test_in_a_result_it_is_named(field: str, client: TestClient, provider: Provider) -> None:
    """Whatever the field."""
    body = {**RESULT, "learner": "1", field: NUL}
    answer = client.post("/api/v1/outcomes", json=body, headers=provider.headers)
    assert answer.status_code == 422
