from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoint import (
    Checkpoint,
    Signer,
    parse_note,
    parse_verifier_key,
    sign_note,
    verifier_key,
    verify_note,
)
from ledger.errors import NoteRefused
from ledger.merkle import leaf_hash, root

# Written by Go's golang.org/x/mod/sumdb/note with the seed 00 01 … 1f over the leaves 00, 01, 02.
KEY = "example.com/log+d455c521+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
NOTE = (
    "example.com/log\n3\nO2zM1+PgI/85MAbwMDFe562esRGwIrQfun5bejlz9og=\n\n"
    "— example.com/log 1FXFIZWjXvf71DpyRps1OKc86TjpLOQfsIHMWHQEdfJrU4t3Tw3GPWlfo/6Xc6wWj7000yRv5PNY"
    "5vK5+MriaredgwI=\n"
)
TREE = Checkpoint(
    origin="example.com/log", size=3, root=root(leaf_hash(bytes([one])) for one in range(3))
)


class Witness:
    """Another key that signs the same body."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Give the signature of `data`."""
        return self._key.sign(data)


def test_a_note_is_byte_for_byte_the_one_that_go_writes(signer: Signer) -> None:
    """Key id, text and signature line follow signed-note and tlog-checkpoint."""
    assert verifier_key(signer.name, signer.public) == KEY
    assert sign_note(TREE, signer) == NOTE


def test_a_note_of_the_logs_key_gives_its_checkpoint() -> None:
    """The signature covers origin, size and root."""
    assert verify_note(NOTE, [KEY]) == TREE


def test_the_published_example_of_a_verifier_key_is_read() -> None:
    """The key of Go's package documentation has the id it claims."""
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert parse_verifier_key(text).key_id.hex() == "c74f20a3"


def test_signatures_of_unknown_keys_are_ignored(signer: Signer) -> None:
    """Witnesses and further algorithms add lines; the old reader still reads."""
    line = f"— future.example {b64encode(bytes(4) + bytes(2420)).decode()}\n"
    note = sign_note(TREE, Witness("witness.example"), signer) + line
    assert verify_note(note, [KEY]) == TREE


def test_a_note_that_only_a_witness_signed_is_refused() -> None:
    """A known key that is not the log's does not speak for the log."""
    witness = Witness("witness.example")
    note = sign_note(TREE, witness)
    with pytest.raises(NoteRefused):
        verify_note(note, [KEY, verifier_key(witness.name, witness.public)])


def test_one_wrong_signature_of_a_known_key_refuses_the_note(signer: Signer) -> None:
    """A good signature beside it does not help."""
    other = Witness(signer.name)
    good = sign_note(TREE, signer, other)
    keys = [KEY, verifier_key(other.name, other.public)]
    assert verify_note(good, keys) == TREE
    wrong = sign_note(TREE, other).splitlines()[-1]
    lines = good.splitlines()
    damaged = wrong[:-8] + ("A" if wrong[-8] != "A" else "B") + wrong[-7:]
    with pytest.raises(NoteRefused, match="wrong"):
        verify_note("\n".join([*lines[:-1], damaged]) + "\n", keys)


@pytest.mark.parametrize("position", range(0, len(NOTE.encode()), 3))
def test_a_note_with_one_changed_byte_is_refused(position: int) -> None:
    """No byte of text or signature is outside the check."""
    data = bytearray(NOTE.encode())
    data[position] ^= 1
    with pytest.raises(NoteRefused):
        verify_note(data.decode("utf-8", "replace"), [KEY])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        NOTE.replace("\n\n", "\n"),
        NOTE.removesuffix("\n"),
        NOTE + "\n",
        NOTE + "trailing\n",
        NOTE.replace("\n3\n", "\n03\n"),
        NOTE.replace("\n3\n", "\n-3\n"),
        NOTE.replace("\n3\n", "\n٣\n"),
        NOTE.replace("\n3\n", f"\n{'9' * 5000}\n"),
        NOTE.replace("9og=\n", "9oh=\n"),
        NOTE.replace("9og=\n", "\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("— example", "—  example"),
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("example.com", "example\x00com"),
        NOTE.replace("example.com", "example\ud800com"),
        "x" * (1 << 18) + NOTE,
        NOTE + NOTE.splitlines(keepends=True)[-1] * 100,
    ],
)
def test_text_that_is_no_note_is_refused(note: str) -> None:
    """Malformed text is refused before any signature is looked at."""
    with pytest.raises(NoteRefused):
        parse_note(note)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/log",
        KEY.replace("d455c521", "d455c522"),
        KEY.replace("example", "exempla"),
        KEY[:-4],
        KEY.replace("+AQ", "+Ag"),
    ],
)
def test_text_that_is_no_verifier_key_is_refused(text: str) -> None:
    """A key's id binds its name, type and bytes."""
    with pytest.raises(NoteRefused):
        parse_verifier_key(text)
