"""Whoever is shown many passes and credentials at once has a verdict of each, in order."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.fixtures.people import Citizen

UNKNOWN = "ABCDEFGHJKLMNPQRSTUVWXYZ23"
Post = Callable[..., dict[str, Any]]


@pytest.fixture
def url(client: TestClient, citizen: Citizen, post_result: Post) -> str:
    """The link of a credential."""
    body = {"outcome": post_result(citizen)["id"]}
    made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
    return str(made["url"])


def verify_csv(client: TestClient, text: str) -> list[dict[str, str]]:
    """Hand in a file of codes; gives its rows."""
    headers = {"Content-Type": "text/csv"}
    answer = client.post("/api/v1/verify-batches/csv", content=text.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_reports_come_in_the_order_of_the_documents(client: TestClient, url: str) -> None:
    """Each is that of the single door, and a bad one does not stop the others."""
    documents = [UNKNOWN, url, "", "{", url]
    answer = client.post("/api/v1/verify-batches", json={"documents": documents})
    assert answer.status_code == 200, answer.text
    reports = answer.json()["reports"]
    verdicts = [one["verdict"] for one in reports]
    assert verdicts == ["unknown", "valid", "unknown", "unknown", "valid"]
    alone = client.post("/api/v1/verify", json={"document": url}).json()
    assert reports[1]["credential"] == alone["credential"]


def test_a_file_of_codes_gives_a_file_of_verdicts(client: TestClient, url: str) -> None:
    """By line; what is empty is passed over, and no code is repeated."""
    rows = verify_csv(client, f"\ufeffcode,seen by\n{url},A\n\n{UNKNOWN},B\n=1+1\n")
    assert [(one["line"], one["verdict"], one["problems"]) for one in rows] == [
        ("2", "valid", ""),
        ("4", "unknown", "issuer:unknown-pass"),
        ("5", "unknown", "format:unreadable"),
    ]


@pytest.mark.parametrize("count", [0, 201])
def test_a_batch_has_from_one_to_200_documents(client: TestClient, count: int) -> None:
    """As JSON and as CSV."""
    answer = client.post("/api/v1/verify-batches", json={"documents": [UNKNOWN] * count})
    assert answer.status_code == 422
    answer = client.post(
        "/api/v1/verify-batches/csv",
        content=f"{UNKNOWN}\n" * count,
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code == 422, answer.text
