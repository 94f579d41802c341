"""Exact amounts: integers of a small unit inside, decimal strings at the doors, never floats.

A text is read strictly (no sign, exponent, space, leading zero or non-ASCII digit) and is never
rounded: what does not fit the unit is refused.
"""

import re
from dataclasses import dataclass
from typing import Self

_DECIMAL = re.compile(r"(0|[1-9]\d*)(?:\.(\d+))?", re.ASCII)
_WHOLE_DIGITS_MAX = 9
_CENTI_PLACES = 2
_MILLI_PLACES = 3
_HOUR_MINUTES = 60

LARGEST = 100_000
"""The largest credits, class hours, hours or grade that one text may state."""


class AmountError(ValueError):
    """A text is not an amount; `code` names the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_scaled(text: str, places: int) -> int:
    """Read a decimal string as an integer of 10^-places, at most `LARGEST`.

    Raises `AmountError`: `amount-unreadable`, `amount-negative`, `amount-too-fine` for more
    significant places, `amount-too-large`.
    """
    match = _DECIMAL.fullmatch(text)
    if match is None:
        is_negative = text.startswith("-") and _DECIMAL.fullmatch(text, 1) is not None
        raise AmountError("amount-negative" if is_negative else "amount-unreadable")
    whole, fraction = match[1], (match[2] or "").rstrip("0")
    if len(fraction) > places:
        raise AmountError("amount-too-fine")
    if len(whole) > _WHOLE_DIGITS_MAX:
        raise AmountError("amount-too-large")
    amount = int(whole + fraction.ljust(places, "0"))
    if amount > LARGEST * 10**places:
        raise AmountError("amount-too-large")
    return amount


def print_scaled(amount: int, places: int) -> str:
    """Write an integer of 10^-places as a decimal string without trailing zeros."""
    whole, fraction = divmod(amount, 10**places)
    digits = f"{fraction:0{places}d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Credits:
    """Credits 学分 in 1/1000; a sum may be larger than any one text may state."""

    milli: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a decimal string with at most three places; raises `AmountError`."""
        return cls(milli=parse_scaled(text, _MILLI_PLACES))

    def is_multiple_of(self, quantum: "Credits") -> bool:
        """Say whether this is a whole number of a scheme's quanta; the quantum is positive."""
        return self.milli % quantum.milli == 0

    def rounded_down(self, quantum: "Credits") -> "Credits":
        """Give the largest whole number of quanta that is not more; the quantum is positive."""
        return Credits(milli=self.milli - self.milli % quantum.milli)

    def __add__(self, other: "Credits") -> "Credits":
        return Credits(milli=self.milli + other.milli)

    def __str__(self) -> str:
        return print_scaled(self.milli, _MILLI_PLACES)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ClassHours:
    """Class hours 学时 in 1/1000; how many minutes one has is said by the scheme."""

    milli: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a decimal string with at most three places; raises `AmountError`."""
        return cls(milli=parse_scaled(text, _MILLI_PLACES))

    def __str__(self) -> str:
        return print_scaled(self.milli, _MILLI_PLACES)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class StudyTime:
    """Notional learning time 学习量 in minutes."""

    minutes: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read hours as a decimal string, such as "1.75".

        Raises `AmountError`; `amount-not-whole-minutes` where they are no whole minutes.
        """
        minutes, rest = divmod(parse_scaled(text, _MILLI_PLACES) * _HOUR_MINUTES, 1000)
        if rest:
            raise AmountError("amount-not-whole-minutes")
        return cls(minutes=minutes)

    def __str__(self) -> str:
        """Write hours: exactly, or to the nearest 1/1000 where no decimal string is exact."""
        thousandths = (self.minutes * 1000 * 2 + _HOUR_MINUTES) // (_HOUR_MINUTES * 2)
        return print_scaled(thousandths, _MILLI_PLACES)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Grade:
    """A grade in 1/100 of its scale."""

    centi: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a decimal string with at most two places; raises `AmountError`."""
        return cls(centi=parse_scaled(text, _CENTI_PLACES))

    def __str__(self) -> str:
        return print_scaled(self.centi, _CENTI_PLACES)
