"""Documents of identity: what their numbers must be, and that one number leads to one person."""

import pytest

from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.documents import Document, read_document
from creditbank.learners.identity_number import is_identity_number, normalised

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
