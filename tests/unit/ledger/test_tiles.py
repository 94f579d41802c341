import pytest

from ledger.errors import ProofRefused
from ledger.merkle import leaf_hash
from ledger.tiles import (
    TileName,
    bundle,
    edge_tiles,
    entries_path,
    format_number,
    node_reader,
    parse_name,
    tile_path,
    unbundle,
    width_at,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "000"), (67, "067"), (1067, "x001/067"), (1234067, "x001/x234/067")],
)
def test_a_tile_number_is_written_in_groups_of_three(number: int, text: str) -> None:
    """The paths are those of tlog-tiles."""
    assert format_number(number) == text
    assert parse_name(text) == TileName(number, 256)


def test_the_paths_of_a_partial_tile_and_bundle_name_their_width() -> None:
    """A partial tile is asked for by its width."""
    assert tile_path(0, 1067, 112) == "tile/0/x001/067.p/112"
    assert entries_path(273, 1) == "tile/entries/273.p/1"
    assert parse_name("x001/067.p/112") == TileName(1067, 112)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "67",
        "0067",
        "x000/067",
        "001/067",
        "x001",
        "067.p/",
        "067.p/0",
        "067.p/01",
        "067.p/256",
        "067.p/1/",
        "067.p/-1",
        "٠٦٧",
        "../067",
        "067\n",
        "x001/" * 9 + "067",
    ],
)
def test_another_spelling_of_a_tile_name_is_not_read(text: str) -> None:
    """Each tile has one address, so that caches hold it once."""
    assert parse_name(text) is None


def test_a_tree_of_70000_leaves_has_the_tiles_that_the_standard_lists() -> None:
    """The example of tlog-tiles, section Partial Tiles."""
    assert [width_at(0, number, 70_000) for number in (0, 272, 273, 274)] == [256, 256, 112, 0]
    assert [width_at(1, number, 70_000) for number in (0, 1, 2)] == [256, 17, 0]
    assert [width_at(2, number, 70_000) for number in (0, 1)] == [1, 0]
    assert edge_tiles(70_000) == [(0, 273), (1, 1), (2, 0)]


def test_a_tree_of_256_leaves_has_one_full_tile_and_one_above_it() -> None:
    """A tile that is full shows in the level above at once."""
    assert edge_tiles(256) == [(1, 0)]


def test_a_node_of_a_tile_that_is_too_short_is_refused() -> None:
    """A cut tile yields no hash."""
    node = node_reader(lambda _level, _number: leaf_hash(b"") * 3)
    assert node(0, 2) == leaf_hash(b"")
    with pytest.raises(ProofRefused):
        node(0, 3)
    with pytest.raises(ProofRefused):
        node(1, 1)


def test_a_bundle_gives_its_entries_back() -> None:
    """Entries are prefixed with their length, empty ones too."""
    entries = [b"", b"one", bytes(65_535)]
    assert bundle(entries[:2]) == b"\x00\x00\x00\x03one"
    assert unbundle(bundle(entries)) == entries


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x03on", b"\x00\x01a\x00"])
def test_a_bundle_that_is_cut_short_is_refused(data: bytes) -> None:
    """No entry is made up from what is left."""
    with pytest.raises(ProofRefused):
        unbundle(data)
