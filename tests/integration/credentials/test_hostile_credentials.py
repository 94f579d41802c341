"""What is made to harm is answered with a report: nothing inside is asked, nothing takes long."""

import json
import socket
import time
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from certificates.data_integrity import JCS, RDFC
from certificates.did import method_id
from certificates.suites import Suite
from creditbank.bank import Bank
from creditbank.network.https import HttpsFetcher
from tests.fixtures.issuers import DID, Issuer, World, checks, key_of, verify

SECONDS_MAX = 5.0
"""On a busy machine; alone none takes one."""
DID_DOCUMENT = "https://issuer.example/.well-known/did.json"


def answered(client: TestClient, document: object) -> Any:
    """Verify, in bounded time."""
    began = time.monotonic()
    report = verify(client, document)
    assert time.monotonic() - began < SECONDS_MAX
    return report


def refused(client: TestClient, document: object) -> Any:
    """Verify what must not be believed; gives the report."""
    report = answered(client, document)
    assert report["verdict"] in {"unknown", "unconfirmed", "altered"}
    assert checks(report)["signature"][0] != "passed"
    assert report["credential"] is None
    return report


@pytest.fixture
def guarded(
    client: TestClient, application: FastAPI, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> TestClient:
    """A client of a bank with the true resolver, whose names all lead inside."""

    def connect(*_: object, **__: object) -> None:
        pytest.fail("a connection was tried", pytrace=False)

    fetch = HttpsFetcher(look_up=lambda _: ["10.0.0.7"])
    monkeypatch.setattr(socket, "create_connection", connect)
    application.state.bank = replace(bank, fetch=fetch)
    return client


HOSTS = (
    "localhost",
    "127.0.0.1",
    "169.254.169.254",
    "10.0.0.1",
    "%5B%3A%3A1%5D",
    "[::1]",
    "2130706433",
    "issuer.example%3A8443",
    "issuer.example%2Fa",
    "issuer.example%40redis",
    "issuer.example:..:..:admin",
    "issuer.example:%2e%2e:admin",
    "issuer.example:a%2Fb",
    "issuer.example:a?b",
    "issuer.example:a#b",
    "issuer.example:",
    "redis",
    "inside.example",
    "",
)


def test_no_issuer_leads_into_the_network_of_the_bank(
    guarded: TestClient, subtests: pytest.Subtests
) -> None:
    """By no way of writing it, and by no name whose addresses are inside."""
    for host in HOSTS:
        with subtests.test(host):
            issuer = Issuer(f"did:web:{host}")
            report = refused(guarded, issuer.sign(issuer.badge(), JCS))
            assert checks(report)["issuer"][1] in {"issuer-unreachable", "issuer-unreadable"}


ADDRESSES = (
    "http://issuer.example/status",
    "https://127.0.0.1/status",
    "https://[::1]/status",
    "https://169.254.169.254/latest/meta-data",
    "https://inside.example/status",
    "https://issuer.example:6379/",
    "file:///etc/passwd",
    "gopher://redis:6379/_FLUSHALL",
    "https://issuer.example/\r\nHost: redis",
    "",
)


def test_no_status_list_leads_there_either(guarded: TestClient, subtests: pytest.Subtests) -> None:
    """The credential itself is good, by an issuer who means harm."""
    for url in ADDRESSES:
        with subtests.test(url):
            issuer = Issuer.by_key()
            stated = issuer.list_entry(url)
            report = answered(guarded, issuer.sign(issuer.badge(credentialStatus=stated), JCS))
            assert report["verdict"] == "unconfirmed"
            assert checks(report)["status"] == ("skipped", "status-unreachable")


def test_contexts_that_give_words_another_meaning_are_refused(
    asking: TestClient, issuer: Issuer
) -> None:
    """Written inline, named by an address, nested, or beside the pinned ones."""
    signed = issuer.sign(issuer.badge())
    subject = signed["credentialSubject"]
    for changed in (
        {"@context": [*signed["@context"], {"name": "https://evil.example/ignored"}]},
        {"@context": [*signed["@context"], "https://evil.example/context"]},
        {"@context": [*signed["@context"], "http://169.254.169.254/"]},
        {"@context": [*signed["@context"], {"@import": "https://evil.example/context"}]},
        {"@context": [*signed["@context"], {"@vocab": "https://evil.example/"}]},
        {"credentialSubject": {**subject, "@context": {"achievement": None}}},
        {"@context": {"@base": "https://evil.example/"}},
        {"@context": signed["@context"][:1]},
    ):
        refused(asking, {**signed, **changed})


def test_what_no_context_defines_is_not_signed_and_so_refused(
    asking: TestClient, issuer: Issuer
) -> None:
    """A member that the canonical form would leave out."""
    refused(asking, issuer.sign(issuer.badge()) | {"creditsTripled": True})


def hostile(issuer: Issuer) -> dict[str, Any]:
    """Give documents that are large, deep or symmetrical, each with a proof of true form."""
    signed = issuer.sign(issuer.badge())
    (proof,) = signed["proof"]
    nested: Any = "x"
    for _ in range(400):
        nested = {"name": nested}
    knot = [{"type": ["Achievement"], "related": {"type": ["Related"]}} for _ in range(60)]
    return {
        "many members": {**signed, "a": {f"m{number}": 1 for number in range(30_000)}},
        "a long list": {**signed, "a": list(range(80_000))},
        "a long text": {**signed, "name": "名" * 150_000},
        "deep": {**signed, "a": nested},
        "symmetrical": {**signed, "evidence": knot},
        "many proofs": {**signed, "proof": [proof] * 200},
        "a long signature": {**signed, "proof": [{**proof, "proofValue": "z" + "2" * 400_000}]},
        "a long key": {**signed, "issuer": "did:key:z" + "6" * 400_000},
        "a long DID": {**signed, "issuer": "did:web:issuer.example" + ":a" * 100_000},
        "a long method": {**signed, "proof": [{**proof, "verificationMethod": "#" * 400_000}]},
        "a list as purpose": {**signed, "credentialStatus": [{"statusPurpose": {}}] * 200},
        "numbers": {**signed, "a": [1e308, -0.0, 10**18, 1e-300]},
        "odd members": {**signed, "proof": {"type": []}, "type": {}},
        "no objects": {**signed, "proof": ["x"]},
    }


@pytest.mark.parametrize("suite", [RDFC, JCS])
def test_a_document_without_measure_is_answered_soon(
    asking: TestClient, issuer: Issuer, suite: str, subtests: pytest.Subtests
) -> None:
    """With a verdict, whichever suite its proofs say that they are of."""
    for what, document in hostile(issuer).items():
        proofs = document["proof"]
        if isinstance(proofs, list) and isinstance(proofs[0], dict):
            document["proof"] = [{**one, "cryptosuite": suite} for one in proofs]
        with subtests.test(what):
            refused(asking, document)


def test_a_did_document_without_measure_is_answered_soon(
    asking: TestClient, issuer: Issuer, world: World
) -> None:
    """Whoever issues decides what it says."""
    good = world.answers[DID_DOCUMENT]
    method = good["verificationMethod"][0]
    half = {"kty": "EC", "crv": "P-256", "x": "AA"}
    many = [{**method, "id": f"{DID}#{number}"} for number in range(1_000)]
    for more in (
        {"verificationMethod": [{**method, "publicKeyMultibase": "z" + "6" * 200_000}]},
        {"verificationMethod": many, "assertionMethod": [one["id"] for one in many]},
        {"verificationMethod": "x", "assertionMethod": {}},
        {"assertionMethod": [[], 5, None]},
        {"verificationMethod": [{"id": method["id"], "controller": DID, "publicKeyJwk": half}]},
    ):
        world.answers[DID_DOCUMENT] = {**good, **more}
        refused(asking, issuer.sign(issuer.badge()))


def encoded(content: object) -> str:
    """Write one part of a token."""
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_the_algorithm_is_not_for_the_token_to_choose(asking: TestClient, issuer: Issuer) -> None:
    """None, a shared secret that is the public key, and keys that the header brings along."""
    payload, kid = encoded(issuer.badge()), issuer.jwt_method
    signature = issuer.token(issuer.badge()).split(".")[2]
    for header in (
        {"alg": "none", "kid": kid},
        {"alg": "None", "kid": kid},
        {"alg": "HS256", "kid": kid},
        {"alg": "RS256", "kid": kid},
        {"alg": "EdDSA", "kid": kid},
        {"alg": ["ES256"], "kid": kid},
        {"alg": "ES256", "kid": kid, "crit": ["b64"], "b64": False},
        {"alg": "ES256", "jwk": {"kty": "EC"}},
        {"alg": "ES256", "kid": "https://evil.example/key", "jku": "https://evil.example/"},
    ):
        for last in ("", signature):
            refused(asking, f"{encoded(header)}.{payload}.{last}")


def test_no_key_does_the_work_of_another(asking: TestClient, issuer: Issuer, world: World) -> None:
    """Of another suite, another relation, another controller or another issuer."""
    stranger = Issuer("did:web:stranger.example", key_of(40), key_of(41, Suite.P256))
    stranger.publish(world)
    good, badge = world.answers[DID_DOCUMENT], issuer.badge()
    crossed = method_id(DID, issuer.jwt_key.verification_key)
    refused(asking, issuer.sign(badge, method=crossed))
    refused(asking, stranger.sign(badge))
    refused(asking, stranger.token(badge))
    stolen = {**issuer.sign(badge), "issuer": stranger.did}
    refused(asking, stolen)
    methods = good["verificationMethod"]
    for other in (
        {"assertionMethod": [], "authentication": [one["id"] for one in methods]},
        {"verificationMethod": [{**one, "controller": stranger.did} for one in methods]},
        {"id": stranger.did},
    ):
        world.answers[DID_DOCUMENT] = {**good, **other}
        refused(asking, issuer.sign(badge))
        refused(asking, issuer.token(badge))


def test_a_list_of_an_issuer_that_unpacks_without_end_is_refused(
    asking: TestClient, issuer: Issuer, world: World
) -> None:
    """A small answer that would fill the memory."""
    url = "https://issuer.example/status/1"
    made = issuer.status_list(url)
    made["credentialSubject"]["encodedList"] = "u" + "A" * 200_000
    signed = issuer.sign({name: value for name, value in made.items() if name != "proof"})
    world.answers[url] = signed
    report = answered(asking, issuer.sign(issuer.badge(credentialStatus=issuer.list_entry(url))))
    assert checks(report)["status"] == ("skipped", "status-unreadable")
