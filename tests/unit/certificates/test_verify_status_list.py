import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certificates.data_integrity import secure
from certificates.did import method_id
from certificates.errors import DocumentRefused
from certificates.keys import Purpose, SigningKey
from certificates.signer import SecretSigner
from certificates.status_list import LIFETIME, StatusPurpose, encode_bits, list_document
from certificates.verify_status_list import StatusList, read_status_list

MADE_AT = datetime(2026, 6, 10, tzinfo=UTC)
ISSUER = "did:web:bank.example"
KEY = SigningKey(purpose=Purpose.STATUS_LIST, created_at=MADE_AT, signer=SecretSigner(b"s" * 32))
METHOD = method_id(ISSUER, KEY.verification_key)
KEYS = {METHOD: KEY.verification_key}
DOCUMENT = list_document(
    "https://bank.example/status/revocation-3",
    issuer=ISSUER,
    purpose=StatusPurpose.REVOCATION,
    encoded=encode_bits([7]),
    made_at=MADE_AT,
)
SUBJECT = DOCUMENT["credentialSubject"]


def signed(document: Mapping[str, Any]) -> bytes:
    """Sign a list by the issuer's key."""
    return json.dumps(secure(document, KEY, method=METHOD, created=MADE_AT)).encode()


def read(content: bytes) -> StatusList:
    """Read it by the issuer's keys."""
    return read_status_list(content, issuers=[ISSUER], key_of=lambda _, method: KEYS.get(method))


def test_a_list_is_known_by_its_name_and_read_until_it_runs_out() -> None:
    """Two days after it was made nobody relies on it."""
    found = read(signed(DOCUMENT))
    assert (found.name, found.purpose) == ("revocation-3", StatusPurpose.REVOCATION)
    assert (found.is_set(7), found.is_set(8)) == (True, False)
    times = (MADE_AT - timedelta(seconds=1), MADE_AT, MADE_AT + LIFETIME)
    assert [found.is_current(one) for one in times] == [False, True, True]
    assert not found.is_current(MADE_AT + LIFETIME + timedelta(seconds=1))


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "did:web:other.example"},
        {"type": ["VerifiableCredential"]},
        {"credentialSubject": {**SUBJECT, "statusPurpose": "message"}},
        {"credentialSubject": {**SUBJECT, "encodedList": "uAAAA"}},
        {"credentialSubject": {"id": "https://bank.example/status/revocation-3#list"}},
        {"credentialSubject": [SUBJECT]},
    ],
)
def test_what_is_no_list_of_the_issuer_is_refused_though_it_is_signed(
    changes: dict[str, Any],
) -> None:
    """Any other credential of the bank is none."""
    with pytest.raises(DocumentRefused):
        read(signed({**DOCUMENT, **changes}))


@pytest.mark.parametrize("name", ["validFrom", "validUntil"])
def test_a_list_without_its_dates_is_refused(name: str) -> None:
    """Nobody could say when it runs out."""
    undated = {key: value for key, value in DOCUMENT.items() if key != name}
    with pytest.raises(DocumentRefused):
        read(signed(undated))


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff"])
def test_what_is_no_credential_is_refused(content: bytes) -> None:
    """Whatever lies in the folder."""
    with pytest.raises(DocumentRefused):
        read(content)


def test_a_list_that_somebody_else_signed_is_refused() -> None:
    """With the issuer's name on it."""
    other = SigningKey(
        purpose=Purpose.STATUS_LIST, created_at=MADE_AT, signer=SecretSigner(b"o" * 32)
    )
    forged = secure(DOCUMENT, other, method=METHOD, created=MADE_AT)
    with pytest.raises(DocumentRefused, match="not signed"):
        read(json.dumps(forged).encode())
