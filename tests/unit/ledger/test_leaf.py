import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ledger.errors import LeafRefused
from ledger.leaf import LeafDraft, decode, encode, encode_draft, made_at, new_id

HASH = "ab" * 32
OUTCOME = {
    "v": 1,
    "t": "outcome",
    "log": "example.com/log",
    "id": "cd" * 16,
    "at": 1791201600,
    "iss": "inst-1",
    "acct": HASH,
    "stmt": HASH,
}
SIGNATURE = {"kid": "0123456789abcdef", "s": "ef" * 64}
DRAFT = LeafDraft(t="outcome", id=b"\xcd" * 16, iss="inst-1", acct=b"\xab" * 32, stmt=b"\xab" * 32)

CANONICAL = (
    f'{{"acct":"{HASH}","at":1791201600,"id":"{"cd" * 16}","iss":"inst-1",'
    f'"log":"example.com/log","stmt":"{HASH}","t":"outcome","v":1}}'
).encode()

ACCEPTED = {
    "outcome": OUTCOME,
    "signed": {**OUTCOME, "sig": SIGNATURE},
    "in a manifest": {**OUTCOME, "sig": {"manifest": HASH, "i": 3, "path": [HASH, HASH]}},
    "alone in a manifest": {**OUTCOME, "sig": {"manifest": HASH, "i": 0, "path": []}},
    "conversion": {
        **OUTCOME,
        "t": "convert",
        "rule": HASH,
        "spend": [HASH, "00" * 32],
        "release": ["11" * 32],
        "ref": 7,
    },
    "rule": {
        **{name: OUTCOME[name] for name in ("v", "log", "id", "at", "iss")},
        "t": "rule",
        "object": HASH,
    },
}

REFUSED = {
    "float version": {**OUTCOME, "v": 1.0},
    "other version": {**OUTCOME, "v": 2},
    "boolean version": {**OUTCOME, "v": True},
    "float time": {**OUTCOME, "at": 1791201600.5},
    "negative time": {**OUTCOME, "at": -1},
    "integer beyond 2^53": {**OUTCOME, "at": 2**53},
    "integer beyond 64 bits": {**OUTCOME, "at": 2**70},
    "time as text": {**OUTCOME, "at": "1791201600"},
    "unknown type": {**OUTCOME, "t": "gift"},
    "type with a letter outside ASCII": {**OUTCOME, "t": "öpen"},
    "unknown field": {**OUTCOME, "note": "x"},
    "key outside ASCII": {**OUTCOME, "名": "x"},
    "missing account": {name: OUTCOME[name] for name in OUTCOME if name != "acct"},
    "field of another type": {**OUTCOME, "object": HASH},
    "spend on an outcome": {**OUTCOME, "spend": [HASH]},
    "null": {**OUTCOME, "stmt": None},
    "upper-case hex": {**OUTCOME, "stmt": HASH.upper()},
    "short hash": {**OUTCOME, "stmt": HASH[:-2]},
    "empty issuer": {**OUTCOME, "iss": ""},
    "control character": {**OUTCOME, "iss": "inst\n1"},
    "character that JSON escapes": {**OUTCOME, "iss": 'inst"1'},
    "issuer outside ASCII": {**OUTCOME, "iss": "开放大学"},
    "lone surrogate": {**OUTCOME, "iss": "\ud800"},
    "long issuer": {**OUTCOME, "iss": "i" * 256},
    "empty spend": {**OUTCOME, "t": "convert", "rule": HASH, "spend": []},
    "too many bytes": {**OUTCOME, "t": "convert", "rule": HASH, "spend": [HASH] * 120},
    "signature without key id": {**OUTCOME, "sig": {"s": "ef" * 64}},
    "two kinds of signature": {**OUTCOME, "sig": {**SIGNATURE, "i": 0}},
}

NOT_CANONICAL = {
    "space": CANONICAL.replace(b":1791", b": 1791"),
    "order": b'{"v":1,' + CANONICAL[1:].replace(b',"v":1', b""),
    "doubled key": CANONICAL.replace(b'"v":1', b'"v":1,"v":1'),
    "escape": CANONICAL.replace(b"inst-1", b"inst\\u002d1"),
    "number with exponent": CANONICAL.replace(b"1791201600", b"17912016e2"),
    "leading zero": CANONICAL.replace(b"1791201600", b"01791201600"),
    "trailing line": CANONICAL + b"\n",
    "trailing comma": CANONICAL[:-1] + b",}",
    "cut short": CANONICAL[:-1],
    "byte order mark": b"\xef\xbb\xbf" + CANONICAL,
    "not UTF-8": CANONICAL.replace(b"inst", b"\xff\xfe"),
    "a list": b"[]",
    "nothing": b"",
    "deep nesting": b"[" * 5000,
}


def test_encoding_an_outcome_gives_its_canonical_bytes() -> None:
    """The bytes are those of RFC 8785, written down once."""
    assert encode(OUTCOME) == CANONICAL


@pytest.mark.parametrize("leaf", ACCEPTED.values(), ids=ACCEPTED)
def test_decoding_what_was_encoded_gives_the_same_leaf(leaf: dict[str, object]) -> None:
    """Every accepted leaf survives the way there and back."""
    assert decode(encode(leaf)) == leaf


@pytest.mark.parametrize("leaf", REFUSED.values(), ids=REFUSED)
def test_encoding_a_leaf_outside_the_schema_is_refused(leaf: dict[str, object]) -> None:
    """Nothing is normalised into a valid leaf."""
    with pytest.raises(LeafRefused):
        encode(leaf)


@pytest.mark.parametrize("leaf", [one for name, one in REFUSED.items() if "surrogate" not in name])
def test_decoding_a_leaf_outside_the_schema_is_refused(leaf: dict[str, object]) -> None:
    """A reader refuses what the writer would."""
    data = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    with pytest.raises(LeafRefused):
        decode(data)


@pytest.mark.parametrize("data", NOT_CANONICAL.values(), ids=NOT_CANONICAL)
def test_decoding_other_spellings_is_refused(data: bytes) -> None:
    """One leaf has one spelling."""
    with pytest.raises(LeafRefused):
        decode(data)


@pytest.mark.parametrize(
    ("leaf", "reason"),
    [
        (REFUSED["unknown field"], "has no note"),
        (REFUSED["missing account"], "lacks acct"),
        (REFUSED["short hash"], "the field stmt"),
        (REFUSED["unknown type"], "type is not known"),
        (REFUSED["too many bytes"], "at most 8192"),
    ],
)
def test_a_refusal_says_what_is_wrong(leaf: dict[str, object], reason: str) -> None:
    """The reason names the field."""
    with pytest.raises(LeafRefused, match=reason):
        encode(leaf)


def test_a_draft_becomes_a_leaf_with_log_and_time() -> None:
    """What the head lock gives is added to what the room asked for."""
    assert encode_draft(DRAFT, log="example.com/log", at=1791201600) == CANONICAL


def test_every_field_of_a_draft_reaches_its_leaf() -> None:
    """No field is dropped on the way."""
    draft = replace(
        DRAFT,
        t="convert",
        rule=b"\x01" * 32,
        spend=(b"\x02" * 32,),
        release=(b"\x03" * 32,),
        ref=4,
        sig=SIGNATURE,
    )
    leaf = decode(encode_draft(draft, log="example.com/log", at=1))
    assert leaf == {
        **OUTCOME,
        "t": "convert",
        "at": 1,
        "rule": "01" * 32,
        "spend": ["02" * 32],
        "release": ["03" * 32],
        "ref": 4,
        "sig": SIGNATURE,
    }


def test_leaf_ids_sort_by_time_and_keep_80_random_bits() -> None:
    """Ids made later come later, to the millisecond."""
    now = datetime(2026, 10, 5, tzinfo=UTC)
    early = new_id(now, lambda count: b"\xff" * count)
    late = new_id(now + timedelta(milliseconds=1), lambda count: b"\x00" * count)
    assert early < late
    assert (len(early), early[6:]) == (16, b"\xff" * 10)


def test_an_id_says_in_which_second_it_was_given() -> None:
    """So what was recorded when needs no leaf to be read."""
    now = datetime(2026, 3, 2, 15, 59, 59, 999_000, tzinfo=UTC)
    given = new_id(now, lambda count: b"\xff" * count)
    assert made_at(given.hex()) == now.replace(microsecond=0)
