"""Verifiers by other people judge credentials that are listed by their ids, too, once revoked.

They know the context of the further entry and go by the bits before it: none reads the list.
"""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.people import Citizen
from tests.interop.test_credentials import judge

ORIGIN = "http://bank.test"
LISTS = ("/status/revocation-1", "/status/suspension-1")


@pytest.fixture
def documents(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    provider: Provider,
    post_result: Callable[..., dict[str, Any]],
) -> dict[str, Any]:
    """A good one and a revoked one, of a bank that offers the list."""
    offered = bank.settings.model_copy(update={"revocation_list": True})
    object.__setattr__(bank, "settings", offered)
    found = {}
    for what in ("good", "revoked"):
        outcome = post_result(citizen, term=what)["id"]
        body = {"outcome": outcome}
        made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
        found[what] = client.get(made["url"].removeprefix(ORIGIN)).json()
    why = {"status": "revoked", "reason": "复核"}
    path = f"/api/v1/outcomes/{outcome}/revocation"
    assert client.post(path, json=why, headers=provider.headers).status_code == 201
    return found


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
def test_the_good_one_is_accepted_and_the_revoked_one_is_not(
    client: TestClient, documents: dict[str, Any]
) -> None:
    """Its id is no link, and its status has an entry of a type that they leave alone."""
    answers = {ORIGIN + path: client.get(path).json() for path in LISTS}
    answers["https://bank.test/.well-known/did.json"] = client.get("/.well-known/did.json").json()
    cases = [
        {"name": name, "verifier": verifier, "document": document}
        for verifier in ("digitalbazaar", "verifier-core")
        for name, document in documents.items()
    ]
    said = judge(answers, cases)
    for one in said:
        assert documents[one["name"]]["id"].startswith("urn:uuid:")
        assert one["accepted"] is (one["name"] == "good"), one
    assert {one["verifier"] for one in said} == {"digitalbazaar", "verifier-core"}
