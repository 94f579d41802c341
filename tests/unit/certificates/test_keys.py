from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from certificates.errors import KeyFileRefused, KeyMissing
from certificates.keys import KeyRing, MakeSigner, Purpose, SigningKey
from certificates.signer import SecretSigner
from certificates.suites import Suite

NOW = datetime(2027, 1, 1, tzinfo=UTC)
RFC_8032_TEST_2 = {
    "secret": "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "public": "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "message": "72",
    "signature": "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
}


def test_a_key_signs_as_rfc_8032_says() -> None:
    """Section 7.1, test 2; the key's name is the beginning of its public part's hash."""
    vector = {name: bytes.fromhex(text) for name, text in RFC_8032_TEST_2.items()}
    key = SigningKey(purpose=Purpose.PASS, created_at=NOW, signer=SecretSigner(vector["secret"]))
    assert key.public == vector["public"]
    assert key.sign(vector["message"]) == vector["signature"]
    assert key.kid == sha256(vector["public"]).digest()[:8]


def test_a_ring_gets_the_keys_that_it_lacks_and_keeps_its_own(
    ring: KeyRing, make: MakeSigner
) -> None:
    """A bank of an earlier version signs credentials after its next `init`."""
    whole = ring.with_purposes(Purpose, now=NOW, make=make)
    assert whole.keys[: len(ring.keys)] == ring.keys
    assert {key.purpose for key in whole.keys} == set(Purpose)
    assert whole.with_purposes(Purpose, now=NOW, make=make) == whole


@pytest.mark.parametrize("suite", Suite)
def test_a_key_of_either_suite_signs_and_refuses_alike(suite: Suite) -> None:
    """64 bytes each, and a key of one suite never verifies as one of the other."""
    key = SigningKey(
        purpose=Purpose.CREDENTIAL, created_at=NOW, signer=SecretSigner(bytes(range(32)), suite)
    )
    signature = key.sign(b"data")
    assert (len(signature), key.sign(b"data")) == (64, signature)
    assert key.verification_key.verifies(signature, b"data")
    for wrong in (signature[:-1], signature + b"x", b"", bytes(64)):
        assert not key.verification_key.verifies(wrong, b"data")
    assert not key.verification_key.verifies(signature, b"date")
    (other,) = set(Suite) - {suite}
    assert not other.verifies(key.public, signature, b"data")


def test_a_signature_of_other_data_or_length_does_not_verify(key: SigningKey) -> None:
    """Hostile signatures are false, never an error."""
    signature = key.sign(b"data")
    verifies = key.verification_key.verifies
    assert verifies(signature, b"data")
    assert not verifies(signature, b"date")
    assert not verifies(b"", b"data")
    assert not verifies(signature[:-1], b"data")


def test_rotation_retires_the_key_and_keeps_its_public_part(
    ring: KeyRing, make: MakeSigner
) -> None:
    """What the old key signed still verifies; the other purpose and the first ring stay."""
    first = ring.current(Purpose.PASS)
    rotated = ring.rotate(Purpose.PASS, now=NOW, make=make)
    rotated = rotated.rotate(Purpose.PASS, now=NOW + timedelta(days=1), make=make)
    second = rotated.keys[-2]
    assert rotated.current(Purpose.PASS) is rotated.keys[-1]
    assert [key.retired_at for key in rotated.keys if key.purpose == Purpose.PASS] == [
        NOW,
        NOW + timedelta(days=1),
        None,
    ]
    assert rotated.verification_keys(Purpose.PASS).keys() == {
        first.kid,
        second.kid,
        rotated.current(Purpose.PASS).kid,
    }
    assert rotated.current(Purpose.CHECKPOINT) == ring.current(Purpose.CHECKPOINT)
    assert ring.current(Purpose.PASS) is first


def test_a_retired_key_keeps_no_secret_and_signs_no_more(ring: KeyRing, make: MakeSigner) -> None:
    """Who steals the file later signs nothing by it."""
    first = ring.current(Purpose.PASS)
    rotated = ring.rotate(Purpose.PASS, now=NOW, make=make)
    kept = next(key for key in rotated.keys if key.kid == first.kid)
    assert isinstance(first.signer, SecretSigner)
    assert first.signer.secret.hex() not in str(rotated.to_content())
    assert kept.verification_key.verifies(first.sign(b"data"), b"data")
    with pytest.raises(KeyMissing):
        kept.sign(b"data")


def test_a_file_of_before_is_read(ring: KeyRing) -> None:
    """Its retired keys have their secret still; it goes with nothing lost."""
    content = ring.to_content()
    (first, *_) = content["keys"]  # type: ignore[misc]  # a list, as it is written
    first["retired_at"] = NOW.isoformat()
    assert KeyRing.from_content(content).keys[0].kid == ring.keys[0].kid


def test_rotation_gives_a_purpose_its_first_key(make: MakeSigner) -> None:
    """A ring without a key for a purpose says so until it gets one."""
    empty = KeyRing(())
    with pytest.raises(KeyMissing):
        empty.current(Purpose.PASS)
    assert empty.rotate(Purpose.PASS, now=NOW, make=make).current(Purpose.PASS)


def test_keys_of_two_purposes_are_never_given_for_each_other(ring: KeyRing) -> None:
    """A checkpoint's key does not verify passes."""
    passes = ring.verification_keys(Purpose.PASS)
    assert passes.keys().isdisjoint(ring.verification_keys(Purpose.CHECKPOINT))


def test_a_secret_never_shows_in_a_representation(ring: KeyRing) -> None:
    """Logs and tracebacks print representations."""
    for shown in (repr(ring), *map(repr, ring.keys)):
        for key in ring.keys:
            assert isinstance(key.signer, SecretSigner)
            assert key.signer.secret.hex() not in shown
            assert repr(key.signer.secret) not in shown


def test_a_ring_is_read_back_from_its_content(ring: KeyRing, make: MakeSigner) -> None:
    """Retired keys and all times stay."""
    rotated = ring.rotate(Purpose.PASS, now=NOW, make=make)
    assert KeyRing.from_content(rotated.to_content()) == rotated


@pytest.mark.parametrize("content", [{}, {"keys": [{}]}, {"keys": 1}, {"keys": [{"purpose": "x"}]}])
def test_another_content_is_refused(content: dict[str, object]) -> None:
    """A file of something else is not taken for a ring."""
    with pytest.raises(KeyFileRefused):
        KeyRing.from_content(content)
