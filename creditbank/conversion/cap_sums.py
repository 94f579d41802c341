"""The sums behind caps that count over several conversions, and what each leaves for one grant.

Credit of several outcomes counts in full under each class, provider and period of them, and an
award known to the month under each period in which it may lie: a cap is never exceeded.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from creditbank.conversion.amounts import Credits
from creditbank.conversion.caps import (
    CategoryCap,
    CertificatesCap,
    ClassCap,
    PeriodCap,
    ProviderCap,
    ScopedCap,
)
from creditbank.conversion.decision import Note, Reason, Step, Trace
from creditbank.conversion.plan import CountedCredit, CreditSource, Plan

NOTHING = Credits(milli=0)

Key = tuple[str, ...]
"""What a cap counts apart: nothing, a provider, or a period by its first day."""

_ORDER = ("certificates", "period", "class", "provider", "category", "programme")
_CODES = {
    "certificates": (Note.CAP_CERTIFICATES_KEPT, Reason.CAP_CERTIFICATES),
    "period": (Note.CAP_PERIOD_KEPT, Reason.CAP_PERIOD),
    "class": (Note.CAP_CLASS_KEPT, Reason.CAP_CLASS),
    "provider": (Note.CAP_PROVIDER_KEPT, Reason.CAP_PROVIDER),
    "category": (Note.CAP_CATEGORY_KEPT, Reason.CAP_CATEGORY),
    "programme": (Note.CAP_PROGRAMME_KEPT, Reason.CAP_PROGRAMME),
}


@dataclass(frozen=True, slots=True)
class CapTests:
    """What caps are tested against: the plan, the credit that counts already, and the trace."""

    plan: Plan | None
    counted: Sequence[CountedCredit]
    trace: Trace

    def within(self, caps: Iterable[ScopedCap], asked: CountedCredit, *, in_parts: bool) -> Credits:
        """Give what every cap leaves of the asked credit: all or nothing unless it can be split."""
        granted = asked.credits
        for cap in sorted(caps, key=lambda one: _ORDER.index(one.kind)):
            if isinstance(cap, CertificatesCap):
                allowed = self._of_certificates(cap, asked)
            else:
                allowed = self._of_credit(cap, asked, in_parts=in_parts)
            granted = min(granted, allowed)
        return granted

    def _of_credit(self, cap: ScopedCap, asked: CountedCredit, *, in_parts: bool) -> Credits:
        granted = asked.credits
        for key in sorted(set(keys_of(cap, asked))):
            limit = limit_of(cap, self.plan)
            if limit is None:
                self.trace.add(Step.CAP, asked.target, Reason.CAP_UNKNOWN)
                return NOTHING
            used = sum(one.credits.milli for one in self.counted if key in keys_of(cap, one))
            left = max(0, limit.milli - used)
            fits = asked.credits.milli <= left
            allowed = asked.credits.milli if fits else left * in_parts
            self.trace.add(
                Step.CAP,
                asked.target,
                _CODES[cap.kind][not fits],
                limit_milli=limit.milli,
                used_milli=used,
                asked_milli=asked.credits.milli,
                granted_milli=allowed,
            )
            granted = min(granted, Credits(milli=allowed))
        return granted

    def _of_certificates(self, cap: CertificatesCap, asked: CountedCredit) -> Credits:
        """Count certificates: one that gave credit already is none more."""
        own = certificates_of([asked])
        if not own or not is_in(cap.category, asked):
            return asked.credits
        used = certificates_of(one for one in self.counted if is_in(cap.category, one))
        fits = len(used | own) <= cap.at_most
        self.trace.add(
            Step.CAP,
            asked.target,
            _CODES[cap.kind][not fits],
            limit=cap.at_most,
            used=len(used),
            asked=len(own - used),
        )
        return asked.credits if fits else NOTHING


def certificates_of(credit: Iterable[CountedCredit]) -> set[str]:
    """Name the certificates behind credit."""
    named = {source.certificate for one in credit for source in one.sources}
    return {one for one in named if one is not None}


def limit_of(cap: ScopedCap, plan: Plan | None) -> Credits | None:
    """Give the credits that a cap allows; None for one that counts certificates or is unknown."""
    if isinstance(cap, CertificatesCap):
        return None
    if cap.credits is not None:
        return cap.credits
    if plan is None or cap.share is None:
        return None
    if cap.share.of_category is None:
        return cap.share.of(plan.credits)
    category = plan.category(cap.share.of_category)
    return None if category is None else cap.share.of(category.credits)


def keys_of(cap: ScopedCap, credit: CountedCredit) -> Iterator[Key]:
    """Give each sum of the cap in which the credit counts."""
    if isinstance(cap, PeriodCap):
        for source in credit.sources:
            if source.outcome_class not in cap.classes_not_counted:
                yield (_period(cap.begins, source.awarded_first).isoformat(),)
                yield (_period(cap.begins, source.awarded_last).isoformat(),)
    elif isinstance(cap, ClassCap):
        if is_in(cap.category, credit) and any(
            one.outcome_class in cap.classes for one in credit.sources
        ):
            yield ()
    elif isinstance(cap, ProviderCap):
        if is_in(cap.category, credit):
            yield from (key for one in credit.sources for key in _provider_keys(cap, one))
    elif isinstance(cap, CategoryCap):
        if credit.category == cap.category:
            yield ()
    else:
        yield ()


def _provider_keys(cap: ProviderCap, source: CreditSource) -> Iterator[Key]:
    if not (cap.providers or cap.provider_subtrees):
        yield (source.provider,)
        return
    under = {source.provider, *source.provider_above}
    if source.provider in cap.providers or not under.isdisjoint(cap.provider_subtrees):
        yield ()


def is_in(category: str | None, credit: CountedCredit) -> bool:
    """Say whether credit stands in a category, if one is named."""
    return category is None or credit.category == category


def _period(begins: Sequence[tuple[int, int]], day: date) -> date:
    """Give the first day of the period in which a day lies."""
    starts = [date(year, *begin) for year in (day.year - 1, day.year) for begin in begins]
    return max(start for start in starts if start <= day)
