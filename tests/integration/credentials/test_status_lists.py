"""Whether a credential still stands is seen in a public list, within seconds."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from certificates.cose import open1
from certificates.data_integrity import proofs_of, verifies
from certificates.did import ASSERTION, methods_of
from certificates.pass_cbor import decode
from certificates.pass_text import from_text
from certificates.status_list import BITS, LIFETIME, is_set
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank, open_bank
from creditbank.credentials.places import FILL_MAX, Places
from creditbank.credentials.status_lists import LOOKED_AT_EVERY, parse_name
from tests.fixtures.bank import Provider
from tests.fixtures.clocks import Clock
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock(bank: Bank) -> Clock:
    """Let the lists of the test's bank see the time that the test sets."""
    moved = Clock(bank.clock())
    object.__setattr__(bank.status_lists, "clock", moved)
    return moved


@pytest.fixture
def credential(
    client: TestClient, citizen: Citizen, post_result: Post
) -> Callable[..., tuple[str, Any]]:
    """Give an outcome of the citizen, and the status entries of its credential."""

    def make(**changes: object) -> tuple[str, Any]:
        outcome = post_result(citizen, **changes)["id"]
        body = {"outcome": outcome}
        made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
        path = made["url"].removeprefix("http://bank.test")
        return outcome, client.get(path).json()["credentialStatus"]

    return make


def bits(client: TestClient, entries: Any) -> dict[str, bool]:
    """Say of each purpose whether the bit is set in the list as it is served."""
    found = {}
    for entry in entries:
        path = entry["statusListCredential"].removeprefix("http://bank.test")
        encoded = client.get(path).json()["credentialSubject"]["encodedList"]
        found[entry["statusPurpose"]] = is_set(encoded, int(entry["statusListIndex"]))
    return found


def befall(client: TestClient, provider: Provider, outcome: str, what: str, **body: str) -> None:
    """Let the provider suspend, lift or revoke."""
    path = f"/api/v1/outcomes/{outcome}/{what}"
    answer = client.post(path, json={"reason": "复核", **body}, headers=provider.headers)
    assert answer.status_code == 201, answer.text


def test_a_revocation_is_seen_within_seconds_and_by_nobody_else(
    client: TestClient, provider: Provider, credential: Callable[..., Any], clock: Clock
) -> None:
    """One bit rises; that of another credential does not."""
    revoked, its_entries = credential(term="2013")
    _, other_entries = credential(term="2014")
    assert bits(client, its_entries) == {"revocation": False, "suspension": False}
    befall(client, provider, revoked, "revocation", status="revoked")
    clock.now += LOOKED_AT_EVERY
    assert bits(client, its_entries) == {"revocation": True, "suspension": False}
    assert bits(client, other_entries) == {"revocation": False, "suspension": False}


def test_a_suspension_is_seen_and_taken_away_again(
    client: TestClient, provider: Provider, credential: Callable[..., Any], clock: Clock
) -> None:
    """It is another list, for it is not for good."""
    outcome, entries = credential()
    befall(client, provider, outcome, "suspension")
    clock.now += LOOKED_AT_EVERY
    assert bits(client, entries) == {"revocation": False, "suspension": True}
    befall(client, provider, outcome, "suspension/end")
    clock.now += LOOKED_AT_EVERY
    assert bits(client, entries) == {"revocation": False, "suspension": False}


def test_an_ended_or_suspended_pass_is_seen_by_who_has_no_network(
    client: TestClient, citizen: Citizen, provider: Provider, post_result: Post, clock: Clock
) -> None:
    """The printed pass carries its place; yesterday's lists say as of when."""
    outcome = post_result(citizen)["id"]
    body = {"outcomes": [outcome], "expires_at": EXPIRES}
    made = client.post("/api/v1/passes", json=body, headers=citizen.headers).json()
    place = decode(open1(from_text(made["offline_text"])).payload).status_place
    assert place is not None
    number, index = divmod(place, BITS)

    def seen() -> list[bool]:
        clock.now += LOOKED_AT_EVERY
        lists = (f"/status/pass-{one}-{number}" for one in ("revocation", "suspension"))
        subjects = [client.get(path).json()["credentialSubject"] for path in lists]
        return [is_set(one["encodedList"], index) for one in subjects]

    assert seen() == [False, False]
    befall(client, provider, outcome, "suspension")
    assert seen() == [False, True]
    befall(client, provider, outcome, "suspension/end")
    client.delete(f"/api/v1/passes/{made['id']}", headers=citizen.headers)
    assert seen() == [True, False]


def test_a_list_is_signed_and_in_the_ledger_and_its_version_only_rises(
    client: TestClient, bank: Bank, provider: Provider, credential: Callable[..., Any], clock: Clock
) -> None:
    """What says the same is not published again, until half of its life is over."""
    outcome, _ = credential()

    def etag() -> str:
        return client.get("/status/revocation-1").headers["ETag"]

    assert etag() == etag() == '"revocation-1-1"'
    befall(client, provider, outcome, "revocation", status="void")
    clock.now += LOOKED_AT_EVERY
    document = client.get("/status/revocation-1").json()
    (proof,) = proofs_of(document)
    keys = methods_of(client.get("/.well-known/did.json").json(), ASSERTION)
    assert verifies(document, proof, keys[proof["verificationMethod"]])
    assert etag() == '"revocation-1-2"'
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert (report.differing, report.unexplained) == (0, 0), report.findings


def test_a_list_is_renewed_before_it_runs_out(client: TestClient, bank: Bank, clock: Clock) -> None:
    """A verifier never meets an expired list because nothing happened."""
    first = client.get("/status/suspension-1")
    later = open_bank(bank.settings, lambda: clock.now + LIFETIME / 2 + MINUTE)
    with closing(later), TestClient(create_app(later)) as then:
        renewed = then.get("/status/suspension-1")
    assert (first.headers["ETag"], renewed.headers["ETag"]) == (
        '"suspension-1-1"',
        '"suspension-1-2"',
    )


@pytest.mark.parametrize(
    "name", ["revocation-2", "pass-revocation-2", "colour-1", "revocation", "revocation-x", "x"]
)
def test_there_is_no_other_list(client: TestClient, name: str) -> None:
    """Only those in which a credential has its place, and the first."""
    assert client.get(f"/status/{name}").json()["code"] == "status-list-unknown"
    assert parse_name(f"revocation-{'9' * 20}") is None


def test_places_are_random_and_never_given_twice(bank: Bank) -> None:
    """When a quarter of a list is given out the next one begins."""
    drawn, places = set(), Places(number=1, taken=frozenset())
    for _ in range(50):
        number, index, places = places.draw(bank.entropy)
        drawn.add((number, index))
    assert len(drawn) == 50
    full = Places(number=7, taken=frozenset(range(FILL_MAX)))
    number, _, after = full.draw(bank.entropy)
    assert (number, len(after.taken)) == (8, 1)
