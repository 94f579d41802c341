"""Where an account is in its life."""

from enum import StrEnum


class AccountState(StrEnum):
    """The state of an account."""

    UNCLAIMED = "unclaimed"  # 未认领: opened by an institution, nobody signs in yet
    OPEN = "open"
