"""Software of others accepts what the bank serves, and refuses it with one bit changed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from creditbank.bank import open_bank
from creditbank.settings import Settings
from ledger.checkpoint import Checkpoint, parse_note, sign_note
from ledger.receipt import parse_receipt
from ledger.tiles import WIDTH, entries_path, tile_path, width_at
from tests.interop.conftest import ServedLog, Verify

DISPROVED = ("downloaded inconsistent tile\n", "invalid transparency proof\n")

Lying = Callable[[str, int], AbstractContextManager[str]]

FIRST, LAST_OF_OLD, FIRST_OF_SECOND_TILE = 0, 79, WIDTH


def test_go_accepts_the_checkpoint(verify: Verify, log: ServedLog) -> None:
    """It reads the size and root that we read."""
    told = verify("checkpoint")
    newest = parse_note(log.get("checkpoint").decode())
    assert told.stdout == f"checkpoint {newest.size} {newest.root.hex()}\n"
    assert newest.size > WIDTH


@pytest.mark.parametrize("index", [FIRST, LAST_OF_OLD, WIDTH - 1, FIRST_OF_SECOND_TILE])
def test_go_proves_a_served_leaf_by_the_served_tiles(index: int, verify: Verify) -> None:
    """In full tiles and in partial ones."""
    told = verify("inclusion", index)
    assert told.stdout.startswith(f"leaf {index} ")


def test_go_proves_that_the_log_only_grew(verify: Verify, log: ServedLog, tmp_path: Path) -> None:
    """From a checkpoint within the first tile to one beyond it."""
    (tmp_path / "old").write_text(log.old_note)
    told = verify("consistency", tmp_path / "old")
    assert told.stdout.startswith(f"grown to {parse_note(log.get('checkpoint').decode()).size} ")


@pytest.mark.parametrize("place", [0, -1])
def test_go_accepts_the_receipt_in_the_answer_to_a_posted_result(
    place: int, verify: Verify, log: ServedLog, tmp_path: Path
) -> None:
    """The proof is to the checkpoint of the post's own commit, not to a published one."""
    receipt = log.receipts[place]
    (tmp_path / "receipt").write_text(receipt)
    told = verify("receipt", tmp_path / "receipt")
    assert told.stdout.startswith(f"leaf {parse_receipt(receipt).index} ")


def offsets(text: str, *parts: str) -> list[int]:
    """Find the second byte of each of these parts."""
    return [text.encode().index(part.encode()) + 1 for part in parts]


def test_go_refuses_a_checkpoint_with_one_bit_changed(
    verify: Verify, lying: Lying, log: ServedLog
) -> None:
    """In the origin, the size, the root, the signature's name, key id and signature."""
    note = log.get("checkpoint").decode()
    origin, size, root = note.split("\n")[:3]
    signature = note.rpartition(" ")[2]
    places = offsets(note, origin, size, root, f" {origin} ", signature, signature[20:])
    for at in places:
        with lying("checkpoint", at) as url:
            told = verify("checkpoint", url=url)
        assert (told.returncode, told.stdout) == (1, ""), note.encode()[at:]


@pytest.mark.parametrize(("level", "number"), [(0, 0), (0, 1), (1, 0)])
def test_go_refuses_a_tile_with_one_bit_changed(
    level: int, number: int, verify: Verify, lying: Lying, log: ServedLog, tmp_path: Path
) -> None:
    """Neither a leaf nor growth is proved by it."""
    (tmp_path / "old").write_text(log.old_note)
    size = parse_note(log.get("checkpoint").decode()).size
    path = tile_path(level, number, width_at(level, number, size))
    with lying(path, 17) as url:
        included = verify("inclusion", FIRST_OF_SECOND_TILE - 1 + number, url=url)
        grown = verify("consistency", tmp_path / "old", url=url)
    assert (included.returncode, included.stdout) == (1, "")
    assert (grown.returncode, grown.stdout) == (1, "")
    assert included.stderr in DISPROVED
    assert grown.stderr in DISPROVED


def test_go_refuses_a_leaf_with_one_bit_changed(
    verify: Verify, lying: Lying, log: ServedLog, tmp_path: Path
) -> None:
    """Both by the tiles and by the receipt that its provider holds."""
    receipt = log.receipts[0]
    (tmp_path / "receipt").write_text(receipt)
    index = parse_receipt(receipt).index
    before = len(log.get(entries_path(0, index)))
    with lying(entries_path(0), before + 2 + 30) as url:
        included = verify("inclusion", index, url=url)
        proved = verify("receipt", tmp_path / "receipt", url=url)
    assert (included.returncode, included.stdout) == (1, "")
    assert (proved.returncode, proved.stdout) == (1, "")


def test_go_refuses_a_receipt_with_one_bit_changed(
    verify: Verify, log: ServedLog, tmp_path: Path
) -> None:
    """In its index, in each hash of its path, in its checkpoint."""
    receipt = log.receipts[-1]
    head, _, note = receipt.partition("\n\n")
    lines = head.split("\n")
    places = offsets(receipt, *lines[2:], note, note.rpartition(" ")[2])
    for at in [len(lines[0]) + len(lines[1]), *places]:
        changed = bytearray(receipt.encode())
        changed[at] ^= 1
        (tmp_path / "receipt").write_bytes(changed)
        told = verify("receipt", tmp_path / "receipt")
        assert (told.returncode, told.stdout) == (1, ""), receipt.encode()[at:]


def test_go_refuses_a_fork_that_the_log_itself_signed(
    verify: Verify, log: ServedLog, tmp_path: Path
) -> None:
    """An old root that the tree does not extend is refused whoever signed it."""
    names = {name.removeprefix("CREDITBANK_").lower(): at for name, at in log.environment.items()}
    bank = open_bank(Settings(**names))
    try:
        old = parse_note(log.old_note)
        fork = Checkpoint(origin=old.origin, size=old.size, root=old.root[::-1])
        (tmp_path / "old").write_text(sign_note(fork, bank.signer))
    finally:
        bank.close()
    told = verify("consistency", tmp_path / "old")
    assert (told.returncode, told.stdout) == (1, "")
