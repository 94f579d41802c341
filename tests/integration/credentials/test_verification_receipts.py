"""A verifier can show later what the bank answered to her, on which day, and about which bytes."""

import hashlib
import json
from base64 import b64decode, urlsafe_b64decode
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc import jws
from joserfc.errors import BadSignatureError

from certificates.did import ASSERTION, ec_jwk, methods_of
from certificates.keys import Purpose
from certificates.qr import png
from certificates.verification_receipt import TYPE
from creditbank.bank import Bank

UNKNOWN = "ABCDEFGHJKLMNPQRSTUVWXYZ23"


def parts(receipt: str) -> tuple[Any, Any]:
    """Give header and claims."""
    header, claims, _ = (
        urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in receipt.split(".")
    )
    return json.loads(header), json.loads(claims)


def test_a_receipt_is_signed_and_says_what_was_answered(client: TestClient, bank: Bank) -> None:
    """Verdict, checks and day, with the checkpoint of that moment; nothing of the content."""
    body = {"document": UNKNOWN}
    answer = client.post("/api/v1/verify?receipt=true", json=body).json()
    header, claims = parts(answer["receipt"])
    key = bank.ring.current(Purpose.VERIFICATION).kid.hex()
    did = bank.installation.issuer_did
    assert header == {"alg": "ES256", "typ": TYPE, "kid": f"{did}#{key}"}
    assert claims["presented_sha256"] == hashlib.sha256(UNKNOWN.encode()).hexdigest()
    for name in ("verdict", "reason", "status_as_of", "checks"):
        assert claims[name] == answer[name]
    assert claims["iss"] == did
    assert claims["log"]["origin"] == bank.signer.name
    assert len(b64decode(claims["log"]["root"])) == 32
    assert claims.keys() == {
        "iss", "iat", "presented_sha256", "verdict", "reason", "status_as_of", "checks",
        "verified_at", "log",
    }  # fmt: skip


def test_a_receipt_verifies_by_the_did_document_and_no_changed_one_does(
    client: TestClient,
) -> None:
    """By the key of this purpose alone."""
    body = {"document": UNKNOWN}
    receipt = client.post("/api/v1/verify?receipt=true", json=body).json()["receipt"]
    keys = methods_of(client.get("/.well-known/did.json").json(), ASSERTION)
    key = ec_jwk(keys[parts(receipt)[0]["kid"]])
    jws.deserialize_compact(receipt, key, algorithms=["ES256"])
    header, _, signature = receipt.split(".")
    other = client.post("/api/v1/verify?receipt=true", json={"document": "{"}).json()["receipt"]
    with pytest.raises(BadSignatureError):
        jws.deserialize_compact(
            f"{header}.{other.split('.')[1]}.{signature}", key, algorithms=["ES256"]
        )


def test_a_receipt_is_no_credential(client: TestClient) -> None:
    """Shown at the door it is not read as one, though the bank signed it."""
    body = {"document": UNKNOWN}
    receipt = client.post("/api/v1/verify?receipt=true", json=body).json()["receipt"]
    report = client.post("/api/v1/verify", json={"document": receipt}).json()
    assert report["verdict"] != "valid"
    assert report["credential"] is None
    assert "receipt" not in report


def test_of_a_file_the_receipt_names_its_bytes(client: TestClient) -> None:
    """Not the code in it."""
    content = png(UNKNOWN)
    headers = {"Content-Type": "image/png"}
    path = "/api/v1/verify-uploads?receipt=true"
    answer = client.post(path, content=content, headers=headers).json()
    _, claims = parts(answer["receipt"])
    assert claims["presented_sha256"] == hashlib.sha256(content).hexdigest()
