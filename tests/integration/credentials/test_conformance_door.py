"""Conformance suites issue and verify at `/vc`, where the operator opened it; MUSTs of VCDM 2.0."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from creditbank.bank import Bank, open_bank

V2 = "https://www.w3.org/ns/credentials/v2"


@pytest.fixture
def suite(bank: Bank) -> Iterator[TestClient]:
    """A client of the bank with the door open."""
    settings = bank.settings.model_copy(update={"vc_api": True})
    with closing(open_bank(settings)) as opened, TestClient(create_app(opened)) as client:
        yield client


@pytest.fixture
def credential(suite: TestClient) -> dict[str, Any]:
    """The smallest credential of the door's issuer."""
    return {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": suite.get("/vc").json()["issuer"],
        "credentialSubject": {"id": "urn:uuid:1"},
    }


def issue(suite: TestClient, credential: object, **options: str) -> Any:
    """Ask for a signature."""
    return suite.post("/vc/credentials/issue", json={"credential": credential, "options": options})


def verify(suite: TestClient, credential: object) -> int:
    """Ask for a verdict; gives the status."""
    body = {"verifiableCredential": credential}
    return suite.post("/vc/credentials/verify", json=body).status_code


def test_the_door_is_closed_unless_the_operator_opened_it(client: TestClient) -> None:
    """And says by which setting."""
    for path in ("issue", "verify"):
        name = "credential" if path == "issue" else "verifiableCredential"
        answer = client.post(f"/vc/credentials/{path}", json={name: {}})
        assert answer.json()["code"] == "door-closed"
    assert client.get("/vc").status_code == 404


@pytest.mark.parametrize("cryptosuite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_what_is_issued_verifies_and_nothing_altered_does(
    suite: TestClient, bank: Bank, credential: dict[str, Any], cryptosuite: str
) -> None:
    """Under a did:key, never under the name of the bank; a presentation of it verifies too."""
    answer = issue(suite, credential, cryptosuite=cryptosuite)
    assert answer.status_code == 201, answer.text
    signed = answer.json()
    assert signed["proof"][0]["cryptosuite"] == cryptosuite
    assert bank.installation.issuer_did not in str(signed)
    assert verify(suite, signed) == 200
    assert verify(suite, {**signed, "credentialSubject": {"id": "urn:uuid:2"}}) == 400
    assert verify(suite, credential) == 400
    presentation = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [signed],
    }
    path = "/vc/presentations/verify"
    assert suite.post(path, json={"verifiablePresentation": presentation}).status_code == 200
    presentation["verifiableCredential"] = [{**signed, "validFrom": "2027-01-01T00:00:00Z"}]
    assert suite.post(path, json={"verifiablePresentation": presentation}).status_code == 400


def test_what_breaks_the_data_model_is_refused_with_what_to_mend(
    suite: TestClient, credential: dict[str, Any]
) -> None:
    """The rules are tried one by one where they stand; here that the door heeds them."""
    for wrong in ({"credentialSubject": {}}, {"undefinedTerm": "x"}, {"issuer": "did:web:other"}):
        answer = issue(suite, {**credential, **wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "document-refused")


def test_texts_may_stand_in_several_languages(
    suite: TestClient, credential: dict[str, Any]
) -> None:
    """As language values (section 11.1)."""
    names = [
        {"@value": "证书", "@language": "zh"},
        {"@value": "certificate", "@language": "en", "@direction": "ltr"},
    ]
    answer = issue(suite, {**credential, "name": names})
    assert answer.status_code == 201, answer.text
    assert verify(suite, answer.json()) == 200
