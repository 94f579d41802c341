"""A programme plan as decisions know it, and the credit that counts towards it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from creditbank.conversion.amounts import Credits


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category 课程模块 and the credits that it asks for."""

    code: str
    credits: Credits


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A course 目标课程 of a plan; one that is filled in parts takes credit of several grants."""

    code: str
    category: str
    credits: Credits
    is_exemptible: bool = True
    in_parts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One version of an institution's programme plan; a recognition knows the slots it may fill."""

    programme: str
    institution: str = ""
    version: str
    credits: Credits
    level: str | None = None
    categories: tuple[Category, ...] = ()
    slots: tuple[Slot, ...] = ()

    def of_targets(self, codes: Collection[str]) -> "Plan":
        """Give the plan with the slots of these codes alone."""
        return replace(self, slots=tuple(one for one in self.slots if one.code in codes))

    def slot(self, code: str) -> Slot | None:
        """Give the slot of a code."""
        return next((one for one in self.slots if one.code == code), None)

    def category(self, code: str) -> Category | None:
        """Give the category of a code."""
        return next((one for one in self.categories if one.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditSource:
    """What caps ask of an outcome behind credit; `certificate` names one certificate."""

    outcome_class: str
    provider: str
    awarded_first: date
    awarded_last: date
    provider_above: tuple[str, ...] = ()
    certificate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedCredit:
    """Credit that counts for caps: where it stands, by which rule, and the outcomes behind it."""

    target: str
    category: str | None
    credits: Credits
    rule: str
    sources: tuple[CreditSource, ...]


def total_of(credit: Iterable[CountedCredit]) -> Credits:
    """Give all of it."""
    return Credits(milli=sum(one.credits.milli for one in credit))
