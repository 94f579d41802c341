"""Claims of accounts by what is known of a learner, and not by what was first written of her."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.fixtures.bank import Provider
from tests.fixtures.people import PASSWORD

IDENTITY_NUMBER = "11010519491231002X"


def claimed(client: TestClient, code: str, name: str, birth_year: int) -> int:
    """Claim an account, and give the status of the answer."""
    stated = {"code": code, "name": name, "birth_year": birth_year, "password": PASSWORD}
    return client.post("/api/v1/account-claims", json=stated).status_code


def seen_by_a_clerk(
    client: TestClient, account: str, clerk: dict[str, str], **said: object
) -> None:
    """Let a clerk record the identity card of a learner."""
    seen = {"type": "identity_card", "number": IDENTITY_NUMBER, "checked": "original_seen", **said}
    answer = client.post(f"/api/v1/accounts/{account}/documents", json=seen, headers=clerk)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(("name", "status"), [("张姗", 201), ("张珊", 201), ("张三", 403)])
def test_a_claim_takes_every_name_that_she_is_known_by(
    name: str,
    status: int,
    open_account: Callable[..., dict[str, Any]],
    client: TestClient,
    clerk: dict[str, str],
) -> None:
    """The school misspelt it, her card shows the true one; the letter was written to either."""
    opened = open_account(learner_number="1", name="张珊", birth_year=1949)
    seen_by_a_clerk(client, opened["id"], clerk, name="张姗", name_changed=True)
    assert claimed(client, opened["claim_code"], name, 1949) == status


@pytest.mark.parametrize("stated", [None, 1948])
def test_a_claim_takes_the_year_of_birth_of_a_document_that_was_seen(
    stated: int | None,
    open_account: Callable[..., dict[str, Any]],
    client: TestClient,
    provider: Provider,
    clerk: dict[str, str],
) -> None:
    """An opening that states none gets a code once her card was seen; a wrong one is put right."""
    opened = open_account(learner_number="1", name="示例学习者", birth_year=stated)
    seen_by_a_clerk(client, opened["id"], clerk, name="示例学习者")
    path = f"/api/v1/accounts/{opened['id']}/claim-codes"
    code = client.post(path, headers=provider.headers).json()["claim_code"]
    assert claimed(client, code, "示例学习者", 1948) == 403
    assert claimed(client, code, "示例学习者", 1949) == 201
