from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.errors import DocumentRefused
from certificates.issue import issue_pass
from certificates.keys import SigningKey
from certificates.pass_cbor import decode, encode
from certificates.pass_claims import CLASSES, PassClaims, PassOutcome
from certificates.pass_text import PREFIX, from_text, to_text
from certificates.report import CheckResult
from certificates.verify import PassReport, verify_pass

ISSUER = "did:web:bank.example"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12)
counts = st.integers(0, 2**53 - 1)
dates = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str)
times = st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1)).map(  # noqa: DTZ001 - the zone is set below
    lambda time: time.replace(microsecond=0, tzinfo=UTC)
)
outcomes = st.builds(
    PassOutcome,
    index=counts,
    title=texts,
    title_en=st.none() | texts,
    provider=st.sampled_from(["广州开放大学", "A"]) | texts,
    provider_en=st.none() | texts,
    outcome_class=st.sampled_from(CLASSES),
    awarded_on=st.none() | dates | dates.map(lambda day: day[:7]) | dates.map(lambda day: day[:4]),
    result=st.sampled_from(["合格", "优秀"]),
    grade=st.none() | texts,
    grade_scale=st.none() | texts,
    credits=st.none() | counts,
    minutes=st.none() | counts,
    class_hours=st.none() | counts,
)
passes = st.builds(
    PassClaims,
    issuer=st.just(ISSUER) | texts,
    log=st.just("bank.example/ledger") | texts,
    pass_id=st.binary(min_size=16, max_size=16),
    issued_at=times,
    not_before=st.none() | times,
    expires_at=times,
    holder=st.none() | texts,
    purpose=st.none() | texts,
    audience=st.none() | texts,
    outcomes=st.lists(outcomes, min_size=1, max_size=8, unique_by=lambda one: one.index).map(tuple),
)
cbor_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers(-3, 14) | st.just(-65537), inner, max_size=5)
        | st.builds(cbor2.CBORTag, st.integers(0, 300), inner)
    ),
    max_leaves=12,
)

Verify = Callable[[bytes], PassReport]


@pytest.fixture(scope="session")
def document(key: SigningKey) -> bytes:
    """Give a signed pass of one outcome."""
    outcome = PassOutcome(
        index=7, title="高等数学", provider="广州开大", outcome_class="formal", result="合格"
    )
    claims = PassClaims(
        issuer=ISSUER,
        log="bank.example/ledger",
        pass_id=bytes(16),
        issued_at=NOW,
        expires_at=NOW + timedelta(days=1),
        outcomes=(outcome,),
    )
    return issue_pass(claims, key)


@pytest.fixture(scope="session")
def verify(key: SigningKey) -> Verify:
    """Verify within the pass's days, its key known."""
    keys = {key.kid: key.verification_key}
    return lambda data: verify_pass(data, keys=keys, issuers=[ISSUER], now=NOW)


def _is_valid(report: PassReport) -> bool:
    return {check.result for check in report.checks} == {CheckResult.PASSED}


@given(claims=passes)
def test_every_pass_is_read_back_as_it_was_written(claims: PassClaims) -> None:
    """Writing and reading are inverse over all that a pass can say."""
    assert decode(encode(claims)) == claims


@given(data=st.binary(max_size=200) | cbor_values.map(cbor2.dumps))
def test_whatever_is_read_is_written_the_same(data: bytes) -> None:
    """No two byte strings are one pass."""
    try:
        claims = decode(data)
    except DocumentRefused:
        return
    assert encode(claims) == data


@given(
    details=st.dictionaries(st.integers(1, 4), cbor_values, max_size=3),
    columns=st.dictionaries(st.integers(1, 13), cbor_values | st.lists(cbor_values, max_size=3)),
)
def test_a_pass_with_strange_insides_is_read_or_refused(
    details: dict[int, object], columns: dict[int, object]
) -> None:
    """No content of the known claims makes reading fail in another way."""
    private = {**details, 5: {1: [7], 2: "t", 4: "p", 6: 1, 8: "r"} | columns}
    content = {1: ISSUER, 4: 2, 6: 1, 7: bytes(16), -65537: private}
    data = cbor2.dumps(content, canonical=True)
    with suppress(DocumentRefused):
        assert encode(decode(data)) == data


def test_the_untouched_pass_is_valid(document: bytes, verify: Verify) -> None:
    """The properties below start from a valid pass."""
    assert _is_valid(verify(document))


def test_no_single_changed_bit_leaves_a_pass_valid(document: bytes, verify: Verify) -> None:
    """Every bit of the document is tried."""
    for place in range(8 * len(document)):
        changed = bytearray(document)
        changed[place // 8] ^= 1 << place % 8
        assert not _is_valid(verify(bytes(changed)))


@given(data=st.data())
def test_no_change_of_bytes_leaves_a_pass_valid(
    document: bytes, verify: Verify, data: st.DataObject
) -> None:
    """Replaced, removed and inserted bytes alike."""
    begin = data.draw(st.integers(0, len(document)))
    end = data.draw(st.integers(begin, min(begin + 4, len(document))))
    changed = document[:begin] + data.draw(st.binary(max_size=4)) + document[end:]
    assert _is_valid(verify(changed)) == (changed == document)


def test_no_changed_character_leaves_a_pass_text_valid(document: bytes, verify: Verify) -> None:
    """Every place of the printed text is tried with every other symbol of its alphabet."""
    text = to_text(document)
    for place in range(len(text)):
        for symbol in BASE45:
            changed = text[:place] + symbol + text[place + 1 :]
            assert changed == text or not _is_valid_text(changed, verify)


def _is_valid_text(text: str, verify: Verify) -> bool:
    try:
        return _is_valid(verify(from_text(text)))
    except DocumentRefused:
        return False


@given(data=st.binary(max_size=300))
def test_every_document_has_one_text(data: bytes) -> None:
    """Base45 is read back, whatever the bytes."""
    assert from_text(to_text(data)) == data


@given(text=st.text(BASE45, max_size=30) | st.text(max_size=30))
def test_a_text_is_refused_or_is_the_one_of_its_document(text: str) -> None:
    """No two texts are one document."""
    try:
        data = from_text(PREFIX + text)
    except DocumentRefused:
        return
    assert to_text(data) == PREFIX + text


@given(data=st.binary(max_size=400) | cbor_values.map(cbor2.dumps))
def test_verification_of_anything_reports_and_never_raises(data: bytes, verify: Verify) -> None:
    """Hostile bytes are unreadable, nothing worse."""
    report = verify(data)
    assert not _is_valid(report)
    assert report.claims is None


@given(parts=st.lists(cbor_values, min_size=3, max_size=5), header=cbor_values)
def test_verification_of_any_envelope_never_raises(
    parts: list[object], header: object, verify: Verify
) -> None:
    """Also where the bytes are nearly an envelope."""
    envelope = cbor2.CBORTag(18, [cbor2.dumps({1: -8, 4: header}), *parts])
    assert verify(cbor2.dumps(envelope)).claims is None
