"""Traditional characters as simplified ones, for comparison alone (OpenCC, t2s)."""

from functools import cache

from opencc import OpenCC


def simplified(text: str) -> str:
    """Give a text with simplified characters; what is ASCII has none to change."""
    return text if text.isascii() else _converter().convert(text)


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
