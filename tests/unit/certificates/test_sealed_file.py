from collections.abc import Callable
from pathlib import Path

import pytest

from certificates.errors import KeyFileRefused
from certificates.sealed_file import read_sealed, write_sealed

PASSPHRASE = b"correct horse"
CONTENT = {"secret": "0" * 64, "名": ["值", None]}


@pytest.fixture
def sealed(tmp_path: Path, entropy: Callable[[int], bytes]) -> Path:
    """Give a sealed file."""
    path = tmp_path / "keys.json"
    write_sealed(path, PASSPHRASE, CONTENT, entropy=entropy)
    return path


def test_a_sealed_file_opens_with_its_passphrase_only(sealed: Path) -> None:
    """The content comes back whole, or not at all."""
    assert read_sealed(sealed, PASSPHRASE) == CONTENT
    with pytest.raises(KeyFileRefused):
        read_sealed(sealed, b"correct hors")


def test_any_changed_byte_is_refused(sealed: Path, entropy: Callable[[int], bytes]) -> None:
    """Also those that JSON and base64 would forgive: every byte is tried with its lowest bit."""
    write_sealed(sealed, PASSPHRASE, {}, entropy=entropy)
    data = sealed.read_bytes()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        sealed.write_bytes(changed)
        with pytest.raises(KeyFileRefused):
            read_sealed(sealed, PASSPHRASE)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b'{"salt":1,"nonce":2,"sealed":3}'])
def test_another_file_is_refused(sealed: Path, data: bytes) -> None:
    """Nothing else is taken for a sealed file."""
    sealed.write_bytes(data)
    with pytest.raises(KeyFileRefused):
        read_sealed(sealed, PASSPHRASE)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The caller meets one kind of refusal."""
    with pytest.raises(KeyFileRefused, match="cannot be read"):
        read_sealed(tmp_path / "none.json", PASSPHRASE)


def test_the_file_is_its_owners_alone_whatever_a_crash_left(
    sealed: Path, entropy: Callable[[int], bytes]
) -> None:
    """A left-over with open permissions does not lend them to the new file."""
    left = sealed.with_name("keys.json.new")
    left.write_bytes(b"half")
    left.chmod(0o666)
    write_sealed(sealed, PASSPHRASE, {"keys": []}, entropy=entropy)
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert read_sealed(sealed, PASSPHRASE) == {"keys": []}
    assert [file.name for file in sealed.parent.iterdir()] == ["keys.json"]


def test_two_writings_share_no_byte_of_the_secret(
    sealed: Path, entropy: Callable[[int], bytes]
) -> None:
    """A fresh salt and nonce each time."""
    first = sealed.read_bytes()
    write_sealed(sealed, PASSPHRASE, CONTENT, entropy=entropy)
    assert sealed.read_bytes() != first
