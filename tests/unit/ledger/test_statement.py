import os
from base64 import urlsafe_b64encode
from hashlib import sha256

import orjson
import pytest
import rfc8785

from ledger.errors import StatementRefused
from ledger.statement import Statement, choose, disclosed_fields, make_statement

FIELDS = {"title": "高等数学", "credits": "3.0", "parts": ["written", None, True, 4]}

# The first disclosure of RFC 9901, section 4.2.1, and its digest in section 4.2.3.
RFC_DISCLOSURE = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
RFC_DIGEST = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def state(fields: dict[str, object] = FIELDS, *, salt: bytes | None = None) -> Statement:
    """State fields for one log."""
    return make_statement(
        issuer="inst-1",
        log="example.com/log",
        kind="outcome",
        fields=fields,
        entropy=os.urandom if salt is None else lambda count: salt * (count // len(salt)),
    )


def body_with(*digests: str, **changes: object) -> bytes:
    """Give a statement's body with these digests."""
    claims = {
        "_sd": sorted(digests),
        "_sd_alg": "sha-256",
        "iss": "inst-1",
        "log": "example.com/log",
        "vct": "outcome",
    }
    return rfc8785.dumps({**claims, **changes})


def disclose(*parts: object) -> str:
    """Give a disclosure of any parts."""
    return urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()


def digest_of(disclosure: str) -> str:
    """Give a disclosure's digest."""
    return urlsafe_b64encode(sha256(disclosure.encode()).digest()).rstrip(b"=").decode()


def test_the_disclosure_of_the_standard_has_the_digest_of_the_standard() -> None:
    """Any SD-JWT library checks our fields, and we check theirs."""
    assert disclosed_fields(body_with(RFC_DIGEST), [RFC_DISCLOSURE]) == {"family_name": "Möbius"}


def test_a_statement_is_canonical_and_shows_only_digests() -> None:
    """Its bytes are those of RFC 8785, and no field is in them."""
    statement = state()
    assert rfc8785.dumps(orjson.loads(statement.body)) == statement.body
    assert len(orjson.loads(statement.body)["_sd"]) == len(FIELDS)
    assert b"title" not in statement.body
    assert statement.digest == sha256(statement.body).digest()


def test_every_field_can_be_disclosed() -> None:
    """What was stated comes back."""
    statement = state()
    assert disclosed_fields(statement.body, statement.disclosures) == FIELDS


def test_one_field_can_be_disclosed_alone() -> None:
    """The others stay hidden."""
    statement = state()
    chosen = choose(statement.disclosures, {"credits"})
    assert disclosed_fields(statement.body, chosen) == {"credits": "3.0"}


def test_the_same_fields_stated_twice_share_no_digest() -> None:
    """Salts of 128 bits keep guesses from being confirmed."""
    first, second = (set(orjson.loads(state().body)["_sd"]) for _ in range(2))
    assert first.isdisjoint(second)


def test_all_salts_of_a_statement_are_asked_for_at_once() -> None:
    """One call to the source of randomness, 16 bytes a field."""
    asked: list[int] = []

    def entropy(count: int) -> bytes:
        asked.append(count)
        return os.urandom(count)

    make_statement(issuer="i", log="l", kind="outcome", fields=FIELDS, entropy=entropy)
    assert asked == [16 * len(FIELDS)]


def test_a_disclosure_of_another_statement_is_refused() -> None:
    """A digest that is not in the body proves nothing."""
    with pytest.raises(StatementRefused):
        disclosed_fields(state().body, state().disclosures)


def test_a_field_disclosed_twice_is_refused() -> None:
    """Nobody chooses between two values of one name."""
    twice = [disclose("salt", "grade", "90"), disclose("other", "grade", "60")]
    with pytest.raises(StatementRefused):
        disclosed_fields(body_with(*map(digest_of, twice)), twice)


@pytest.mark.parametrize(
    "disclosure",
    [
        disclose("salt", "name"),
        disclose("salt", "name", "value", "more"),
        disclose(1, "name", "value"),
        disclose("salt", 1, "value"),
        disclose("salt", "_sd", "value"),
        disclose("salt", "...", "value"),
        disclose("salt", "iss", "value"),
        disclose("salt", "name", "value") + "=",
        disclose("salt", "name", "value") + "\n",
        "é",
        "\ud800",
        "!!!!",
        "",
        "bm90IEpTT04",
    ],
)
def test_a_malformed_disclosure_is_refused_though_its_digest_is_stated(disclosure: str) -> None:
    """Salt, name and value, of a name that a field may have, in one spelling."""
    digest = digest_of(disclosure) if disclosure.isascii() else "x"
    with pytest.raises(StatementRefused):
        disclosed_fields(body_with(digest), [disclosure])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        body_with(RFC_DIGEST, more="x"),
        body_with(RFC_DIGEST, _sd_alg="sha-512"),
        body_with(RFC_DIGEST, _sd="x"),
        body_with(RFC_DIGEST, _sd=[1]),
        body_with(RFC_DIGEST, RFC_DIGEST),
        body_with(RFC_DIGEST).replace(b'"log"', b' "log"'),
        body_with(RFC_DIGEST).replace(b'"iss":', b'"iss":"x","iss":'),
    ],
)
def test_a_malformed_statement_is_refused(body: bytes) -> None:
    """The body has exactly its claims, in canonical bytes."""
    with pytest.raises(StatementRefused):
        disclosed_fields(body, [])


@pytest.mark.parametrize("fields", [{"_sd": "x"}, {"vct": "x"}, {"a": object()}, {"a": 2**80}])
def test_stating_a_reserved_name_or_what_is_not_json_is_refused(fields: dict[str, object]) -> None:
    """What could not be read back is not stated."""
    with pytest.raises(StatementRefused):
        state(fields)
