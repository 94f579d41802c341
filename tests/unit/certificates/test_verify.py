from dataclasses import replace
from datetime import timedelta

import pytest

from certificates.cose import sign1
from certificates.issue import issue_pass
from certificates.keys import KeyRing, MakeSigner, Purpose, SigningKey
from certificates.pass_claims import PassClaims
from certificates.report import CheckName, CheckResult
from certificates.verify import PassReport, verify_pass

SECOND = timedelta(seconds=1)


def _results(report: PassReport) -> dict[str, tuple[str, str | None]]:
    return {check.name.value: (check.result.value, check.problem) for check in report.checks}


def _verify(document: bytes, ring: KeyRing, claims: PassClaims, **changes: object) -> PassReport:
    asked = {
        "keys": ring.verification_keys(Purpose.PASS),
        "issuers": [claims.issuer],
        "now": claims.issued_at,
    }
    return verify_pass(document, **(asked | changes))  # type: ignore[arg-type]  # as asked above


def test_a_pass_verifies_by_published_keys_alone(
    claims: PassClaims, ring: KeyRing, key: SigningKey
) -> None:
    """All four checks pass and the claims are those that were issued."""
    report = _verify(issue_pass(claims, key), ring, claims)
    assert [check.name for check in report.checks] == [
        CheckName.FORMAT,
        CheckName.SIGNATURE,
        CheckName.ISSUER,
        CheckName.DATES,
    ]
    assert {check.result for check in report.checks} == {CheckResult.PASSED}
    assert report.claims == claims


def test_a_pass_of_a_retired_key_still_verifies(
    claims: PassClaims, ring: KeyRing, key: SigningKey, make: MakeSigner
) -> None:
    """Printed passes outlive a rotation."""
    rotated = ring.rotate(Purpose.PASS, now=claims.issued_at + SECOND, make=make)
    assert _verify(issue_pass(claims, key), rotated, claims).claims == claims


def test_an_unknown_key_cannot_be_judged(
    claims: PassClaims, ring: KeyRing, key: SigningKey
) -> None:
    """Neither good nor altered: no claims, the issuer unconfirmed."""
    report = _verify(issue_pass(claims, key), ring, claims, keys={})
    assert _results(report) == {
        "format": ("passed", None),
        "signature": ("skipped", "unknown-key"),
        "issuer": ("failed", "unknown-key"),
        "dates": ("skipped", None),
    }
    assert report.claims is None


def test_a_wrong_signature_gives_no_claims(
    claims: PassClaims, ring: KeyRing, key: SigningKey
) -> None:
    """Nothing of an altered pass is shown."""
    document = issue_pass(claims, key)
    report = _verify(document[:-1] + bytes([document[-1] ^ 1]), ring, claims)
    assert _results(report)["signature"] == ("failed", "signature-mismatch")
    assert report.claims is None


def test_another_issuer_is_told_apart_from_the_signature(
    claims: PassClaims, ring: KeyRing, key: SigningKey
) -> None:
    """Signature good is separate from issuer known to you."""
    report = _verify(issue_pass(claims, key), ring, claims, issuers=["did:web:other.example"])
    assert _results(report)["signature"] == ("passed", None)
    assert _results(report)["issuer"] == ("failed", "unknown-issuer")


def test_a_signed_thing_that_is_no_pass_is_unreadable(
    claims: PassClaims, ring: KeyRing, key: SigningKey
) -> None:
    """A good signature does not make a pass."""
    report = _verify(sign1(b"\xa0", key), ring, claims)
    assert _results(report)["format"] == ("failed", "unreadable")
    assert report.claims is None


@pytest.mark.parametrize(
    ("not_before", "offset", "expected"),
    [
        (None, -SECOND, ("failed", "not-yet-valid")),
        (None, 0 * SECOND, ("passed", None)),
        (timedelta(days=1), timedelta(days=1) - SECOND, ("failed", "not-yet-valid")),
        (timedelta(days=1), timedelta(days=1), ("passed", None)),
        (None, timedelta(days=30) - SECOND, ("passed", None)),
        (None, timedelta(days=30), ("failed", "expired")),
    ],
)
def test_a_pass_is_valid_from_its_first_second_until_its_expiry(
    claims: PassClaims,
    ring: KeyRing,
    not_before: timedelta | None,
    offset: timedelta,
    expected: tuple[str, str | None],
) -> None:
    """The expiry itself is past the end (RFC 8392, section 3.1.4)."""
    begin = claims.issued_at
    dated = replace(
        claims,
        not_before=None if not_before is None else begin + not_before,
        expires_at=begin + timedelta(days=30),
    )
    document = issue_pass(dated, ring.current(Purpose.PASS))
    report = _verify(document, ring, claims, now=begin + offset)
    assert _results(report)["dates"] == expected
    assert report.claims == dated
