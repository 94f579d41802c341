"""How a posted row finds its person: the whole table as one pure function.

A number leads to an account, and a name that is stated beside it must agree. A name alone leads
nowhere: whoever it may be, a person decides.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from creditbank.learners.names import agrees

LearnerKind = Literal["learner_number", "account_number", "document", "name"]


class Match(StrEnum):
    """What follows for a row."""

    ATTACHED = "attached"  # it belongs to this account
    OPENED = "opened"  # an unclaimed account is opened for it, with a claim code
    UNKNOWN = "unknown"  # no such account, and none may be opened: the row is refused
    NAME_ALONE = "name-alone"  # held: only a name was stated
    NAME_DIFFERS = "name-differs"  # held: the number is known, with another name
    NAME_UNKNOWN = "name-unknown"  # held: no name is known to compare that of the document with

    @property
    def is_held(self) -> bool:
        """True when a person has to decide."""
        return self in {Match.NAME_ALONE, Match.NAME_DIFFERS, Match.NAME_UNKNOWN}


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """An account that a number led to: every name it is known by, folded."""

    names: Collection[str]


def match_person(
    kind: LearnerKind, name: str | None, found: KnownPerson | None, *, may_open: bool
) -> Match:
    """Say what a row's number (of this kind) and name lead to; `found` is the number's account."""
    if kind == "name":
        return Match.NAME_ALONE
    if found is None:
        return Match.OPENED if may_open and kind != "account_number" else Match.UNKNOWN
    if name is not None and found.names:
        return Match.ATTACHED if agrees(name, found.names) else Match.NAME_DIFFERS
    # A provider's own number and the account number suffice; a document needs a name that agrees.
    return Match.NAME_UNKNOWN if kind == "document" else Match.ATTACHED
