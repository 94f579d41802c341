"""What an institution was on which day: its registration, and every change from its day on. Pure.

Changes may be registered in any order; each says from which day it holds, and of two for one day
the later on the ledger counts. So any day of the past reads the same for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType


class InstitutionKind(StrEnum):
    """What an institution is to the bank."""

    PROVIDER = "provider"
    EMPLOYER = "employer"
    BANK = "bank"


class Act(StrEnum):
    """What changed about an institution."""

    RENAMED = "renamed"
    MOVED = "moved"
    RELOCATED = "relocated"
    CODED = "coded"
    CLOSED = "closed"
    MERGED = "merged"
    SPLIT = "split"
    SUSPENDED = "suspended"  # 暂停提交: it reads, and posts nothing
    RESUMED = "resumed"  # 恢复提交


ENDS = frozenset({Act.CLOSED, Act.MERGED, Act.SPLIT})
"""The acts that end an institution; their day is its last."""

PAUSES = frozenset({Act.SUSPENDED, Act.RESUMED})
"""The acts that say whether it may post; its facts stay as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """The facts of one institution, as registered or as of a day.

    `region` is a code of GB/T 2260 as listed in `region_year`; `since` is the first day, where it
    is known; `entry_index` is the leaf that registered it.
    """

    id: str
    kind: str
    name: str
    name_en: str | None
    uscc: str | None
    parent_id: str | None
    region: str | None = None
    region_year: int | None = None
    since: str | None = None
    entry_index: int


_CHANGED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Act.RENAMED: ("name", "name_en"),
        Act.MOVED: ("parent_id",),
        Act.RELOCATED: ("region", "region_year"),
        Act.CODED: ("uscc",),
    }
)
"""Which facts each act replaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change and the day from which it holds (of an end: the last day).

    A field that the act does not replace is None; `successors` are who goes on after an end. A
    suspension states its `reason` and whom to `ask`; `ordered_by` is who suspends or resumes, None
    for the operator of the bank.
    """

    id: str
    institution_id: str
    act: str
    since: str
    name: str | None = None
    name_en: str | None = None
    uscc: str | None = None
    parent_id: str | None = None
    region: str | None = None
    region_year: int | None = None
    successors: Sequence[str] = ()
    reason: str | None = None
    ask: str | None = None
    ordered_by: str | None = None
    entry_index: int

    @property
    def effective(self) -> date:
        """The first day on which its facts hold: that of an end is the one after the last."""
        day = date.fromisoformat(self.since)
        return day + timedelta(days=1) if self.act in ENDS and day < date.max else day

    def applied_to(self, facts: Institution) -> Institution:
        """Give the facts after this change; who was merged stands under its successor."""
        if self.act == Act.MERGED:
            return replace(facts, parent_id=self.successors[0])
        names = _CHANGED.get(self.act, ())
        return replace(facts, **{name: getattr(self, name) for name in names})


@dataclass(frozen=True)
class History:
    """An institution's registration and its changes, in any order."""

    registered: Institution
    changes: Sequence[Change] = ()

    @property
    def id(self) -> str:
        """The institution's id, which nothing changes."""
        return self.registered.id

    @cached_property
    def in_order(self) -> Sequence[Change]:
        """The changes by the day from which they hold."""
        return sorted(self.changes, key=lambda one: (one.effective, one.entry_index))

    @cached_property
    def end(self) -> Change | None:
        """The change that ended it, if one did."""
        return next((one for one in self.changes if one.act in ENDS), None)

    @cached_property
    def last_day(self) -> date | None:
        """The last day on which it is there, None while it goes on."""
        return None if self.end is None else date.fromisoformat(self.end.since)

    def known_before(self, index: int) -> "History":
        """Give what the ledger said of it before an index; changes are registered in any order."""
        return History(self.registered, [one for one in self.changes if one.entry_index < index])

    @property
    def ever_under(self) -> set[str]:
        """Every institution that it stands under on some day."""
        facts = (one.applied_to(self.registered).parent_id for one in self.changes)
        return {one for one in (self.registered.parent_id, *facts) if one is not None}

    @property
    def newest_index(self) -> int:
        """The newest of its leaves, to which the next one refers."""
        return max((one.entry_index for one in self.changes), default=self.registered.entry_index)

    def on(self, day: date) -> Institution:
        """Give the facts as of a day; before its first change it is as registered."""
        facts = self.registered
        for change in self.in_order if self.changes else ():
            if change.effective <= day:
                facts = change.applied_to(facts)
        return facts

    def suspension_on(self, day: date) -> Change | None:
        """Give the suspension that keeps it from posting on a day, None where it may post."""
        pauses = [one for one in self.in_order if one.act in PAUSES and one.effective <= day]
        return pauses[-1] if pauses and pauses[-1].act == Act.SUSPENDED else None

    def is_over(self, day: date) -> bool:
        """Say whether it had ended before this day."""
        return self.last_day is not None and self.last_day < day
