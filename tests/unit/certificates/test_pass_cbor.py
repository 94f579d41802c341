from dataclasses import replace
from datetime import UTC, datetime, timedelta

import cbor2
import pytest

from certificates.errors import DocumentRefused
from certificates.pass_cbor import decode, encode
from certificates.pass_claims import OUTCOMES_MAX, PassClaims, PassOutcome

OUTCOME = PassOutcome(
    index=7, title="高等数学", provider="广州开大", outcome_class="formal", result="合格"
)


def test_a_pass_is_written_as_the_documented_claims(claims: PassClaims) -> None:
    """The CWT numbers of RFC 8392, one private claim, and columns: what other verifiers read."""
    shown = (
        replace(OUTCOME, awarded_on="2013-09-29", credits=3_000),
        replace(OUTCOME, index=9, title="大学英语", awarded_on="2013-09", outcome_class="venue"),
        replace(OUTCOME, index=8, grade="A"),
    )
    assert cbor2.loads(encode(replace(claims, outcomes=shown, purpose="求职"))) == {
        1: "did:web:xfyh.gz.cn",
        4: 1_788_220_800,
        6: 1_772_352_000,
        7: claims.pass_id,
        -65537: {
            2: "王小明",
            3: "求职",
            5: {
                1: [7, 9, 8],
                2: ["高等数学", "大学英语", 0],
                4: "广州开大",
                6: [1, 4, 1],
                7: [47_325, 47_296, None],
                8: "合格",
                9: [None, None, "A"],
                11: [3_000, None, None],
            },
            6: 262_143,
        },
    }


def test_a_log_elsewhere_is_named_and_the_issuers_own_is_not(claims: PassClaims) -> None:
    """The default log follows from the issuer's did:web, a port's colon decoded."""
    local = replace(claims, issuer="did:web:127.0.0.1%3A8000", log="127.0.0.1:8000/ledger")
    other = replace(claims, log="log.example/2026")
    assert 1 not in cbor2.loads(encode(local))[-65537]
    assert cbor2.loads(encode(other))[-65537][1] == "log.example/2026"
    assert decode(encode(local)) == local
    assert decode(encode(other)) == other


@pytest.mark.parametrize("date", ["1900", "2013", "2013-09", "2013-12-31", "2057-01-01", "9999"])
def test_a_date_of_award_keeps_its_precision(claims: PassClaims, date: str) -> None:
    """A month is not padded to a day."""
    dated = replace(claims, outcomes=(replace(OUTCOME, awarded_on=date),))
    assert decode(encode(dated)).outcomes[0].awarded_on == date


def test_six_achievements_with_a_name_fit_a_small_code(claims: PassClaims) -> None:
    """233 bytes of claims are what 69 modules at level M leave beside the envelope."""
    assert len(encode(claims)) <= 233


@pytest.mark.parametrize("name", ["王\u3000小明", "𬭎", "\ue000", "欧阳·娜娜", "A\u200dB"])
def test_rare_names_are_not_refused(claims: PassClaims, name: str) -> None:
    """Wide spaces, private and newly assigned characters occur in names."""
    named = replace(claims, holder=name)
    assert decode(encode(named)) == named


@pytest.mark.parametrize("text", ["", "a\nb", "\x00", "\ud800", "\u2028", "x" * 301])
def test_a_text_that_cannot_be_shown_is_refused(claims: PassClaims, text: str) -> None:
    """It is refused before it is signed, not by the verifier."""
    with pytest.raises(DocumentRefused, match="holder"):
        replace(claims, holder=text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("index", -1),
        ("index", True),
        ("credits", 2**53),
        ("credits", 1.5),
        ("title", None),
        ("outcome_class", "other"),
        ("awarded_on", "2013-13"),
        ("awarded_on", "2013-09-00"),
        ("awarded_on", "1899"),
        ("awarded_on", "20130929"),
    ],
)
def test_a_malformed_outcome_is_refused(name: str, value: object) -> None:
    """A value of a pass cannot be made wrong."""
    with pytest.raises(DocumentRefused, match=name):
        replace(OUTCOME, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pass_id", b"short"),
        ("issued_at", datetime(2026, 3, 1)),  # noqa: DTZ001 - the naive time is the case
        ("expires_at", datetime(2026, 3, 1, microsecond=1, tzinfo=UTC)),
        ("not_before", datetime(1969, 12, 31, tzinfo=UTC)),
        ("outcomes", ()),
        ("outcomes", (OUTCOME, OUTCOME)),
        ("outcomes", tuple(replace(OUTCOME, index=n) for n in range(OUTCOMES_MAX + 1))),
    ],
)
def test_a_malformed_claim_is_refused(claims: PassClaims, name: str, value: object) -> None:
    """Times are aware and whole, outcomes bounded and distinct."""
    with pytest.raises(DocumentRefused, match=name):
        replace(claims, **{name: value})


def _changed(data: bytes, **columns: object) -> bytes:
    content = cbor2.loads(data)
    shown = content[-65537][5]
    shown.update({int(name.removeprefix("c")): column for name, column in columns.items()})
    return cbor2.dumps(content, canonical=True)


@pytest.mark.parametrize(
    "columns",
    [
        {"c99": 1},
        {"c1": 7},
        {"c1": []},
        {"c1": [1.0] * 6},
        {"c2": [0] * 6},
        {"c2": ["高等数学", 5, 0, 0, 0, 0]},
        {"c2": ["高等数学", -1, 0, 0, 0, 0]},
        {"c2": ["高等数学"] * 6},
        {"c4": ["广州开大", 0, 0, 0, 0, 0]},
        {"c4": None},
        {"c4": 3},
        {"c6": 0},
        {"c6": 5},
        {"c6": "formal"},
        {"c7": [1]},
        {"c7": 10**6000},
        {"c7": 3},
        {"c11": 3_000.0},
        {"c11": None},
    ],
)
def test_columns_written_in_another_way_are_refused(
    claims: PassClaims, columns: dict[str, object]
) -> None:
    """One content has one form, and unknown columns mean nothing."""
    with pytest.raises(DocumentRefused):
        decode(_changed(encode(claims), **columns))


@pytest.mark.parametrize(
    "other",
    [
        {1: None},
        {1: 10**6000},
        {4: "soon"},
        {4: 1.5},
        {6: 2**60},
        {7: "id"},
        {8: 1},
        {-65537: []},
    ],
)
def test_claims_of_another_form_are_refused(claims: PassClaims, other: dict[int, object]) -> None:
    """The map is closed and typed."""
    content = cbor2.loads(encode(claims)) | other
    with pytest.raises(DocumentRefused):
        decode(cbor2.dumps(content, canonical=True))


def test_the_same_content_in_another_encoding_is_refused(claims: PassClaims) -> None:
    """Order, long numbers, indefinite lengths and trailing bytes are refused (RFC 8949, 4.2.1)."""
    data = encode(claims)
    content = cbor2.loads(data)
    backwards = dict(reversed(content.items()))
    for other in (cbor2.dumps(backwards), data + b"\x00", b"\xbf" + data[1:] + b"\xff"):
        with pytest.raises(DocumentRefused):
            decode(other)


def test_times_are_read_back_in_utc(claims: PassClaims) -> None:
    """A time given in another zone is the same moment."""
    later = replace(claims, not_before=claims.issued_at + timedelta(hours=1))
    assert decode(encode(later)) == later
    assert decode(encode(later)).issued_at.tzinfo == UTC
