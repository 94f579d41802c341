"""The canonical form of a document, which is signed, is that of software by other people."""

import json
from typing import Any

import pytest

from certificates.linked_data import canonical
from tests.fixtures.issuers import DID, Issuer
from tests.interop.scripts import run_script


def endorsement(number: int) -> dict[str, Any]:
    """Give an endorsement of an endorser whose proof looks like that of every other."""
    badge = Issuer(DID).badge()
    return {
        "@context": badge["@context"],
        "id": f"https://issuer.example/endorsements/{number}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": badge["issuer"],
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "https://issuer.example/",
            "type": ["EndorsementSubject"],
            "endorsementComment": "In good standing",
        },
        "proof": [{"type": "DataIntegrityProof", "created": "2026-01-01T00:00:00Z"}],
    }


def documents() -> dict[str, dict[str, Any]]:
    """Give documents by what is hard in them."""
    badge = Issuer(DID).badge
    alike = [{"type": ["Evidence"], "name": "same"} for _ in range(3)]
    achievement = badge()["credentialSubject"]["achievement"]
    endorsed = {**achievement, "endorsement": [endorsement(2), endorsement(3)]}
    subject = {"type": ["AchievementSubject"], "achievement": endorsed, "creditsEarned": 2.5}
    return {
        "plain": badge(),
        "embedded proofs": badge(endorsement=[endorsement(1), endorsement(4)]),
        "embedded deeper": badge(endorsement=[endorsement(1)], credentialSubject=subject),
        "alike": badge(evidence=alike),
        "control characters": badge(
            evidence=[{"type": ["Evidence"], "narrative": f"a{chr(one)}b"} for one in range(1, 32)]
        ),
        "other characters": badge(name='\x7f é é \u2028 𠮷 \\ " 😀'),
        "numbers": badge(credentialSubject={**subject, "creditsEarned": 1e21}),
    }


@pytest.fixture(scope="module")
def theirs() -> dict[str, str]:
    """What the other software makes of each."""
    said = run_script("canonize.mjs", shown=json.dumps(list(documents().values())))
    return dict(zip(documents(), json.loads(said), strict=True))


@pytest.mark.parametrize("what", documents())
def test_both_make_the_same_of_it(theirs: dict[str, str], what: str) -> None:
    """Byte by byte, or a signature that is good would be called bad."""
    assert canonical(documents()[what]).decode() == theirs[what]
