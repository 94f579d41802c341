import pytest

from ledger.errors import ProofRefused
from ledger.merkle import (
    EMPTY_ROOT,
    CompactRange,
    consistency_path,
    inclusion_path,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

# The reference leaves and roots of Certificate Transparency (RFC 6962 implementations share them).
LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize(("size", "expected"), list(enumerate(ROOTS)))
def test_the_root_over_the_reference_leaves_is_the_published_one(size: int, expected: str) -> None:
    """The hashing is RFC 6962's, the empty tree included."""
    assert root(map(leaf_hash, LEAVES[:size])).hex() == expected


def test_a_compact_range_survives_its_stored_form() -> None:
    """What the head row holds is enough to go on."""
    hashes = list(map(leaf_hash, LEAVES))
    first = CompactRange().extended(hashes[:5])
    stored = CompactRange.from_bytes(5, first.to_bytes())
    assert stored.extended(hashes[5:]).root.hex() == ROOTS[8]


def test_a_compact_range_that_does_not_fit_its_size_is_refused() -> None:
    """Five leaves have two complete subtrees, not one."""
    with pytest.raises(ProofRefused):
        CompactRange.from_bytes(5, bytes(32))


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 0)])
def test_proving_a_leaf_outside_the_tree_is_refused(index: int, size: int) -> None:
    """There is no proof for what is not there, and no check of one."""
    with pytest.raises(ProofRefused):
        inclusion_path(index, size, lambda _level, _position: EMPTY_ROOT)
    with pytest.raises(ProofRefused):
        verify_inclusion(EMPTY_ROOT, index=index, size=size, path=(), root=EMPTY_ROOT)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_proving_growth_from_nothing_or_backwards_is_refused(old: int, new: int) -> None:
    """Consistency starts with at least one leaf and never shrinks."""
    with pytest.raises(ProofRefused):
        consistency_path(old, new, lambda _level, _position: EMPTY_ROOT)
    with pytest.raises(ProofRefused):
        verify_consistency(old=old, new=new, path=(), old_root=EMPTY_ROOT, new_root=EMPTY_ROOT)


def test_equal_sizes_with_different_roots_are_refused() -> None:
    """Two roots of one size are a fork."""
    with pytest.raises(ProofRefused):
        verify_consistency(old=3, new=3, path=(), old_root=bytes(32), new_root=EMPTY_ROOT)


def test_an_empty_path_between_different_sizes_is_refused() -> None:
    """A path that is too short is no proof."""
    with pytest.raises(ProofRefused):
        verify_consistency(old=3, new=4, path=(), old_root=bytes(32), new_root=EMPTY_ROOT)
