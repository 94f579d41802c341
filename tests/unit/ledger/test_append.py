from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from ledger.append import Appended, append, create_head, lock_head
from ledger.checkpoint import Checkpoint, Signer, sign_note
from ledger.errors import AlreadySpent, LeafRefused, NotInLog, NotLive, ProofRefused
from ledger.leaf import LeafDraft, decode
from ledger.merkle import (
    EMPTY_ROOT,
    leaf_hash,
    root,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from ledger.objects import find_object, put_object
from ledger.publish import store_checkpoint
from ledger.read import (
    newest_checkpoint,
    prove,
    prove_growth,
    published_width,
    read_bundle,
    read_checkpoints,
    read_head,
    read_leaf,
    read_leaves,
    read_tile,
)
from ledger.spends import live_spends
from ledger.tiles import WIDTH, node_reader, unbundle

ORIGIN = "example.com/log"
NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
UNIT, OTHER, RULE = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32

Draft = Callable[..., LeafDraft]


def append_now(engine: Engine, *drafts: LeafDraft, now: datetime = NOW) -> Appended:
    """Append in a transaction of its own."""
    with engine.begin() as connection:
        return append(connection, lock_head(connection), drafts, origin=ORIGIN, now=now)


@pytest.mark.parametrize("sizes", [(1, 1, 1), (255, 1, 1), (300, 3), (256, 256, 1), (1, 700)])
def test_each_appended_leaf_is_proved_without_reading(
    sizes: tuple[int, ...], engine: Engine, draft: Draft
) -> None:
    """The proof in the reply leads to the root over all leaves so far."""
    hashes: list[bytes] = []
    for size in sizes:
        drafts = [draft(len(hashes) + place) for place in range(size)]
        appended = append_now(engine, *drafts)
        hashes += map(leaf_hash, appended.leaves)
        assert appended.root == root(hashes)
        assert appended.hashes == tuple(hashes[appended.first :])
        for position in range(size):
            verify_inclusion(
                appended.hashes[position],
                index=appended.first + position,
                size=appended.size,
                path=appended.path(position),
                root=appended.root,
            )


def test_every_leaf_is_proved_in_every_tree_from_the_database(engine: Engine, draft: Draft) -> None:
    """Past trees stay provable, because partial tiles are slices of what is stored."""
    hashes = append_now(engine, *map(draft, range(600))).hashes
    with engine.connect() as connection:
        node = node_reader(lambda *key: read_tile(connection, *key, WIDTH) or b"")
        for size in (1, 2, 255, 256, 257, 511, 512, 513, 600):
            assert root_at(size, node) == root(hashes[:size])
            for index in {0, size // 3, size // 2, size - 1}:
                verify_inclusion(
                    hashes[index],
                    index=index,
                    size=size,
                    path=prove(connection, index, size),
                    root=root(hashes[:size]),
                )
            verify_consistency(
                old=size,
                new=600,
                path=prove_growth(connection, size, 600),
                old_root=root(hashes[:size]),
                new_root=root(hashes),
            )


def test_two_appends_in_one_transaction_continue_each_other(engine: Engine, draft: Draft) -> None:
    """The head that is given back serves for the next append."""
    with engine.begin() as connection:
        first = append(
            connection, lock_head(connection), [draft(0), draft(1)], origin=ORIGIN, now=NOW
        )
        second = append(connection, first.head, [draft(2)], origin=ORIGIN, now=NOW)
        assert (second.first, second.size) == (2, 3)
        assert read_head(connection) == second.head


def test_an_append_that_is_rolled_back_leaves_no_gap(engine: Engine, draft: Draft) -> None:
    """Indexes come from the head, not from a sequence."""
    append_now(engine, draft(0))
    with engine.connect() as connection:
        append(connection, lock_head(connection), [draft(1)], origin=ORIGIN, now=NOW)
        connection.rollback()
    assert append_now(engine, draft(2)).first == 1


def test_appending_nothing_changes_nothing(engine: Engine, draft: Draft) -> None:
    """An empty batch is no event."""
    before = append_now(engine, draft(0)).head
    nothing = append_now(engine, now=NOW + timedelta(hours=1))
    assert (nothing.head, nothing.leaves) == (before, ())


def test_time_never_falls_though_the_clock_does(engine: Engine, draft: Draft) -> None:
    """Order is the index; the trusted time never contradicts it."""
    append_now(engine, draft(0))
    late = append_now(engine, draft(1), now=NOW - timedelta(hours=1))
    assert decode(late.leaves[0])["at"] == int(NOW.timestamp())


def test_a_repeated_leaf_id_is_refused(engine: Engine, draft: Draft) -> None:
    """One id is one leaf, whatever else it says."""
    append_now(engine, draft(0))
    with pytest.raises(IntegrityError):
        append_now(engine, draft(0, stmt=OTHER))


def test_a_leaf_that_refers_to_itself_or_later_is_refused(engine: Engine, draft: Draft) -> None:
    """A reference points back."""
    with pytest.raises(LeafRefused):
        append_now(engine, draft(0), draft(1, t="suspend", ref=1))
    assert append_now(engine, draft(0), draft(1, t="suspend", ref=0)).size == 2


def test_a_live_value_is_not_spent_again(engine: Engine, draft: Draft) -> None:
    """The second conversion of one part is refused, in the same append or a later one."""
    first = draft(0, t="convert", rule=RULE, spend=(UNIT,))
    with pytest.raises(AlreadySpent) as refused:
        append_now(engine, first, draft(1, t="convert", rule=RULE, spend=(OTHER, UNIT)))
    assert (refused.value.value, refused.value.position) == (UNIT, 1)
    append_now(engine, first)
    with pytest.raises(AlreadySpent):
        append_now(engine, draft(1, t="convert", rule=RULE, spend=(UNIT,)))


def test_a_released_value_is_spent_again(engine: Engine, draft: Draft) -> None:
    """Spend and release alternate, within one leaf the release comes first."""
    append_now(engine, draft(0, t="convert", rule=RULE, spend=(UNIT, OTHER)))
    append_now(
        engine,
        draft(1, t="reverse", ref=0, release=(UNIT,)),
        draft(2, t="convert", rule=RULE, spend=(UNIT,)),
        draft(3, t="reverse", ref=0, release=(OTHER,), spend=(OTHER,)),
    )
    with engine.connect() as connection:
        assert live_spends(connection, {UNIT, OTHER}) == {UNIT: 2, OTHER: 3}


def test_a_value_that_is_not_live_is_not_released(engine: Engine, draft: Draft) -> None:
    """There is nothing to give back."""
    append_now(engine, draft(0))
    with pytest.raises(NotLive):
        append_now(engine, draft(1, t="reverse", ref=0, release=(UNIT,)))


def test_leaves_tiles_and_bundles_are_read_as_they_were_written(
    engine: Engine, draft: Draft
) -> None:
    """What is served is what was hashed."""
    appended = append_now(engine, *map(draft, range(300)))
    with engine.connect() as connection:
        assert read_leaf(connection, 299) == appended.leaves[299]
        assert read_leaves(connection, 250, 400) == list(appended.leaves[250:])
        assert unbundle(read_bundle(connection, 1, 44)) == list(appended.leaves[256:])
        assert read_tile(connection, 0, 1, 7) == b"".join(appended.hashes[256:263])
        assert read_tile(connection, 1, 0, 1) == root(appended.hashes[:256])
        assert read_tile(connection, 2, 0, 1) is None
        with pytest.raises(NotInLog):
            read_leaf(connection, 300)
        with pytest.raises(ProofRefused):
            prove(connection, 10, 301)


def test_making_the_head_again_keeps_the_log(engine: Engine, draft: Draft) -> None:
    """Installing twice is harmless."""
    with engine.begin() as connection:
        assert read_head(connection).root == EMPTY_ROOT
    appended = append_now(engine, draft(0))
    with engine.begin() as connection:
        create_head(connection)
        assert lock_head(connection) == appended.head


def test_a_published_checkpoint_is_never_replaced_by_a_smaller_one(
    engine: Engine, draft: Draft, signer: Signer
) -> None:
    """The newest is the largest; repeating and going back are without effect."""
    hashes = append_now(engine, *map(draft, range(300))).hashes
    for size in (0, 280, 270, 280):
        tree = Checkpoint(origin=ORIGIN, size=size, root=root(hashes[:size]))
        with engine.begin() as connection:
            store_checkpoint(connection, size, tree.root, sign_note(tree, signer))
    with engine.connect() as connection:
        newest = newest_checkpoint(connection)
        assert newest is not None
        assert (newest.size, newest.root) == (280, root(hashes[:280]))
        assert [one.size for one in read_checkpoints(connection)] == [0, 280]
        assert published_width(connection, 0, 1) == 24


def test_a_checkpoint_beyond_the_log_is_not_published(engine: Engine, signer: Signer) -> None:
    """Only committed trees leave the building."""
    tree = Checkpoint(origin=ORIGIN, size=1, root=EMPTY_ROOT)
    with engine.begin() as connection, pytest.raises(NotInLog):
        store_checkpoint(connection, 1, tree.root, sign_note(tree, signer))


def test_a_document_is_kept_once_under_its_hash(engine: Engine) -> None:
    """Putting it again changes nothing."""
    with engine.begin() as connection:
        digest = put_object(connection, "text/plain", b"rules")
        assert digest == sha256(b"rules").digest()
        assert put_object(connection, "text/html", b"rules") == digest
        assert find_object(connection, digest) == ("text/plain", b"rules")
        assert find_object(connection, bytes(32)) is None
