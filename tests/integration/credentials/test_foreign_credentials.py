"""A credential of another issuer: its signature is one thing, whether the issuer is known another.

What is published outside is answered from a table.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from certificates.credential_jwt import OPEN_BADGES_JWT, SECURED_JWT
from certificates.data_integrity import JCS, RDFC
from certificates.status_list import StatusPurpose
from certificates.vocabularies import OPEN_BADGES_EXTENSIONS
from tests.fixtures.bank import Provider
from tests.fixtures.issuers import DID, Issuer, World, checks, verify

LIST, OTHER_LIST = "https://issuer.example/status/1", "https://issuer.example/status/2"


def trust(client: TestClient, provider: Provider, *dids: str) -> Any:
    """Have an institution trust these issuers."""
    body = {"issuers": [{"did": did, "name": "示例大学"} for did in dids]}
    return client.put("/api/v1/trusted-issuers", json=body, headers=provider.headers)


@pytest.mark.parametrize("form", [RDFC, JCS, OPEN_BADGES_JWT, SECURED_JWT])
def test_a_good_signature_of_an_unknown_issuer_is_said_to_be_both(
    asking: TestClient, issuer: Issuer, form: str
) -> None:
    """Unconfirmed and shown; it is in no ledger here, and nothing says how it stands."""
    badge = issuer.badge()
    signed = issuer.sign(badge, form) if form in {RDFC, JCS} else issuer.token(badge, form)
    report = verify(asking, signed)
    assert report["verdict"] == "unconfirmed"
    assert report["credential"]["credentialSubject"] == badge["credentialSubject"]
    assert checks(report) == {
        "format": ("passed", None),
        "signature": ("passed", None),
        "issuer": ("failed", "unknown-issuer"),
        "ledger": ("skipped", None),
        "status": ("skipped", "no-status"),
        "dates": ("passed", None),
        "holder": ("skipped", None),
    }


def test_it_is_valid_for_whoever_trusts_its_issuer_and_for_nobody_else(
    asking: TestClient, issuer: Issuer, provider: Provider, make_provider: Any, citizen: Any
) -> None:
    """Each employer has a list of its own; the public has none."""
    other = make_provider("职业学校")
    signed = issuer.sign(issuer.badge())
    assert trust(asking, provider, DID, "did:web:second.example").status_code == 200
    assert verify(asking, signed, **provider.headers)["verdict"] == "valid"
    for headers in ({}, other.headers, citizen.headers):
        assert verify(asking, signed, **headers)["verdict"] == "unconfirmed"
    assert trust(asking, provider).json() == {"issuers": []}
    assert verify(asking, signed, **provider.headers)["verdict"] == "unconfirmed"


def test_the_key_itself_may_be_the_issuer_and_nobody_is_asked(
    asking: TestClient, provider: Provider, world: World
) -> None:
    """did:key needs no network."""
    issuer = Issuer.by_key()
    trust(asking, provider, issuer.did)
    assert verify(asking, issuer.sign(issuer.badge()), **provider.headers)["verdict"] == "valid"
    assert world.asked == []


def test_a_document_is_asked_for_once_whatever_is_signed_how_often(
    asking: TestClient, issuer: Issuer, world: World
) -> None:
    """Several proofs of one issuer cost one question."""
    signed = issuer.sign(issuer.sign(issuer.badge()), JCS)
    assert checks(verify(asking, signed))["signature"] == ("passed", None)
    assert world.asked == ["https://issuer.example/.well-known/did.json"]


def test_what_was_altered_is_refused_and_not_shown(asking: TestClient, issuer: Issuer) -> None:
    """Document and token alike."""
    signed = issuer.sign(issuer.badge())
    changed = json.loads(json.dumps(signed))
    changed["credentialSubject"]["achievement"]["name"] = "Physician"
    head, _, signature = issuer.token(issuer.badge()).split(".")
    other = issuer.token(issuer.badge(name="医师")).split(".")[1]
    for wrong in (changed, {**signed, "name": "x"}, f"{head}.{other}.{signature}"):
        report = verify(asking, wrong)
        assert (report["verdict"], report["credential"]) == ("altered", None)


@pytest.mark.parametrize(
    ("dates", "verdict"),
    [
        ({"validUntil": "2026-01-02T00:00:00Z"}, "expired"),
        ({"validFrom": "2999-01-01T00:00:00Z"}, "not_yet_valid"),
    ],
)
def test_its_dates_count_where_its_issuer_is_trusted(
    asking: TestClient, issuer: Issuer, provider: Provider, dates: dict[str, str], verdict: str
) -> None:
    """An unknown issuer comes first."""
    trust(asking, provider, DID)
    signed = issuer.sign(issuer.badge(**dates))
    assert verify(asking, signed, **provider.headers)["verdict"] == verdict
    assert verify(asking, signed)["verdict"] == "unconfirmed"


@pytest.mark.parametrize(
    ("revoked", "suspended", "verdict", "reason"),
    [
        ((), (), "valid", None),
        ((4, 6), (4, 6), "valid", None),
        ((5,), (), "revoked", "revoked"),
        ((), (5,), "suspended", "suspended"),
        ((5,), (5,), "revoked", "revoked"),
    ],
)
def test_its_status_is_read_from_the_lists_that_its_issuer_signs(
    asking: TestClient,
    issuer: Issuer,
    provider: Provider,
    world: World,
    revoked: tuple[int, ...],
    suspended: tuple[int, ...],
    verdict: str,
    reason: str | None,
) -> None:
    """The bit of the entry alone; revoked comes before suspended."""
    trust(asking, provider, DID)
    suspension = StatusPurpose.SUSPENSION
    world.answers[LIST] = issuer.status_list(LIST, *revoked)
    world.answers[OTHER_LIST] = issuer.status_list(OTHER_LIST, *suspended, purpose=suspension)
    entries = [issuer.list_entry(OTHER_LIST, suspension), issuer.list_entry(LIST)]
    report = verify(asking, issuer.sign(issuer.badge(credentialStatus=entries)), **provider.headers)
    assert (report["verdict"], report["reason"]) == (verdict, reason)
    assert report["status_as_of"] is not None
    assert report["credential"] is not None


def lists(issuer: Issuer) -> dict[str, Any]:
    """Give answers that are no list to be relied on, by the problem that is told."""
    good = issuer.status_list(LIST)
    stranger = Issuer("did:web:stranger.example")
    expired = issuer.status_list(LIST, at=datetime.now(UTC) - timedelta(days=30))
    return {
        "by another": stranger.status_list(LIST, 5),
        "altered": {**good, "validFrom": "2020-01-01T00:00:00Z"},
        "unsigned": {name: value for name, value in good.items() if name != "proof"},
        "run out": expired,
        "of another address": issuer.status_list(OTHER_LIST),
        "of another purpose": issuer.status_list(LIST, purpose=StatusPurpose.SUSPENSION),
        "no list": issuer.sign(issuer.badge()),
        "no JSON": b"<html>",
        "no object": b"[]",
        "nothing": b"",
    }


@pytest.mark.parametrize("what", lists(Issuer(DID)))
def test_a_list_to_distrust_confirms_nothing_and_alters_nothing(
    asking: TestClient, issuer: Issuer, provider: Provider, world: World, what: str
) -> None:
    """The signature stays good and the credential is shown, but it is not said to hold."""
    trust(asking, provider, DID)
    world.answers[LIST] = lists(issuer)[what]
    signed = issuer.sign(issuer.badge(credentialStatus=issuer.list_entry(LIST)))
    report = verify(asking, signed, **provider.headers)
    assert report["verdict"] == "unconfirmed"
    assert checks(report)["signature"] == ("passed", None)
    assert checks(report)["status"] == ("skipped", "status-unreadable")
    assert report["credential"] is not None


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({}, "status-unreachable"),
        ({"statusListCredential": "http://169.254.169.254/"}, "status-unreachable"),
        ({"type": "1EdTechRevocationList"}, "status-unsupported"),
        ({"statusPurpose": "message"}, "status-unsupported"),
        ({"statusPurpose": "refresh"}, "status-unsupported"),
        ({"statusListIndex": "-1"}, "status-unreadable"),
        ({"statusListIndex": "999999999"}, "status-unreachable"),
    ],
)
def test_a_status_that_cannot_be_found_out_is_told_so(
    asking: TestClient, issuer: Issuer, provider: Provider, entry: dict[str, Any], problem: str
) -> None:
    """Not reached, or of a kind that is not read here."""
    trust(asking, provider, DID)
    stated = issuer.list_entry(LIST) | entry
    signed = issuer.sign(issuer.badge(credentialStatus=stated), JCS)
    report = verify(asking, signed, **provider.headers)
    assert report["verdict"] == "unconfirmed"
    assert checks(report)["status"] == ("skipped", problem)


def test_a_list_of_revoked_ids_beside_the_bit_is_not_asked(
    asking: TestClient, issuer: Issuer, provider: Provider, world: World
) -> None:
    """It tells of the same revocation, and bears no signature."""
    trust(asking, provider, DID)
    world.answers[LIST] = issuer.status_list(LIST)
    ids = {"id": "https://other.example/revoked", "type": "1EdTechRevocationList"}
    contexts = [*issuer.badge()["@context"], OPEN_BADGES_EXTENSIONS]
    stated = {"credentialStatus": [issuer.list_entry(LIST), ids], "@context": contexts}
    report = verify(asking, issuer.sign(issuer.badge(**stated)), **provider.headers)
    assert (report["verdict"], checks(report)["status"]) == ("valid", ("passed", None))


def test_no_more_than_two_lists_are_asked(asking: TestClient, issuer: Issuer, world: World) -> None:
    """A credential cannot make the bank ask a hundred hosts."""
    entries = [issuer.list_entry(f"{LIST}/{number}") for number in range(100)]
    report = verify(asking, issuer.sign(issuer.badge(credentialStatus=entries)))
    assert checks(report)["status"] == ("skipped", "status-unsupported")
    assert len(world.asked) == 1


def test_an_issuer_that_cannot_be_asked_is_unconfirmed_and_the_page_says_why(
    asking: TestClient, issuer: Issuer, world: World
) -> None:
    """Nothing is shown: nobody knows whether the signature is good."""
    good = world.answers.pop("https://issuer.example/.well-known/did.json")
    for answered, problem in (
        (None, "issuer-unreachable"),
        (b"<html>", "issuer-unreadable"),
        ({**good, "id": "did:web:other.example"}, "issuer-unreadable"),
        ({**good, "assertionMethod": []}, "unknown-key"),
    ):
        if answered is not None:
            world.answers["https://issuer.example/.well-known/did.json"] = answered
        report = verify(asking, issuer.sign(issuer.badge()))
        assert (report["verdict"], report["credential"]) == ("unconfirmed", None)
        assert checks(report)["issuer"] == ("failed", problem)
        assert checks(report)["signature"] == ("skipped", problem)
