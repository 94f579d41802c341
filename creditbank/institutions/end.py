"""What an ended institution may no longer do."""

from datetime import date

from creditbank.errors import Refusal
from creditbank.institutions.history import History


def require_going(institution: History, day: date) -> None:
    """Raise `Refusal("institution-ended")` when its last day is before this one."""
    if institution.is_over(day):
        raise Refusal("institution-ended", last_day=str(institution.last_day))
