"""Whoever is shown a credential learns if it is good, known, in the ledger, and still stands."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from certificates.data_integrity import secure
from certificates.did import did_of_key, method_id
from certificates.keys import Purpose, SigningKey
from certificates.signer import SecretSigner
from creditbank.bank import Bank
from ledger.receipt import verify_receipt
from tests.fixtures.bank import Provider
from tests.fixtures.endings import ask, erase
from tests.fixtures.people import RESULT as STATED
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]


class Issued:
    """A credential in all its envelopes, and the outcome that it is of."""

    def __init__(self, client: TestClient, citizen: Citizen, outcome: str) -> None:
        body = {"outcome": outcome, "show_name": True}
        made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
        self.outcome, self.url, self.entry_index = outcome, made["url"], made["entry_index"]
        path = self.url.removeprefix("http://bank.test")
        self.document = client.get(path).text
        self.jwt, self.secured = (
            client.get(path, headers={"Accept": accept}).text
            for accept in ("application/jwt", "application/vc+jwt")
        )

    @property
    def forms(self) -> list[str]:
        """Everything that a holder may show."""
        return [self.document, self.jwt, self.secured, self.url, self.url.rpartition("/")[2]]


@pytest.fixture
def issued(client: TestClient, citizen: Citizen, post_result: Post) -> Issued:
    """A credential of the citizen."""
    return Issued(client, citizen, post_result(citizen)["id"])


def verify(client: TestClient, document: str) -> Any:
    """Ask the door."""
    answer = client.post("/api/v1/verify", json={"document": document})
    assert answer.status_code == 200, answer.text
    return answer.json()


def checks(report: Any) -> dict[str, tuple[str, str | None]]:
    """Give result and problem of each check."""
    return {one["name"]: (one["result"], one["problem"]) for one in report["checks"]}


def befall(client: TestClient, provider: Provider, outcome: str, what: str, **body: object) -> None:
    """Let the provider do something to an outcome."""
    path = f"/api/v1/outcomes/{outcome}/{what}"
    answer = client.post(path, json={"reason": "复核", **body}, headers=provider.headers)
    assert answer.status_code == 201, answer.text


def test_each_form_is_valid_and_its_entry_is_proved(
    client: TestClient, bank: Bank, issued: Issued
) -> None:
    """The receipt leads from the log's key to a leaf that commits to what was presented."""
    for form in issued.forms:
        report = verify(client, form)
        assert report["verdict"] == "valid", report
        made = checks(report)
        assert made.pop("holder") == ("skipped", None)
        assert set(made.values()) == {("passed", None)}
        assert report["credential"]["id"] == issued.url
        (evidence,) = report["evidence"]
        assert evidence["entry_index"] == issued.entry_index
        verify_receipt(evidence["receipt"], evidence["leaf"].encode(), bank.verifier_keys)


@pytest.mark.parametrize(
    ("what", "body", "verdict", "reason"),
    [
        ("revocation", {"status": "revoked"}, "revoked", "revoked"),
        ("revocation", {"status": "void"}, "revoked", "void"),
        ("suspension", {}, "suspended", "suspended"),
        ("correction", {**STATED, "grade": "92"}, "revoked", "superseded"),
    ],
)
def test_its_verdict_follows_its_outcome(
    client: TestClient,
    provider: Provider,
    issued: Issued,
    what: str,
    body: dict[str, object],
    verdict: str,
    reason: str,
) -> None:
    """With the reason class, the content that was signed, and where the corrected record stands."""
    befall(client, provider, issued.outcome, what, **body)
    for form in issued.forms:
        report = verify(client, form)
        assert (report["verdict"], report["reason"]) == (verdict, reason)
        assert checks(report)["status"] == ("failed", reason)
        assert report["credential"]["id"] == issued.url
        assert bool(report["successors"]) == (reason == "superseded")


def test_an_erased_holder_s_credential_is_gone_in_every_form(
    client: TestClient, bank: Bank, citizen: Citizen, issued: Issued
) -> None:
    """Neither valid nor altered; nothing of it is shown."""
    ask(client, "POST", "erasure", citizen)
    assert erase(bank) == 1
    for form in issued.forms:
        report = verify(client, form)
        assert (report["verdict"], report["reason"]) == ("gone", "erased")
        assert report["credential"] is None


def test_an_altered_credential_is_refused_and_not_shown(client: TestClient, issued: Issued) -> None:
    """Each member and each part of a token."""
    document = json.loads(issued.document)
    document["credentialSubject"]["creditsEarned"] = 31
    header, payload, signature = issued.jwt.split(".")
    other = json.loads(issued.document)
    other["proof"][0]["created"] = "2020-01-01T00:00:00Z"
    for changed in (
        json.dumps(document),
        json.dumps(other),
        f"{header}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}",
        f"{header}.{issued.secured.split('.')[1]}.{signature}",
    ):
        report = verify(client, changed)
        assert (report["verdict"], report["credential"]) == ("altered", None), report
        assert checks(report)["signature"] == ("failed", "signature-mismatch")


def test_what_a_stolen_key_signs_is_in_no_ledger(
    client: TestClient, bank: Bank, issued: Issued
) -> None:
    """A true signature under the bank's name is not enough: the bank never issued it."""
    key = bank.ring.current(Purpose.CREDENTIAL)
    forged = json.loads(issued.document)
    forged["credentialSubject"]["creditsEarned"] = 300
    for identifier in (issued.url, issued.url[:-26] + "A" * 26, "urn:uuid:1"):
        forged["id"] = identifier
        method = method_id(bank.installation.issuer_did, key.verification_key)
        signed = secure(forged, key, method=method, created=bank.clock())
        report = verify(client, json.dumps({**signed, "proof": signed["proof"][-1:]}))
        assert checks(report)["signature"] == ("passed", None)
        assert checks(report)["ledger"][0] == "failed"
        assert (report["verdict"], report["credential"]) == ("altered", None)


def test_a_credential_under_the_bank_s_name_by_another_key_is_unconfirmed(
    client: TestClient, bank: Bank, issued: Issued
) -> None:
    """Whatever method it names; a signature that nobody can judge is not said to be bad."""
    key = SigningKey(
        purpose=Purpose.CREDENTIAL, created_at=bank.clock(), signer=SecretSigner(b"o" * 32)
    )
    document = json.loads(issued.document)
    did = did_of_key(key.verification_key)
    for method in (f"{bank.installation.issuer_did}#{key.kid.hex()}", f"{did}#{did[8:]}"):
        unsecured = {name: value for name, value in document.items() if name != "proof"}
        forged = secure(unsecured, key, method=method, created=bank.clock())
        report = verify(client, json.dumps(forged))
        assert (report["verdict"], report["credential"]) == ("unconfirmed", None)
        assert checks(report)["issuer"] == ("failed", "unknown-key")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[]",
        '{"issuer": 5}',
        '{"issuer": "did:web:bank.test", "@context": []}',
        '{"a":' * 5_000,
        "eyJ",
        "eyJhbGciOiJub25lIn0.e30.",
        urlsafe_b64encode(b'{"alg":"ES256","kid":"x"}').decode().rstrip("=") + ".e30.AA",
        "{" + '"@context": "x",' * 20_000 + '"issuer": "did:web:x"}',
    ],
)
def test_what_cannot_be_read_is_unknown_and_never_an_error(client: TestClient, text: str) -> None:
    """A verdict, in bounded time, whatever was sent."""
    report = verify(client, text)
    assert report["verdict"] == "unknown"
    assert checks(report)["format"][0] == "failed"


def test_the_credential_of_a_certificate_that_has_run_out_is_expired(
    client: TestClient, citizen: Citizen, post_result: Post
) -> None:
    """Not unreadable: it began before it ended."""
    over = {"series": "电工", "number": "A-1", "valid_from": "2014-10-01", "valid_until": "2020-06"}
    issued = Issued(client, citizen, post_result(citizen, certificate=over)["id"])
    for form in issued.forms:
        report = verify(client, form)
        assert report["verdict"] == "expired", report
        assert report["credential"]["validUntil"] == "2020-06-30T23:59:59+08:00"
