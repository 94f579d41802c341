"""Times in signed documents: XML Schema dateTimeStamp, which has a zone (VCDM 2.0, section 4.9)."""

import re
from datetime import UTC, datetime, timedelta

from certificates.errors import DocumentRefused

_STAMP = re.compile(
    r"[1-9]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII
)
_FINER = re.compile(r"(\.\d{6})\d+", re.ASCII)


def write_time(moment: datetime) -> str:
    """Write an aware time in whole seconds and in its own zone, so that a day stays that day."""
    text = moment.isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "Z" if moment.utcoffset() == timedelta() else text


def parse_time(text: object) -> datetime:
    """Read a time; raises `DocumentRefused` where it is none or has no zone."""
    if not isinstance(text, str) or _STAMP.fullmatch(text) is None:
        raise DocumentRefused("a time is a date and a time with its zone")
    # Python knows microseconds at most.
    shortened = _FINER.sub(r"\1", text)
    try:
        return datetime.fromisoformat(shortened).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DocumentRefused("there is no such time") from error
