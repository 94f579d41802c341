"""The citizen identity number 公民身份号码 (GB 11643-1999): optional, and never public."""

import re
import unicodedata
from datetime import date

from creditbank.errors import FieldProblem

PROVINCES = frozenset(
    {
        "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37",
        "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64",
        "65", "71", "81", "82", "83",
    }
)  # fmt: skip
"""The first two digits of a region (GB/T 2260); 81, 82 and 83 also begin 港澳台居民居住证."""

PROVINCES_YEAR = 2023
"""The year of that list. Codes are abolished and created, so an unknown one is only remarked."""

_FORM = re.compile(r"[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{3}[\dX]", re.ASCII)
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212]")  # spaces, hyphens, dashes, the minus sign
_OLD_FORM = re.compile(r"[1-9]\d{14}", re.ASCII)
_CHECK_SYMBOLS = "10X98765432"
_REGION_DIGITS = 6
_BIRTH_DATE = slice(6, 14)


def normalised(number: str) -> str:
    """Give a number in the one form in which it is kept and looked up.

    Full-width symbols become plain, a lower-case x an X, spaces and hyphens are left out; then the
    15 digits of an old card become 18: the year gets its 19, and the check symbol is added.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", number)).upper()
    if _OLD_FORM.fullmatch(plain) is None:
        return plain
    body = f"{plain[:_REGION_DIGITS]}19{plain[_REGION_DIGITS:]}"
    return body + check_symbol(body)


def is_identity_number(number: str) -> bool:
    """Say whether 18 symbols have a day of the calendar and the right check symbol.

    The check is ISO/IEC 7064 MOD 11-2 (GB 11643-1999, section 4 and annex A).
    """
    match = _FORM.fullmatch(number)
    if match is None:
        return False
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return check_symbol(number[:-1]) == number[-1]


def check_symbol(body: str) -> str:
    """Give the check symbol of the first 17 digits; the digit at place i weighs 2^i."""
    total = sum(int(digit) << (len(body) - place) for place, digit in enumerate(body))
    return _CHECK_SYMBOLS[total % len(_CHECK_SYMBOLS)]


def birth_date_of(number: str) -> date:
    """Give the day of birth that a valid number states (GB 11643-1999, section 4)."""
    return date.fromisoformat(number[_BIRTH_DATE])


def region_remark(number: str) -> FieldProblem | None:
    """Remark a region that is not on the list; the number is not refused for it."""
    if number[:2] in PROVINCES:
        return None
    return FieldProblem(
        field="number", code="region-unknown", facts={"list_year": str(PROVINCES_YEAR)}
    )
