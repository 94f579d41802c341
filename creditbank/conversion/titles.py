"""Whether two catalogues mean one course by its title: folding for comparison alone.

The title as printed is never changed. Figures and words are data, in `titles.yaml`; traditional and
simplified characters are folded by OpenCC (t2s).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

from creditbank.conversion.simplified import simplified
from creditbank.plain_yaml import load_plain_yaml

_TITLES_KEPT = 10_000
_TENFOLD = "10"
_BETWEEN_FIGURES = re.compile(r"(?<=[0-9])[^\w+#]+(?=[0-9])")
_SIGNS_KEPT = frozenset("+#.")
_FIRST = re.compile(r"(?<![0-9.])1(?![0-9.])")


class Comparison(StrEnum):
    """How two titles stand to each other."""

    SAME = "same"
    SIMILAR = "similar"
    DIFFERENT = "different"


@lru_cache(maxsize=_TITLES_KEPT)
def fold_title(title: str) -> str:
    """Give the form in which two spellings of one title are equal.

    Width, case, spaces, brackets, punctuation, 一 or Ⅰ or 1, and traditional or simplified
    characters do not tell courses apart. Folding twice changes nothing more.
    """
    while (folded := _folded_once(title)) != title:
        title = folded
    return title


@lru_cache(maxsize=_TITLES_KEPT)
def similar_title(title: str) -> str:
    """Give the form that similar titles share: 原理 for 基础, and a first part for the whole."""
    words = _words()
    alike = words.similar.sub(lambda found: f"~{words.lines[found[0]]}", fold_title(title))
    return _FIRST.sub("", alike) or alike


def compare_titles(one: str, other: str) -> Comparison:
    """Compare two titles as printed; what is similar is for a person to decide."""
    if fold_title(one) == fold_title(other):
        return Comparison.SAME
    is_similar = similar_title(one) == similar_title(other)
    return Comparison.SIMILAR if is_similar else Comparison.DIFFERENT


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of `titles.yaml`, ready to be looked for."""

    figures: Mapping[str, str]
    chinese: re.Pattern[str]
    ten: re.Pattern[str]
    roman: re.Pattern[str]
    numerals: Mapping[str, str]
    similar: re.Pattern[str]
    lines: Mapping[str, int]


@cache
def _words() -> _Words:
    text = Path(__file__).with_suffix(".yaml").read_text("utf-8")
    listed = cast("Mapping[str, Mapping[str, str]]", load_plain_yaml(text))  # Our own file.
    similar = cast("Sequence[Sequence[str]]", listed["similar"])
    lines = {word: number for number, line in enumerate(similar) for word in line}
    digits, tens = "".join(listed["figures"]), "".join(listed["tens"])
    return _Words(
        figures={**listed["figures"], **dict.fromkeys(tens, _TENFOLD)},
        chinese=re.compile(f"[{digits}{tens}]+"),
        ten=re.compile(f"([{digits}]?)[{tens}]([{digits}]?)"),
        roman=re.compile(rf"(?<![a-z0-9])({_any_of(listed['roman'])})(?![a-z0-9])"),
        numerals=listed["roman"],
        similar=re.compile(_any_of(lines)),
        lines=lines,
    )


def _any_of(words: Mapping[str, object]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _folded_once(title: str) -> str:
    words = _words()
    spaced = "".join(_apart(sign) for sign in title)
    plain = simplified(unicodedata.normalize("NFKC", spaced).casefold())
    plain = words.roman.sub(lambda found: words.numerals[found[0]], plain)
    plain = words.chinese.sub(lambda found: _number(found[0]), plain)
    plain = _BETWEEN_FIGURES.sub(".", plain)
    return "".join(
        sign for place, sign in enumerate(plain) if sign.isalnum() or _stays(plain, place)
    )


def _apart(sign: str) -> str:
    """Keep a Roman numeral that is one character apart from the letters beside it."""
    return f" {sign} " if "\u2160" <= sign <= "\u217f" else sign


def _stays(text: str, place: int) -> bool:
    """Keep the signs of C++, C# and 2.0."""
    if text[place] not in _SIGNS_KEPT:
        return False
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return text[place] != "." or (len(around) > 1 and around.isdigit() and around.isascii())


def _number(run: str) -> str:
    words = _words()
    found = words.ten.fullmatch(run)
    if found is None:
        return "".join(words.figures[figure] for figure in run)
    tens, ones = found.groups()
    return words.figures.get(tens, "1") + words.figures.get(ones, "0")
