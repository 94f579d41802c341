import pytest

from ledger.checkpoint import Checkpoint, Signer, sign_note
from ledger.errors import LedgerError, NoteRefused
from ledger.merkle import leaf_hash, root
from ledger.receipt import make_receipt, parse_receipt, verify_receipt

HASHES = [leaf_hash(bytes([one])) for one in range(3)]

# The note is Go's (see the checkpoint's tests), the rest is written by hand after tlog-proof.
RECEIPT = (
    "c2sp.org/tlog-proof@v1\n"
    "index 2\n"
    "ogv5p8wtyKCPX0FacbGfasQnurVNJO7IaLXTEDRJlTo=\n"
    "\n"
    "example.com/log\n"
    "3\n"
    "O2zM1+PgI/85MAbwMDFe562esRGwIrQfun5bejlz9og=\n"
    "\n"
    "— example.com/log 1FXFIZWjXvf71DpyRps1OKc86TjpLOQfsIHMWHQEdfJrU4t3Tw3GPWlfo/6Xc6wWj7000yRv5PNY"
    "5vK5+MriaredgwI=\n"
)


@pytest.fixture
def note(signer: Signer) -> str:
    """Give the signed checkpoint of the three leaves."""
    return sign_note(Checkpoint(origin=signer.name, size=3, root=root(HASHES)), signer)


def test_a_receipt_is_written_as_tlog_proof_lays_down(note: str) -> None:
    """Header, index, path and the note as it is."""
    assert make_receipt(2, [root(HASHES[:2])], note) == RECEIPT


def test_a_receipt_leads_from_the_leaf_to_the_checkpoint(keys: list[str]) -> None:
    """The leaf of the index is in the signed tree."""
    assert verify_receipt(RECEIPT, b"\x02", keys).size == 3


def test_a_receipt_for_a_tree_of_one_leaf_has_no_hashes(signer: Signer, keys: list[str]) -> None:
    """The path may be empty."""
    tree = Checkpoint(origin=signer.name, size=1, root=HASHES[0])
    receipt = make_receipt(0, (), sign_note(tree, signer))
    assert verify_receipt(receipt, b"\x00", keys) == tree


def test_an_extra_line_is_read_and_changes_nothing(keys: list[str]) -> None:
    """Extra data is opaque and not to be trusted."""
    extended = RECEIPT.replace("index", "extra AAE=\nindex")
    assert parse_receipt(extended).extra == b"\x00\x01"
    assert verify_receipt(extended, b"\x02", keys).size == 3


@pytest.mark.parametrize("leaf", [b"", b"\x00", b"\x01", b"\x03", b"\x02\x00"])
def test_a_receipt_of_another_leaf_is_refused(leaf: bytes, keys: list[str]) -> None:
    """A receipt proves its own leaf only."""
    with pytest.raises(LedgerError):
        verify_receipt(RECEIPT, leaf, keys)


@pytest.mark.parametrize("position", range(0, len(RECEIPT.encode()), 3))
def test_a_receipt_with_one_changed_byte_is_refused(position: int, keys: list[str]) -> None:
    """No byte of a receipt is outside the check."""
    data = bytearray(RECEIPT.encode())
    data[position] ^= 1
    with pytest.raises(LedgerError):
        verify_receipt(data.decode("utf-8", "replace"), b"\x02", keys)


@pytest.mark.parametrize(
    "text",
    [
        "",
        RECEIPT.replace("@v1", "@v2"),
        RECEIPT.replace("index 2", "index 02"),
        RECEIPT.replace("index 2", f"index {'9' * 5000}"),
        RECEIPT.replace("index 2\n", ""),
        RECEIPT.replace("index 2\n", "index 2\nextra AAE=\n"),
        RECEIPT.replace("index 2", "extra AAE=\nextra AAE=\nindex 2"),
        RECEIPT.replace("index 2", "extra A\nindex 2"),
        RECEIPT.replace("\n\nexample", "\nexample"),
        RECEIPT.replace(
            "ogv5p8wtyKCPX0FacbGfasQnurVNJO7IaLXTEDRJlTo=",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
        ),
        RECEIPT.replace(
            "index 2\n", "index 2\n" + "O2zM1+PgI/85MAbwMDFe562esRGwIrQfun5bejlz9og=\n" * 63
        ),
    ],
)
def test_text_that_is_no_receipt_is_refused(text: str) -> None:
    """The format has one spelling."""
    with pytest.raises(NoteRefused):
        parse_receipt(text)
