"""The citizen identity number 公民身份号码 (GB 11643-1999): optional, and never public."""

import re
from datetime import date

_FORM = re.compile(r"[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{3}[\dX]", re.ASCII)
_CHECK_SYMBOLS = "10X98765432"


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


def birth_year_of(number: str) -> int:
    """Give the year of birth that a valid number states."""
    return int(number[6:10])
