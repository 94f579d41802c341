"""Words of a notation: what is left when width, case and spaces are folded away."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:['.][^\W_]+)*|\S")
"""A word or number with inner points and apostrophes, or one sign."""

_SIGNS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "、": ",", "。": ".", "–": "-"})
_TIGHT = re.compile(r"(?<=[(/-]) | (?=[),.;:/-])")


def fold(text: str) -> tuple[str, ...]:
    """Give the words and signs of a text in order; two texts that fold alike say the same."""
    plain = unicodedata.normalize("NFKC", text.translate(_SIGNS))
    return tuple(_WORD.findall(plain.casefold()))


def spaced(words: str) -> str:
    """Take the spaces out that nobody writes inside brackets and before signs."""
    return _TIGHT.sub("", words)
