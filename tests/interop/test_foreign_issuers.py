"""Credentials that software by other people signed are judged here: the other way round.

`https://issuer.example` is answered from a table; nothing else can be reached.
"""

import json
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from certificates.verify_credential import parse_credential
from creditbank.credentials.foreign import ForeignVerifier
from creditbank.verification.report import Report
from tests.fixtures.issuers import World
from tests.interop.scripts import run_script

CASES = {
    "good key eddsa-rdfc-2022": "valid",
    "good key eddsa-jcs-2022": "valid",
    "good web eddsa-rdfc-2022": "valid",
    "good web eddsa-jcs-2022": "valid",
    "good web JWT": "valid",
    "good web vc+jwt": "valid",
    "standing key": "valid",
    "standing web": "valid",
    "revoked key": "revoked",
    "revoked web": "revoked",
    "expired key": "expired",
    "expired web": "expired",
}


@dataclass(frozen=True)
class Signed:
    """What was signed, by name, with its issuer; and what that issuer publishes."""

    world: World
    documents: dict[str, Any]
    issuers: dict[str, str]

    def judged(self, name: str, document: Any, *, trusted: bool = True) -> Report:
        """Verify a document as that of this case."""
        text = document if isinstance(document, str) else json.dumps(document)
        return ForeignVerifier(self.world).verify(
            parse_credential(text),
            trusted={self.issuers[name]} if trusted else set(),
            now=datetime.now(UTC),
        )


@pytest.fixture(scope="module")
def signed() -> Signed:
    """Everything, signed anew in each run."""
    said = json.loads(run_script("issue_credentials.mjs"))
    return Signed(
        world=World(said["answers"]),
        documents={one["name"]: one["document"] for one in said["cases"]},
        issuers={one["name"]: one["did"] for one in said["cases"]},
    )


def test_every_case_was_signed(signed: Signed) -> None:
    """None is left out here."""
    assert signed.documents.keys() == CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_what_others_signed_is_judged_as_it_is(signed: Signed, name: str) -> None:
    """Good, revoked or expired, under either kind of DID and in each form."""
    report = signed.judged(name, signed.documents[name])
    assert report.verdict == CASES[name], report
    assert report.credential is not None


@pytest.mark.parametrize("name", CASES)
def test_without_trust_it_is_unconfirmed_and_shown(signed: Signed, name: str) -> None:
    """That its signature is good is said all the same."""
    report = signed.judged(name, signed.documents[name], trusted=False)
    assert report.verdict == "unconfirmed"
    assert report.credential is not None


@pytest.mark.parametrize(
    "name", [name for name in CASES if "JWT" not in name and "jwt" not in name]
)
def test_a_document_that_was_altered_is_refused(signed: Signed, name: str) -> None:
    """In any one member, or under the name of another."""
    for member, value in (
        ("name", "Physician"),
        ("validFrom", "2020-01-01T00:00:00Z"),
        ("credentialSubject", {"id": "urn:uuid:other", "type": ["AchievementSubject"]}),
    ):
        changed = deepcopy(signed.documents[name]) | {member: value}
        report = signed.judged(name, changed)
        assert (report.verdict, report.credential) == ("altered", None)
    stolen = deepcopy(signed.documents[name])
    stolen["issuer"]["id"] = "did:web:other.example"
    assert signed.judged(name, stolen).credential is None


@pytest.mark.parametrize("name", ["good web JWT", "good web vc+jwt"])
def test_a_token_that_was_altered_is_refused(signed: Signed, name: str) -> None:
    """Its payload or its signature."""
    header, payload, signature = signed.documents[name].split(".")
    other = next(
        token for one, token in signed.documents.items() if isinstance(token, str) and one != name
    )
    for changed in (
        f"{header}.{payload}.{'A' * len(signature)}",
        f"{header}.{other.split('.')[1]}.{signature}",
    ):
        report = signed.judged(name, changed)
        assert (report.verdict, report.credential) == ("altered", None)
