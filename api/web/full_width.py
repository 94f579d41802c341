"""中文 has no space after a full-width mark; templates, which are written in English, have one.

Looked at is where one part of a page follows another, so no text that somebody wrote is changed.
"""

import re
from collections.abc import Iterable

_MARKS = "，。；：？！、）】》」』"
_SEAM = "\0"
"""Stands between two parts; no text of a page has it."""
_TAG = rf"</?(?:a|abbr|b|code|em|i|span|strong|time)\b[^<>{_SEAM}]*>"
_BETWEEN = re.compile(rf"(?:{_TAG})*\s*")
_BEGINS = re.compile(rf"((?:{_TAG})*)\s+")
_BEHIND = re.compile(rf"(?<=[{_MARKS}])(?:{_TAG})*\s*{_SEAM}(?:{_TAG}|[\s{_SEAM}])*")


def joined(parts: Iterable[str]) -> str:
    """Put the parts of a page together, and no space behind a full-width mark."""
    return _BEHIND.sub(_closed_up, _SEAM.join(parts)).replace(_SEAM, "")


def _closed_up(run: re.Match[str]) -> str:
    """Take the first space of each part away, until a part has more than tags and spaces."""
    shown, *others = run[0].split(_SEAM)
    is_behind = True
    for part in others:
        closed = _BEGINS.sub(r"\1", part, count=1) if is_behind and _BEGINS.match(part) else part
        is_behind = is_behind and _BETWEEN.fullmatch(closed) is not None
        shown += closed
    return shown
