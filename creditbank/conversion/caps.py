"""What bounds credit: of a certificate, a rule, a period, a class, a provider, a category, a plan.

A cap of a rule counts the credit of that rule; a cap of a plan counts all credit in an enrolment.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, with_config

from creditbank.conversion.amounts import Credits
from creditbank.conversion.fields import (
    CLOSED,
    Amount,
    Count,
    DayOfYear,
    LearningClass,
    Name,
    Optionally,
    Percent,
)

_WHOLE = 10_000

Basis = Literal["applied", "recognised"]
"""What a cap counts: credit applied 计入 to an enrolment, or all that was recognised 认定."""


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCap:
    """No certificate gives more than these credits in total."""

    kind: Literal["certificate"]
    credits: Amount


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateValueCap:
    """No certificate gives more than the value that the catalogue states for it."""

    kind: Literal["certificate_value"]


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCap:
    """Nobody gets more than these credits by this rule, by all its versions together."""

    kind: Literal["rule"]
    credits: Amount


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of the credits of the plan, or of one of its categories, down to the quantum."""

    percent: Percent
    of_category: Optionally[Name] = None
    quantum: Amount

    def of(self, whole: Credits) -> Credits:
        """Give the share of so many credits."""
        return Credits(milli=whole.milli * self.percent // _WHOLE).rounded_down(self.quantum)


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class _Limited:
    """At most so many credits, or a share; one of the two is stated."""

    credits: Optionally[Amount] = None
    share: Optionally[Share] = None
    basis: Basis = "applied"


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCap(_Limited):
    """In the whole plan."""

    kind: Literal["programme"]


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCap(_Limited):
    """In one category 课程模块 of the plan."""

    kind: Literal["category"]
    category: Name


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCap(_Limited):
    """From outcomes of these classes, in all categories or in one."""

    kind: Literal["class"]
    classes: Annotated[tuple[LearningClass, ...], Field(min_length=1)]
    category: Optionally[Name] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCap(_Limited):
    """From these providers and those below `provider_subtrees` together, or else from each one."""

    kind: Literal["provider"]
    providers: tuple[Name, ...] = ()
    provider_subtrees: tuple[Name, ...] = ()
    category: Optionally[Name] = None


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCap(_Limited):
    """Awarded in one period, which lasts from one of these days of the year to the next.

    Outcomes of `classes_not_counted` are left out.
    """

    kind: Literal["period"]
    begins: Annotated[tuple[DayOfYear, ...], Field(min_length=1, max_length=12)]
    classes_not_counted: tuple[LearningClass, ...] = ()


@with_config(CLOSED)
@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesCap:
    """Credit of no more than so many certificates, in all categories or in one."""

    kind: Literal["certificates"]
    at_most: Count
    category: Optionally[Name] = None
    basis: Basis = "applied"


ScopedCap: TypeAlias = PlanCap | CategoryCap | ClassCap | ProviderCap | PeriodCap | CertificatesCap
"""A cap that counts over several conversions of one learner."""

Cap: TypeAlias = Annotated[
    CertificateCap
    | CertificateValueCap
    | RuleCap
    | PlanCap
    | CategoryCap
    | ClassCap
    | ProviderCap
    | PeriodCap
    | CertificatesCap,
    Field(discriminator="kind"),
]
