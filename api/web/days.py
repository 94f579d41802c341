"""Days and moments as people read them: in civil time, in words of their language."""

from datetime import UTC, date, datetime
from functools import lru_cache

from babel.dates import format_date, format_time

from api.web.messages import LOCALES
from creditbank.conversion.days import CIVIL_TIME

_MONTH_FORMATS = {"zh": "y年M月", "en": "MMMM y"}
_PARTS_OF_MONTH = 2
_DAYS_KEPT = 4_096


def write_day(value: date | str | None, language: str) -> str:
    """Write a day, or a month or year where no more is known; nothing for None."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else value.isoformat()
    parts = text.partition("T")[0].split("-")
    if len(parts) == 1:
        return f"{text}年" if language == "zh" else text
    is_month = len(parts) == _PARTS_OF_MONTH
    first = date.fromisoformat("-".join([*parts, "01"] if is_month else parts))
    return _formatted(first, _MONTH_FORMATS[language] if is_month else "long", language)


@lru_cache(_DAYS_KEPT)
def _formatted(day: date, form: str, language: str) -> str:
    return format_date(day, format=form, locale=LOCALES[language])


def write_moment(value: datetime | str | int, language: str) -> str:
    """Write a moment with day, hour and minute in civil time; an integer is a Unix time."""
    civil = _moment(value).astimezone(CIVIL_TIME)
    time = format_time(civil, format="HH:mm", locale=LOCALES[language])
    return f"{write_day(civil.date(), language)} {time}"


def _moment(value: datetime | str | int) -> datetime:
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC)
    return datetime.fromisoformat(value) if isinstance(value, str) else value
