"""中文 has no space after a full-width mark; templates, which are written in English, have one.

Looked at is where one part of a page follows another, so no text that somebody wrote is changed.
"""

import re
from collections.abc import Iterable, Iterator

_MARKS = tuple("，。；：？！、）】》」』")
_TAGS = r"(?:</?(?:a|abbr|b|code|em|i|span|strong|time)\b[^<>]*>)*"
_ENDS = re.compile(rf"[{''.join(_MARKS)}]{_TAGS}$")
_BETWEEN = re.compile(rf"{_TAGS}\s*")
_BEGINS = re.compile(rf"({_TAGS})\s+")


def joined(parts: Iterable[str]) -> str:
    """Put the parts of a page together, and no space behind a full-width mark."""
    return "".join(_closed_up(parts))


def _closed_up(parts: Iterable[str]) -> Iterator[str]:
    is_behind = False
    for part in parts:
        if not is_behind:
            yield part
            is_behind = _ends_behind(part)
            continue
        shown = _BEGINS.sub(r"\1", part, count=1) if _BEGINS.match(part) else part
        yield shown
        if not _BETWEEN.fullmatch(shown):
            is_behind = _ends_behind(shown)


def _ends_behind(part: str) -> bool:
    # Most parts end with a letter or a tag: their last symbols say so at once.
    end = str.rstrip(part)
    return end.endswith(_MARKS) or (end.endswith(">") and _ENDS.search(end) is not None)
