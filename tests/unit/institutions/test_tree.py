"""Whose records somebody may see: those of her institution's subtree."""

from creditbank.institutions.tree import Tree

TREE = Tree(
    parents={"bank": None, "university": None, "college": "university", "class": "college"},
    bank_id="bank",
)


def test_an_institution_covers_itself_and_everything_under_it() -> None:
    """However deep."""
    assert TREE.covers("university", "university")
    assert TREE.covers("university", "class")


def test_an_institution_does_not_cover_what_stands_above_or_beside_it() -> None:
    """A clerk of a college does not act for its university."""
    assert not TREE.covers("college", "university")
    assert not TREE.covers("class", "bank")


def test_the_bank_covers_every_institution_and_nothing_unknown() -> None:
    """Its own staff serve all."""
    assert TREE.covers("bank", "class")
    assert not TREE.covers("bank", "nowhere")
