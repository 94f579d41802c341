"""What an agreement comes to, whatever its notation: parts asked for, targets, conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from creditbank.agreements.dates import Period

Fields = Mapping[str, object]
"""Fields of a rule document, each scalar as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPart:
    """One part: its predicates, how many different courses it needs, outcomes that meet it.

    `what` tells it from every part that takes something else.
    """

    name: str
    what: frozenset[tuple[str, str]]
    sources: Fields
    meeting: tuple[Fields, ...]
    needed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTarget:
    """A course, or unassigned credit in a category; without credits it need not be taken."""

    name: str
    title: str
    credits: str | None
    is_unassigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A predicate on every outcome, with fields of one that just meets it and of one that fails.

    `failing` is empty where nothing is known to fail; `code` is what failing says.
    """

    predicate: Fields
    meeting: Fields
    failing: Fields = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One rule to be: `key` is what makes it this one and no other, `notation` what it was."""

    key: tuple[str, ...]
    notation: str
    parts: tuple[AskedPart, ...]
    targets: tuple[GivenTarget, ...]
    period: Period
    conditions: tuple[Condition, ...] = ()
    months: int | None = None
