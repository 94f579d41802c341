"""A version of a programme plan 培养方案版本 as data: its categories, slots and caps."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, with_config

from creditbank.conversion.caps import (
    CategoryCap,
    CertificatesCap,
    ClassCap,
    PeriodCap,
    PlanCap,
    ProviderCap,
)
from creditbank.conversion.fields import CLOSED, Amount, Name, Optionally
from creditbank.conversion.plan import Category, Plan, Slot
from creditbank.conversion.shapes import Title

PlanCaps = Annotated[
    PlanCap | CategoryCap | ClassCap | ProviderCap | PeriodCap | CertificatesCap,
    Field(discriminator="kind"),
]


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class StatedCategory:
    """A category 课程模块 and the credits that it asks for."""

    code: Name
    title: Optionally[Title] = None
    credits: Amount


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class StatedSlot:
    """A course 目标课程 of the plan; practice and thesis are not `exemptible`."""

    code: Name
    title: Optionally[Title] = None
    category: Name
    credits: Amount
    exemptible: Literal["yes", "no"] = "yes"
    filled: Literal["whole", "in_parts"] = "whole"


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPlan:
    """One version of a plan: what it asks for, what may be filled, and how much in all."""

    programme: Name
    version: Name
    level: Optionally[Name] = None
    credits: Amount
    categories: Annotated[tuple[StatedCategory, ...], Field(max_length=100)] = ()
    slots: Annotated[tuple[StatedSlot, ...], Field(max_length=1000)] = ()
    caps: Annotated[tuple[PlanCaps, ...], Field(max_length=50)] = ()

    @property
    def plan(self) -> Plan:
        """The plan as decisions know it, without its titles."""
        return Plan(
            programme=self.programme,
            version=self.version,
            level=self.level,
            credits=self.credits,
            categories=tuple(
                Category(code=one.code, credits=one.credits) for one in self.categories
            ),
            slots=tuple(
                Slot(
                    code=one.code,
                    category=one.category,
                    credits=one.credits,
                    is_exemptible=one.exemptible == "yes",
                    in_parts=one.filled == "in_parts",
                )
                for one in self.slots
            ),
        )
