"""What an institution may no longer do that has ended, or may not do while it is suspended."""

from datetime import date

from creditbank.errors import Refusal
from creditbank.institutions.history import History


def require_going(institution: History, day: date) -> None:
    """Raise `Refusal("institution-ended")` when its last day is before this one."""
    if institution.is_over(day):
        raise Refusal("institution-ended", last_day=str(institution.last_day))


def require_posting(institution: History, day: date) -> None:
    """Raise `Refusal("institution-suspended")` while it may post nothing 暂停提交."""
    suspension = institution.suspension_on(day)
    if suspension is not None:
        raise Refusal(
            "institution-suspended",
            since=suspension.since,
            reason=suspension.reason or "",
            ask=suspension.ask or "",
        )
