"""Dates as offices write them in files, where the order of the parts leaves no doubt: year first.

2024-6-30, 2024/6/30, 2024.6.30, 2024年6月30日 and 20240630 are one day, 2024年6月 and 2024/6 one
month. What begins with a day or a month (6/30/2024, 30.6.24) stays as it is, to be refused.
"""

import re

DATE_FIELDS = frozenset(
    {"awarded_on", "certificate_valid_from", "certificate_valid_until", "received_on"}
)
"""Fields of a posting that are dates."""

_YEAR_FIRST = re.compile(
    r"""(?P<year>\d{4})(?:
        年(?:\s*(?P<month>\d{1,2})月(?:\s*(?P<day>\d{1,2})[日号])?)?
        |(?P<mark>[-/.])(?P<month_>\d{1,2})(?:(?P=mark)(?P<day_>\d{1,2}))?
        |(?P<month__>\d{2})(?P<day__>\d{2})
    )""",
    re.ASCII | re.VERBOSE,
)
_ISO_DAY, _MARK = len("2024-06-30"), "-"


def plain_date(text: str) -> str:
    """Give a date written with its year first as YYYY-MM-DD, YYYY-MM or YYYY; other texts as is."""
    if len(text) == _ISO_DAY and text[4] == text[7] == _MARK:
        return text
    found = _YEAR_FIRST.fullmatch(text)
    if found is None:
        return text
    parts = [found["year"], found["month"] or found["month_"] or found["month__"]]
    parts.append(found["day"] or found["day_"] or found["day__"])
    return _MARK.join(part.zfill(2) for part in parts if part is not None)
