"""How old a learner is, from what was stated at the opening: to the day where that is known.

Where only the year is known, an age counts as reached when it is reached for certain.
"""

from collections.abc import Mapping
from datetime import date

ADULT_AT = 18  # Civil Code 民法典, article 17
CONSENTS_AT = 14  # Personal Information Protection Law 个人信息保护法, article 31
_BIRTH_IN_NUMBER = slice(6, 14)  # GB 11643-1999, section 4


def turns(stated: Mapping[str, object], years: int) -> date | None:
    """Give the day from which a learner is so many years old, or None where no birth is known.

    Who was born on 29 February turns on 1 March of a common year.
    """
    number, year = stated.get("identity_number"), stated.get("birth_year")
    if number is not None:
        born = date.fromisoformat(str(number)[_BIRTH_IN_NUMBER])
        try:
            return born.replace(year=born.year + years)
        except ValueError:
            return date(born.year + years, 3, 1)
    return None if year is None else date(int(str(year)) + years, 12, 31)


def is_below(stated: Mapping[str, object], years: int, today: date) -> bool:
    """Say whether a learner may still be younger; one of unknown birth counts as older."""
    day = turns(stated, years)
    return day is not None and today < day
