"""A leaf has one spelling, which is RFC 8785's; every changed byte of what is signed is found."""

from collections.abc import Sequence

import rfc8785
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from ledger.checkpoint import Checkpoint, parse_verifier_key, sign_note, verifier_key, verify_note
from ledger.errors import LeafRefused, LedgerError
from ledger.grammar import INTEGER_MAX, SCHEMA, TEXT_LENGTH_MAX
from ledger.leaf import decode, encode
from ledger.merkle import inclusion_path, leaf_hash, root
from ledger.receipt import make_receipt, verify_receipt
from ledger.tiles import node_reader
from tests.property.ledger.conftest import Key

COUNTS = st.integers(0, INTEGER_MAX)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
TEXTS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"\\'),
    min_size=1,
    max_size=TEXT_LENGTH_MAX,
)
SIGNATURES = st.one_of(
    st.fixed_dictionaries(
        {
            "kid": st.binary(min_size=8, max_size=8).map(bytes.hex),
            "s": st.binary(min_size=64, max_size=64).map(bytes.hex),
        }
    ),
    st.fixed_dictionaries({"manifest": HASHES, "i": COUNTS, "path": st.lists(HASHES, max_size=20)}),
)
FIELDS = {
    "acct": HASHES,
    "object": HASHES,
    "ref": COUNTS,
    "release": st.lists(HASHES, min_size=1, max_size=20),
    "rule": HASHES,
    "sig": SIGNATURES,
    "spend": st.lists(HASHES, min_size=1, max_size=20),
    "stmt": HASHES,
}
COMMON = {
    "v": st.just(1),
    "log": TEXTS,
    "id": st.binary(min_size=16, max_size=16).map(bytes.hex),
    "at": COUNTS,
    "iss": TEXTS,
}


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, object]:
    """Any leaf that the closed schema has, its names in any order."""
    kind = draw(st.sampled_from(sorted(SCHEMA)))
    required, allowed = SCHEMA[kind]
    optional = draw(st.sets(st.sampled_from(sorted({*allowed, "sig"}))))
    parts = {**COMMON, **{name: FIELDS[name] for name in required | optional}}
    leaf = {"t": kind, **draw(st.fixed_dictionaries(parts))}
    return dict(draw(st.permutations(list(leaf.items()))))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | HASHES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(leaf=leaves())
def test_a_leaf_is_spelled_as_rfc_8785_spells_it(leaf: dict[str, object]) -> None:
    """Byte for byte what the reference library gives, whatever the type and the order."""
    data = encode(leaf)
    assert data == rfc8785.dumps(leaf)  # type: ignore[arg-type]
    assert decode(data) == leaf


@given(leaf=leaves(), name=st.sampled_from([*FIELDS, *COMMON, "t", "note"]), value=ANYTHING)
@example(leaf={}, name="at", value=1.0)
@example(leaf={}, name="at", value=-0.0)
@example(leaf={}, name="at", value=2**53)
@example(leaf={}, name="log", value="\U0001f600")
def test_whatever_the_validator_accepts_is_canonical(
    leaf: dict[str, object], name: str, value: object
) -> None:
    """One field replaced by anything at all is refused, or spelled as RFC 8785 spells it."""
    changed = {**leaf, name: value}
    try:
        data = encode(changed)
    except LeafRefused:
        return
    assert data == rfc8785.dumps(changed)  # type: ignore[arg-type]
    assert decode(data) == changed


@given(leaf=leaves(), data=st.data())
def test_a_changed_byte_of_a_leaf_is_no_leaf_or_another_one(
    leaf: dict[str, object], data: st.DataObject
) -> None:
    """Never the same leaf in other words."""
    spelled = bytearray(encode(leaf))
    spelled[data.draw(st.integers(0, len(spelled) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        other = decode(bytes(spelled))
    except LeafRefused:
        return
    assert other != leaf
    assert encode(other) == spelled


@st.composite
def proved_leaves(draw: st.DrawFn) -> tuple[list[bytes], int]:
    """A few leaves of a log, and which of them is proved; no log has one id twice.

    Were two of them the same to the byte, a proof of either would be a true proof of both.
    """
    several = st.lists(leaves(), min_size=1, max_size=4, unique_by=lambda leaf: str(leaf["id"]))
    entries = [encode(leaf) for leaf in draw(several)]
    return entries, draw(st.integers(0, len(entries) - 1))


def refuses(receipt: bytes, leaf: bytes, keys: Sequence[str]) -> bool:
    """Say whether a receipt does not prove a leaf."""
    try:
        verify_receipt(receipt.decode("utf-8", "surrogateescape"), leaf, keys)
    except LedgerError:
        return True
    return False


@settings(max_examples=20)
@given(log=proved_leaves(), bit=st.integers(0, 7))
def test_every_changed_byte_of_leaf_and_receipt_is_found(
    log: tuple[list[bytes], int], bit: int, key: Key
) -> None:
    """Origin, size, root, signature, index, path and leaf: no byte is free."""
    entries, index = log
    hashes = list(map(leaf_hash, entries))
    node = node_reader(lambda _level, _number: b"".join(hashes))
    note = sign_note(Checkpoint(origin=key.name, size=len(hashes), root=root(hashes)), key)
    receipt = make_receipt(index, inclusion_path(index, len(hashes), node), note).encode()
    keys = [verifier_key(key.name, key.public)]
    assert not refuses(receipt, entries[index], keys)
    for at in range(len(receipt)):
        assert refuses(with_bit(receipt, at, bit), entries[index], keys), receipt[at:]
    for at in range(len(entries[index])):
        assert refuses(receipt, with_bit(entries[index], at, bit), keys)


@given(size=COUNTS, digest=st.binary(min_size=32, max_size=32))
def test_a_note_and_its_key_say_what_was_signed(size: int, digest: bytes, key: Key) -> None:
    """Written and read again, nothing is lost; and the same tree gives the same note."""
    checkpoint = Checkpoint(origin=key.name, size=size, root=digest)
    note = sign_note(checkpoint, key)
    text = verifier_key(key.name, key.public)
    assert verify_note(note, [text]) == checkpoint
    assert sign_note(checkpoint, key) == note
    assert parse_verifier_key(text).public == key.public


@given(size=COUNTS, position=st.integers(0, 200), bit=st.integers(0, 7))
def test_every_changed_byte_of_a_checkpoint_is_found(
    size: int, position: int, bit: int, key: Key
) -> None:
    """A note is refused unless it is the one that was signed."""
    note = sign_note(Checkpoint(origin=key.name, size=size, root=bytes(32)), key).encode()
    assume(position < len(note))
    changed = with_bit(note, position, bit).decode("utf-8", "surrogateescape")
    try:
        verify_note(changed, [verifier_key(key.name, key.public)])
    except LedgerError:
        return
    raise AssertionError(note[position:])


def with_bit(data: bytes, at: int, bit: int) -> bytes:
    """Flip one bit."""
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
