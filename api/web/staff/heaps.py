"""What waits for a person, as the desk counts it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that waits: what it is, where it leads, and its last day."""

    kind: str
    link: str
    due_on: str | None
    received_on: str | None
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """How many things of one kind wait, and which of them is due first."""

    kind: str
    link: str
    items: Sequence[Item]
    has_more: bool = False
    """Whether more wait than were counted."""

    @property
    def late(self) -> int:
        """How many are overdue."""
        return sum(one.is_late for one in self.items)

    @property
    def first_due(self) -> str | None:
        """The earliest last day."""
        return min((one.due_on for one in self.items if one.due_on is not None), default=None)
