"""Names are kept as printed; folding serves matching alone."""

import unicodedata

_IGNORED = frozenset(" \t\u00b7\u2022\u30fb\u2027\u3000-'’")


def fold(name: str) -> str:
    """Give the form in which two spellings of one name are equal (width, case, spaces, dots)."""
    compatible = unicodedata.normalize("NFKC", name).casefold()
    return "".join(symbol for symbol in compatible if symbol not in _IGNORED)
