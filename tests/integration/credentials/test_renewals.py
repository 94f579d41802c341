"""What happens to a credential whose certificate runs out, is extended, or is renewed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from tests.fixtures.bank import Provider
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]
OVER = {"series": "电工", "number": "A-1", "valid_from": "2014-10-01", "valid_until": "2020-06-30"}


def issue(client: TestClient, citizen: Citizen, outcome: str) -> Any:
    """Ask for the credential of an outcome; gives its view and its document."""
    body = {"outcome": outcome, "show_name": True}
    made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
    document = client.get(made["url"].removeprefix("http://bank.test"))
    return made, document.text, document.json()


def verify(client: TestClient, document: str) -> Any:
    """Ask the door; gives verdict, reason and results by check."""
    report = client.post("/api/v1/verify", json={"document": document}).json()
    results = {one["name"]: one["result"] for one in report["checks"]}
    return report["verdict"], report["reason"], results["ledger"], results["dates"]


def extend(client: TestClient, provider: Provider, outcome: str, until: str) -> None:
    """Let the provider extend a certificate."""
    body = {"reason": "复审合格", "valid_until": until}
    path = f"/api/v1/outcomes/{outcome}/extension"
    assert client.post(path, json=body, headers=provider.headers).status_code == 201


def test_an_expired_credential_stays_provable_as_it_was_awarded(
    client: TestClient, citizen: Citizen, post_result: Post
) -> None:
    """It has run out, and that it was entered and signed is proved all the same."""
    outcome = post_result(citizen, certificate=OVER)["id"]
    _, text, _ = issue(client, citizen, outcome)
    assert verify(client, text) == ("expired", None, "passed", "failed")


def test_an_extended_credential_keeps_its_link_its_number_and_its_place(
    client: TestClient, bank: Bank, citizen: Citizen, provider: Provider, post_result: Post
) -> None:
    """The link gives the new version; the old paper has run out, and is not false."""
    outcome = post_result(citizen, certificate=OVER)["id"]
    first, old, document = issue(client, citizen, outcome)
    extend(client, provider, outcome, "2030-06-30")
    second, new, renewed = issue(client, citizen, outcome)
    assert second["url"] == first["url"]
    assert second["entry_index"] > first["entry_index"]
    for name in ("id", "credentialStatus"):
        assert renewed[name] == document[name]
    for name in ("id", "licenseNumber", "identifier"):
        assert renewed["credentialSubject"][name] == document["credentialSubject"][name]
    assert renewed["validUntil"] == "2030-06-30T23:59:59+08:00"
    assert verify(client, new) == ("valid", None, "passed", "passed")
    assert verify(client, first["url"]) == ("valid", None, "passed", "passed")
    assert verify(client, old) == ("expired", None, "passed", "failed")
    assert issue(client, citizen, outcome)[0] == second
    listed = client.get("/api/v1/credentials", headers=citizen.headers).json()["credentials"]
    assert listed == [second]
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert report.findings == ()


def test_a_credential_holds_to_the_last_second_of_its_last_day(
    client: TestClient, bank: Bank, citizen: Citizen, post_result: Post
) -> None:
    """In the bank's civil time, and not a second longer."""
    today = civil_day(bank.clock())
    until = (today + timedelta(days=30)).isoformat()
    outcome = post_result(citizen, certificate={**OVER, "valid_until": until})["id"]
    _, text, document = issue(client, citizen, outcome)
    day, _, time = document["validUntil"].partition("T")
    assert (day, time) == (until, "23:59:59+08:00")
    assert verify(client, text)[0] == "valid"
