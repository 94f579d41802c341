"""Names are kept as printed; folding serves matching alone, and the original is never changed."""

import unicodedata
from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache

from creditbank.conversion.simplified import simplified

_IGNORED = frozenset(" \t\u00b7\u2022\u30fb\u2027\u3000-'’")
_FOLDED_NAMES_KEPT = 4_096
_STARS_MAX = 3


class NameKind(StrEnum):
    """What a name of a learner is."""

    PRINTED = "printed"  # 证件姓名: as printed on a document
    ROMANISED = "romanised"  # 罗马字姓名
    FORMER = "former"  # 曾用名
    REPORTED = "reported"  # 申报的曾用名: what the learner says, until staff decide


@lru_cache(maxsize=_FOLDED_NAMES_KEPT)
def fold(name: str) -> str:
    """Give the form in which two spellings of one name are equal.

    Width, case, spaces, middle dots, and traditional or simplified characters (OpenCC, t2s) do not
    tell people apart. Folding twice changes nothing more.
    """
    while (folded := _folded_once(name)) != name:
        name = folded  # A dropped space may let an accent join the letter before it.
    return name


def agrees(name: str, folded: Collection[str]) -> bool:
    """Say whether a name is one of these folded ones."""
    return fold(name) in folded


def masked(name: str) -> str:
    """Give a name as it is published: its first character, then a star for each, three at most."""
    return name[:1] + "＊" * min(len(name) - 1, _STARS_MAX) if name else ""


def _folded_once(name: str) -> str:
    compatible = unicodedata.normalize("NFKC", name).casefold()
    plain = "".join(symbol for symbol in compatible if symbol not in _IGNORED)
    return simplified(plain)
