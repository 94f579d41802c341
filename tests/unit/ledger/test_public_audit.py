from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ledger.audit import audit
from ledger.checkpoint import Checkpoint, Signer, sign_note
from ledger.leaf import LeafDraft, encode_draft
from ledger.merkle import CompactRange, leaf_hash
from ledger.sources import DirectorySource
from ledger.tiles import WIDTH, bundle, entries_path, tile_count, tile_path

ORIGIN = "example.com/log"
UNIT = b"\x01" * 32

Draft = Callable[..., LeafDraft]


def write_log(directory: Path, leaves: Sequence[bytes], signer: Signer) -> DirectorySource:
    """Write a log of any bytes as files of tlog-tiles, signed."""
    hashes = [leaf_hash(leaf) for leaf in leaves]
    tree, nodes = CompactRange().extended_with_nodes(hashes, every=8)
    rows = {0: hashes, 1: [node for level, node in nodes if level == 1]}
    files = {}
    for level, row in rows.items():
        for number in range((tile_count(level, tree.size) + WIDTH - 1) // WIDTH):
            part = row[number * WIDTH : (number + 1) * WIDTH]
            files[tile_path(level, number, len(part))] = b"".join(part)
    for number in range((tree.size + WIDTH - 1) // WIDTH):
        part = leaves[number * WIDTH : (number + 1) * WIDTH]
        files[entries_path(number, len(part))] = bundle(part)
    head = Checkpoint(origin=ORIGIN, size=tree.size, root=tree.root)
    files["checkpoint"] = sign_note(head, signer).encode()
    for name, data in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(data)
    return DirectorySource(directory)


RULES_BROKEN = {
    "time falls": (1, [{}, {"at": 9}], "time falls"),
    "another log": (0, [{"log": "example.com/other"}], "another log"),
    "id repeated": (1, [{}, {"id": 0}], "id is that of an earlier leaf"),
    "reference forward": (0, [{"t": "suspend", "ref": 0}], "not before it"),
    "rule not published": (0, [{"t": "convert", "rule": UNIT}], "no earlier leaf published"),
    "rule published later": (
        0,
        [
            {"t": "convert", "rule": UNIT},
            {"t": "rule", "object": UNIT, "acct": None, "stmt": None},
        ],
        "no earlier leaf published",
    ),
    "spent twice": (
        1,
        [
            {"t": "correct", "ref": 0, "spend": (UNIT,)},
            {"t": "correct", "ref": 0, "spend": (UNIT,)},
        ],
        "which is live",
    ),
    "released twice": (
        2,
        [
            {"t": "correct", "ref": 0, "spend": (UNIT,)},
            {"t": "reverse", "ref": 0, "release": (UNIT,)},
            {"t": "reverse", "ref": 0, "release": (UNIT,)},
        ],
        "which is not live",
    ),
}


@pytest.mark.parametrize(("index", "changes", "problem"), RULES_BROKEN.values(), ids=RULES_BROKEN)
def test_a_signed_log_that_breaks_a_rule_is_named(
    index: int,
    changes: list[dict[str, object]],
    problem: str,
    tmp_path: Path,
    draft: Draft,
    signer: Signer,
    keys: list[str],
) -> None:
    """A log's own signature does not make its contents right."""
    leaves = [encode_draft(draft(1000), log=ORIGIN, at=10)]
    for number, change in enumerate(changes):
        facts = dict(change)
        at, log = facts.pop("at", 10), facts.pop("log", ORIGIN)
        number = 1000 if facts.pop("id", None) == 0 else number  # noqa: PLW2901 - the id is made from it.
        leaves.append(encode_draft(draft(number, **facts), log=log, at=at))
    if problem == "not before it":
        leaves[1] = encode_draft(draft(0, t="suspend", ref=1), log=ORIGIN, at=10)
    report = audit(write_log(tmp_path, leaves, signer), keys)
    assert report.findings[0].index == index + 1
    assert (report.findings[0].table, problem in report.findings[0].problem) == ("leaf", True)


def test_bytes_that_are_no_leaf_are_named(tmp_path: Path, signer: Signer, keys: list[str]) -> None:
    """A public log holds leaves of the schema only."""
    report = audit(write_log(tmp_path, [b"{}"] * 300, signer), keys)
    assert report.differing == 300
    assert (report.findings[299].table, report.findings[299].index) == ("leaf", 299)


def test_a_full_tile_serves_for_a_partial_one_that_is_gone(
    tmp_path: Path, draft: Draft, signer: Signer, keys: list[str]
) -> None:
    """tlog-tiles allows partial tiles to go once the full one is there."""
    leaves = [encode_draft(draft(number), log=ORIGIN, at=10) for number in range(256)]
    write_log(tmp_path, leaves, signer)
    (tmp_path / "tile" / "1").rename(tmp_path / "kept")
    source = write_log(tmp_path, leaves[:200], signer)
    for partial in tmp_path.rglob("*.p"):
        partial.rename(tmp_path / f"gone-{len(list(tmp_path.iterdir()))}")
    assert audit(source, keys).is_sound
