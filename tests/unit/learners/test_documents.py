"""Documents of identity: what their numbers must be, and that one number leads to one person."""

import pytest

from creditbank.errors import InvalidInput
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.documents import Document, read_document
from creditbank.learners.identity_number import is_identity_number, normalised
from creditbank.learners.record_document import read_seen

SECRETS = VaultSecrets(kek_id="k", kek=b"k" * 32, lookup=b"l" * 32, spend=b"s" * 32)


def problems(kind: str, country: str | None, number: str) -> list[tuple[str, str]]:
    """Give what is wrong with a document, or nothing."""
    read = read_document(kind, country, number)
    return [] if isinstance(read, Document) else [(one.field, one.code) for one in read]


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "440524188001010014",
        "990101189901010015",
        "990101189602290029",
        "99010118991231003X",
        "99010118991231003x",
        "９９０１０１１８９９１２３１００３Ｘ",
        " 99010118991231003x ",
    ],
)
def test_numbers_of_the_standard_and_made_ones_are_accepted(number: str) -> None:
    """GB 11643-1999: its own samples, a leap day, the check symbol X, and how people type them."""
    assert problems("identity_card", None, number) == []


@pytest.mark.parametrize("number", ["990101190002290031", "110105194912310021", "1101051949"])
def test_other_numbers_are_refused(number: str) -> None:
    """1900 was no leap year, though the check symbol is right."""
    assert problems("identity_card", None, number) == [("number", "identity-number-wrong")]


def test_the_fifteen_digits_of_an_old_card_are_the_eighteen_of_the_new_one() -> None:
    """The year gets its 19, and the check symbol is added."""
    assert normalised("110105491231002") == "11010519491231002X"
    assert is_identity_number(normalised("990101010101001"))


@pytest.mark.parametrize(
    "number",
    [
        "110105 491231 002",
        "110105-491231-002",
        "１１０１０５－４９１２３１－００２",
        "110105–491231–002",
    ],
)
def test_the_fifteen_digits_may_be_typed_in_groups(number: str) -> None:
    """Spaces and hyphens are left out before the number gets its eighteen digits."""
    read = read_document("identity_card", None, number)
    assert isinstance(read, Document)
    assert read.number == "11010519491231002X"


def test_a_military_number_is_one_with_and_without_its_last_word() -> None:
    """Some forms print 号 after the box, so that the clerk leaves it out."""
    one, other = (
        read_document("military", None, number) for number in ("军字第2001988号", "军字第2001988")
    )
    assert one == other
    assert read_document("military", None, "海字第2001988号") != one


@pytest.mark.parametrize(
    "day", ["2030-W01-1", "20300101", "2030-1-1", "2030-02-30", "2030-01-01T00"]
)
def test_the_last_day_of_a_document_is_a_day_of_the_calendar_written_in_full(day: str) -> None:
    """YYYY-MM-DD alone, so that two clerks write it alike."""
    seen = {
        "type": "passport", "country": "FRA", "number": "12AB34567", "name": "学习者",
        "checked": "original_seen",
    }  # fmt: skip
    assert read_seen({**seen, "valid_until": "2030-01-01"}, name_changed=False).valid_until
    with pytest.raises(InvalidInput) as caught:
        read_seen({**seen, "valid_until": day}, name_changed=False)
    assert [(one.field, one.code) for one in caught.value.problems] == [
        ("valid_until", "date-unreadable")
    ]


def test_a_region_that_is_not_on_the_list_is_remarked_and_not_refused() -> None:
    """Codes are abolished and created; the remark names the year of the list."""
    unknown, known = (
        read_document("identity_card", None, number)
        for number in ("990101189901010015", "11010519491231002X")
    )
    assert isinstance(unknown, Document)
    assert isinstance(known, Document)
    assert [one.code for one in unknown.remarks] == ["region-unknown"]
    assert unknown.remarks[0].facts["list_year"] == "2023"
    assert known.remarks == []


@pytest.mark.parametrize(
    ("kind", "country", "number", "wrong"),
    [
        ("residence_permit", None, "810000199408230021", []),
        ("residence_permit", None, "11010519491231002X", [("number", "document-number-wrong")]),
        ("permanent_residence_card", None, "990101189901010015", []),
        ("permanent_residence_card", None, "CHN110063033149", []),
        ("permanent_residence_card", None, "11010519491231002X",
         [("number", "document-number-wrong")]),
        ("travel_permit", None, "H12345678", []),
        ("passport", "FRA", "12 ab-34567", []),
        ("passport", None, "12AB34567", [("country", "country-unreadable")]),
        ("passport", "France", "12AB34567", [("country", "country-unreadable")]),
        ("military", None, "军字第1号", [("number", "document-number-wrong")]),
        ("military", None, "军字第2001988号", []),
        ("military", None, "南字第 2001988 号", []),
        ("military", None, "2001988", []),
        ("military", None, "军人证2001988号", [("number", "document-number-wrong")]),
        ("passport", "CHN", "军字第2001988号", [("number", "document-number-wrong")]),
        ("library_card", None, "1", [("type", "document-type-unknown")]),
    ],
)  # fmt: skip
def test_each_type_has_its_numbers(
    kind: str, country: str | None, number: str, wrong: list[tuple[str, str]]
) -> None:
    """What is wrong is named by field."""
    assert problems(kind, country, number) == wrong


def test_one_number_leads_to_one_person_whatever_its_document_is_called() -> None:
    """A citizen number under another type is no second person; two passports are two documents."""

    def tag(kind: str, country: str | None, number: str) -> bytes:
        read = read_document(kind, country, number)
        assert isinstance(read, Document)
        return read.tag(SECRETS)

    number = "810000199408230021"
    assert tag("identity_card", None, number) == tag("residence_permit", None, number)
    assert tag("identity_card", None, "110105491231002") == tag(
        "identity_card", None, "11010519491231002x"
    )
    assert tag("passport", "FRA", "12AB34567") != tag("passport", "DEU", "12AB34567")
    assert tag("passport", "FRA", "12ab 34567") == tag("passport", "FRA", "12AB34567")
