"""What an enrolment still lacks: by slot, by category and in all, and what each cap leaves."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from creditbank.conversion.amounts import Credits
from creditbank.conversion.cap_sums import certificates_of, is_in, keys_of, limit_of
from creditbank.conversion.caps import (
    CertificatesCap,
    PeriodCap,
    ProviderCap,
    RuleCap,
    ScopedCap,
)
from creditbank.conversion.plan import Category, CountedCredit, Plan, Slot
from creditbank.conversion.rule import Rule
from creditbank.planning.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotAudit:
    """A slot, what is applied to it, and what it lacks; an exempted one 免修 lacks nothing.

    `results` are active outcomes of the school itself for this course. Whether the school counts
    them as passed is for the school to say: they cover nothing here.
    """

    slot: Slot
    covered: Credits
    missing: Credits
    is_exempted: bool
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryAudit:
    """A category 课程模块, what is applied to it, and what it lacks."""

    category: Category
    covered: Credits
    missing: Credits


@dataclass(frozen=True, slots=True, kw_only=True)
class CapRoom:
    """What a cap leaves, of a rule or (without one) of the plan; None where its limit is unknown.

    Amounts are 1/1000 credits, or certificates for a cap of kind "certificates"; `key` is the
    provider or the first day of the period that is counted apart.
    """

    kind: str
    rule: str | None
    category: str | None
    key: str | None
    basis: str
    limit: int | None
    used: int

    @property
    def left(self) -> int | None:
        """What may still count."""
        return None if self.limit is None else max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What is missing 缺口 in an enrolment, with the caps that bound what conversion can add."""

    plan: Plan
    covered: Credits
    missing: Credits
    categories: tuple[CategoryAudit, ...]
    slots: tuple[SlotAudit, ...]
    caps: tuple[CapRoom, ...]


def audit(question: Question) -> Audit:
    """Say what is missing, by what counts today alone."""
    plan = question.plan
    covered = _sum(question.applied)
    return Audit(
        plan=plan,
        covered=covered,
        missing=lacking(plan.credits, covered),
        categories=tuple(_category(question, one) for one in plan.categories),
        slots=tuple(_slot(question, one) for one in plan.slots),
        caps=tuple(cap_rooms(question)),
    )


def lacking(required: Credits, covered: Credits) -> Credits:
    """Give what is not covered."""
    return Credits(milli=max(0, required.milli - covered.milli))


def _category(question: Question, category: Category) -> CategoryAudit:
    covered = _sum(one for one in question.applied if one.category == category.code)
    missing = lacking(category.credits, covered)
    return CategoryAudit(category=category, covered=covered, missing=missing)


def _slot(question: Question, slot: Slot) -> SlotAudit:
    covered = applied_to(question, slot.code)
    is_exempted = any(
        one.code == slot.code and one.credits is not None and one.credits.milli == 0
        for filled in question.filled.values()
        for one in filled
    )
    return SlotAudit(
        slot=slot,
        covered=covered,
        missing=Credits(milli=0) if is_exempted else lacking(slot.credits, covered),
        is_exempted=is_exempted,
        results=tuple(_results(question, slot)),
    )


def applied_to(question: Question, code: str) -> Credits:
    """Give what is applied to a target."""
    return _sum(one for one in question.applied if one.target == code)


def _results(question: Question, slot: Slot) -> Iterator[str]:
    for one in question.outcomes:
        if one.provider == question.plan.institution and one.course == slot.code and one.is_active:
            yield one.id


def cap_rooms(question: Question) -> Iterator[CapRoom]:
    """Give what each cap of the plan leaves, and each of a rule that gave something already."""
    for cap in question.plan_caps:
        yield from _rooms(cap, question, _counted(question, cap), None)
    gave = {rule: given for (rule, _), given in question.recognised.items()}
    for version in question.in_force(one for one in question.rules if one.rule.id in gave):
        if version.awarded_before is None:
            yield from _of_rule(question, version.document.rule)


def _of_rule(question: Question, rule: Rule) -> Iterator[CapRoom]:
    given = question.filing(rule, (), ()).recognised
    for cap in rule.caps:
        if isinstance(cap, RuleCap):
            yield CapRoom(
                kind=cap.kind,
                rule=rule.id,
                category=None,
                key=None,
                basis="recognised",
                limit=cap.credits.milli,
                used=given.milli,
            )
        elif isinstance(cap, ScopedCap):
            own = [
                one
                for one in _counted(question, cap)
                if one.rule == rule.id or cap.basis == "recognised"
            ]
            yield from _rooms(cap, question, own, rule.id)


def _counted(question: Question, cap: ScopedCap) -> Sequence[CountedCredit]:
    return question.applied if cap.basis == "applied" else question.recognised_for_plan


def _rooms(
    cap: ScopedCap, question: Question, counted: Sequence[CountedCredit], rule: str | None
) -> Iterator[CapRoom]:
    limit = limit_of(cap, question.plan)
    for key, used in _used(cap, counted):
        yield CapRoom(
            kind=cap.kind,
            rule=rule,
            category=None if isinstance(cap, PeriodCap) else getattr(cap, "category", None),
            key=key,
            basis=cap.basis,
            limit=cap.at_most
            if isinstance(cap, CertificatesCap)
            else (None if limit is None else limit.milli),
            used=used,
        )


def _used(cap: ScopedCap, counted: Sequence[CountedCredit]) -> Iterator[tuple[str | None, int]]:
    """Give each sum of a cap; of those counted apart, the ones that count something already."""
    if isinstance(cap, CertificatesCap):
        yield None, len(certificates_of(one for one in counted if is_in(cap.category, one)))
        return
    sums: dict[tuple[str, ...], int] = {}
    if not isinstance(cap, PeriodCap) and not _is_apart(cap):
        sums[()] = 0
    for one in counted:
        for key in set(keys_of(cap, one)):
            sums[key] = sums.get(key, 0) + one.credits.milli
    for key, used in sorted(sums.items()):
        yield (key[0] if key else None), used


def _is_apart(cap: ScopedCap) -> bool:
    return isinstance(cap, ProviderCap) and not (cap.providers or cap.provider_subtrees)


def _sum(credit: Iterable[CountedCredit]) -> Credits:
    return Credits(milli=sum(one.credits.milli for one in credit))
