"""Documents of identity 证件: of which kind, from where, and the number in its one form.

Whatever its type, a number of the form of GB 11643 (居民身份证, 港澳台居民居住证, the new
外国人永久居留身份证) is looked up alike, so that one number never leads to two people.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from creditbank.errors import FieldProblem
from creditbank.keystore.secrets import LookupKind, VaultSecrets
from creditbank.learners.identity_number import (
    birth_date_of,
    is_identity_number,
    normalised,
    region_remark,
)

MAINLAND = "CHN"
NUMBER_LENGTH_MAX = 40

_COUNTRY = re.compile(r"[A-Z]{3}", re.ASCII)
_NUMBER = re.compile(r"[A-Z0-9]+", re.ASCII)
_MILITARY = re.compile(r"[\u4e00-\u9fff]{1,2}字第[A-Z0-9]{4,8}号?")  # 军字第2001988号
_OLD_PERMANENT_RESIDENCE = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)
_HONG_KONG_MACAO_TAIWAN = ("81", "82", "83")
_FOREIGNER = "9"


class DocumentType(StrEnum):
    """Which document it is."""

    IDENTITY_CARD = "identity_card"  # 居民身份证
    RESIDENCE_PERMIT = "residence_permit"  # 港澳台居民居住证
    TRAVEL_PERMIT = "travel_permit"  # 通行证
    PERMANENT_RESIDENCE_CARD = "permanent_residence_card"  # 外国人永久居留身份证
    PASSPORT = "passport"  # 护照
    MILITARY = "military"  # 军人证件
    OTHER = "other"


_OF_MAINLAND = frozenset(DocumentType) - {DocumentType.PASSPORT, DocumentType.OTHER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as it is looked up: type, issuing country (ICAO 9303, 3 letters) and number."""

    type: DocumentType
    country: str
    number: str

    @property
    def birth_date(self) -> date | None:
        """The day of birth that the number states, if it is one that does."""
        return birth_date_of(self.number) if is_identity_number(self.number) else None

    @property
    def birth_year(self) -> int | None:
        """The year of that day."""
        return None if self.birth_date is None else self.birth_date.year

    @property
    def remarks(self) -> list[FieldProblem]:
        """What is worth a second look, and no reason to refuse."""
        has_region = self.type in {DocumentType.IDENTITY_CARD, DocumentType.RESIDENCE_PERMIT}
        remark = region_remark(self.number) if has_region else None
        return [] if remark is None else [remark]

    def tag(self, secrets: VaultSecrets) -> bytes:
        """Give the look-up tag."""
        if is_identity_number(self.number):
            return secrets.lookup_tag(LookupKind.IDENTITY_NUMBER, self.number)
        return secrets.lookup_tag(LookupKind.DOCUMENT, self.type, self.country, self.number)


def identity_card(number: str) -> Document:
    """Give the 居民身份证 of a number in its one form."""
    return Document(type=DocumentType.IDENTITY_CARD, country=MAINLAND, number=number)


def read_document(kind: str, country: str | None, number: str) -> Document | list[FieldProblem]:
    """Read a document as stated, or name every wrong part: `type`, `country`, `number`.

    Full width, small letters, spaces and hyphens of a number are made plain, and a 军人证件 is kept
    with its 号; a mainland document needs no country.
    """
    plain = normalised(number)
    if kind == DocumentType.MILITARY and _MILITARY.fullmatch(plain) is not None:
        plain = plain.removesuffix("号") + "号"
    given = country or (MAINLAND if kind in _OF_MAINLAND else "")
    problems = list(_problems(kind, given, plain))
    return problems or Document(type=DocumentType(kind), country=given, number=plain)


def _problems(kind: str, country: str, number: str) -> Iterator[FieldProblem]:
    if kind not in tuple(DocumentType):
        known = tuple(one.value for one in DocumentType)
        yield FieldProblem(field="type", code="document-type-unknown", facts={"known": known})
        return
    if len(number) > NUMBER_LENGTH_MAX or not _is_number(DocumentType(kind), number):
        is_citizen = kind == DocumentType.IDENTITY_CARD
        code = "identity-number-wrong" if is_citizen else "document-number-wrong"
        yield FieldProblem(field="number", code=code)
    if _COUNTRY.fullmatch(country) is None:
        yield FieldProblem(field="country", code="country-unreadable")


def _is_number(kind: DocumentType, number: str) -> bool:
    match kind:
        case DocumentType.IDENTITY_CARD:
            return is_identity_number(number)
        case DocumentType.RESIDENCE_PERMIT:
            return is_identity_number(number) and number.startswith(_HONG_KONG_MACAO_TAIWAN)
        case DocumentType.PERMANENT_RESIDENCE_CARD:
            is_new = is_identity_number(number) and number.startswith(_FOREIGNER)
            return is_new or _OLD_PERMANENT_RESIDENCE.fullmatch(number) is not None
        case DocumentType.MILITARY if _MILITARY.fullmatch(number) is not None:
            return True
        case _:
            return _NUMBER.fullmatch(number) is not None
