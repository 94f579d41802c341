"""How old a learner is, from what is known of her birth: to the day where that is known.

A checked document goes before what was stated at the opening.

Where only the year is known, an age counts as reached when it is reached for certain.
"""

from collections.abc import Mapping
from datetime import date

from creditbank.learners.identity_number import birth_date_of

ADULT_AT = 18  # Civil Code 民法典, article 17
CONSENTS_AT = 14  # Personal Information Protection Law 个人信息保护法, article 31
BIRTH_DATE = "birth_date"  # YYYY-MM-DD, as a checked document says


def turns(stated: Mapping[str, object], years: int) -> date | None:
    """Give the day from which a learner is so many years old, or None where no birth is known.

    Who was born on 29 February turns on 1 March of a common year.
    """
    born, year = _birth_date(stated), birth_year(stated)
    if born is not None:
        try:
            return born.replace(year=born.year + years)
        except ValueError:
            return date(born.year + years, 3, 1)
    return None if year is None else date(year + years, 12, 31)


def birth_year(stated: Mapping[str, object]) -> int | None:
    """Give the year of birth, where it is known."""
    born, year = _birth_date(stated), stated.get("birth_year")
    if born is not None:
        return born.year
    return None if year is None else int(str(year))


def _birth_date(stated: Mapping[str, object]) -> date | None:
    if (seen := stated.get(BIRTH_DATE)) is not None:
        return date.fromisoformat(str(seen))
    number = stated.get("identity_number")
    return None if number is None else birth_date_of(str(number))


def is_below(stated: Mapping[str, object], years: int, today: date) -> bool:
    """Say whether a learner may still be younger; one of unknown birth counts as older."""
    day = turns(stated, years)
    return day is not None and today < day
