"""What one served bank issued is judged by another, which asks nothing but its origin."""

import json
from datetime import UTC, datetime

from certificates.verify_credential import parse_credential
from creditbank.credentials.foreign import ForeignVerifier
from tests.fixtures.issuers import World
from tests.interop import test_credentials as issuing

issued = issuing.issued


def test_another_bank_accepts_what_this_one_issued_and_no_more(issued: issuing.Issued) -> None:
    """It asks this bank's origin alone, for its keys and for its lists."""
    world = World({url: body for url, body in issued.answers.items() if url != "did"})
    verifier, now = ForeignVerifier(world), datetime.now(UTC)
    verdicts = {
        (what, form): verifier.verify(
            parse_credential(text), trusted={issuing.DID}, now=now
        ).verdict
        for form, texts in (
            ("document", {one: json.dumps(found) for one, found in issued.documents.items()}),
            ("token", issued.tokens),
        )
        for what, text in texts.items()
    }
    assert verdicts == {
        (what, form): verdict
        for form in ("document", "token")
        for what, verdict in (
            ("good", "valid"),
            ("revoked", "revoked"),
            ("suspended", "suspended"),
            ("expired", "expired"),
        )
    }
    assert set(world.asked) == {
        issuing.ORIGIN + path for path in (issuing.PUBLIC[0], *issuing.LISTS)
    }
    for changed in issuing.altered(issued.documents["good"]).values():
        report = verifier.verify(
            parse_credential(json.dumps(changed)), trusted={issuing.DID}, now=now
        )
        assert (report.verdict, report.credential) == ("altered", None)
