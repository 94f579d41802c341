"""What a version of a rule gives beside what was decided, and for what is held. Pure.

Each conversion is decided again for itself, from its recorded inputs. What earlier ones would have
given by the same version is not carried on; its first day and its transition are left out.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from operator import add
from typing import Self

from creditbank.conversion.amounts import Credits
from creditbank.conversion.cap_sums import NOTHING
from creditbank.conversion.caps import RuleCap
from creditbank.conversion.decide import decide
from creditbank.conversion.decision import Decision, Grant, Reason
from creditbank.conversion.filing import Filing
from creditbank.conversion.rule import Rule, counts_recognised
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.scope import scope_of
from creditbank.conversion.shapes import Bundle, HoursPool, target_codes


class Effect(StrEnum):
    """What a version of a rule makes of a conversion that stands, a refused filing, or an account.

    Of an account all that it holds is asked for, today.
    """

    SAME = "same"
    OTHERWISE = "otherwise"  # as much, for another course, category, grade or in another unit
    MORE = "more"
    LESS = "less"
    NO_LONGER = "no_longer"
    NEWLY = "newly"
    NOTHING = "nothing"  # neither by this version nor by an earlier one
    STILL_REFUSED = "still_refused"
    REFUSED_ANYWAY = "refused_anyway"  # persons refused what the rule gave, and would give
    FOR_A_PERSON = "for_a_person"
    NOT_RECORDED = "not_recorded"  # it asks for what was not asked then
    NOT_FILED_TODAY = "not_filed_today"  # an outcome or the enrolment is not what it was
    TAKEN_BACK = "taken_back"
    NOT_IN_USE = "not_in_use"
    ERASED = "erased"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Credits and points, which are never added to each other."""

    credits: Credits = NOTHING
    points: Credits = NOTHING

    @classmethod
    def of(cls, grants: Iterable[Grant]) -> Self:
        """Add up what is granted."""
        sums = Counter[str]()
        for one in grants:
            sums[one.unit] += one.credits.milli
        return cls(credits=Credits(milli=sums["credits"]), points=Credits(milli=sums["points"]))

    def __add__(self, other: Self) -> Self:
        """Add two of them."""
        return replace(
            self, credits=self.credits + other.credits, points=self.points + other.points
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A conversion as it was decided: by which version, from what, and how."""

    rule: Rule
    filing: Filing
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What became of one decision: its amounts, and the tests that fail now and did not then.

    `after` is None where it cannot be decided again.
    """

    effect: Effect
    before: Amounts = Amounts()
    after: Amounts | None = None
    codes: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSum:
    """How many decisions had one effect, and what they gave and would give."""

    effect: Effect
    count: int
    before: Amounts
    after: Amounts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """All effects that occurred, each with its sums; how many decisions each reason is behind."""

    sums: tuple[EffectSum, ...]
    reasons: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many decisions there are of all effects together."""
        return sum(one.count for one in self.sums)

    @property
    def decided_again(self) -> tuple[Amounts, Amounts]:
        """What all that could be decided again gave, and would give."""
        decided = [(one.before, one.after) for one in self.sums if one.after is not None]
        return (
            reduce(add, (before for before, _ in decided), Amounts()),
            reduce(add, (after for _, after in decided), Amounts()),
        )

    def count_of(self, *effects: Effect) -> int:
        """Give how many had one of these effects."""
        return sum(one.count for one in self.sums if one.effect in effects)


def tally(compared: Iterable[Compared]) -> Tally:
    """Add up what became of decisions, in the order of the effects; reasons, the most common first.

    The counts of all effects together are those of the decisions.
    """
    sums: dict[Effect, EffectSum] = {}
    reasons = Counter[str]()
    for one in compared:
        sums[one.effect] = _added(sums.get(one.effect), one)
        reasons.update(one.codes)
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return Tally(
        sums=tuple(sums[effect] for effect in Effect if effect in sums), reasons=dict(ordered)
    )


def _added(known: EffectSum | None, one: Compared) -> EffectSum:
    single = EffectSum(effect=one.effect, count=1, before=one.before, after=one.after)
    return single if known is None else _together(known, single)


def _together(known: EffectSum, other: EffectSum) -> EffectSum:
    after = None if known.after is None or other.after is None else known.after + other.after
    return replace(
        known,
        count=known.count + other.count,
        before=known.before + other.before,
        after=after,
    )


def given_today(earlier: Decision | None, later: Decision) -> Compared:
    """Compare what two versions give today for what one learner holds.

    There may be no earlier one, which gives nothing.
    """
    if earlier is not None and earlier.grants:
        return _compared(earlier, later)
    after = Amounts.of(later.grants)
    if later.grants:
        return Compared(effect=Effect.NEWLY, after=after)
    codes = _telling(later.codes)
    if later.needs_a_person:
        return Compared(effect=Effect.FOR_A_PERSON, codes=codes)
    return Compared(effect=Effect.NOTHING, after=after, codes=codes)


def decided_again(past: Past, document: RuleDocument) -> Compared:
    """Decide a conversion by another version of its rule, as if that had been in force."""
    before = Amounts.of(past.decision.grants)
    if _asks_what_is_not_recorded(document.rule, past):
        return Compared(effect=Effect.NOT_RECORDED, before=before)
    return _compared(
        past.decision, decide(document, as_found_by(past.filing, past.rule, document.rule))
    )


def _compared(earlier: Decision, later: Decision) -> Compared:
    effect = _effect(earlier, later)
    is_told = effect in {Effect.LESS, Effect.NO_LONGER, Effect.FOR_A_PERSON}
    return Compared(
        effect=effect,
        before=Amounts.of(earlier.grants),
        after=None if effect is Effect.FOR_A_PERSON else Amounts.of(later.grants),
        codes=_new_codes(earlier, later) if is_told else (),
    )


def refused_again(earlier: Decision, later: Decision) -> Compared:
    """Compare what two versions say today to a filing that persons refused under the first."""
    after = Amounts.of(later.grants)
    if later.grants:
        effect = Effect.REFUSED_ANYWAY if earlier.grants else Effect.NEWLY
        return Compared(effect=effect, after=after)
    codes = _telling(later.codes)
    if later.needs_a_person:
        return Compared(effect=Effect.FOR_A_PERSON, codes=codes)
    return Compared(effect=Effect.STILL_REFUSED, after=after, codes=codes)


def as_found_by(filing: Filing, rule: Rule, other: Rule) -> Filing:
    """Give a filing to another version with what persons found, if it asks the same of outcomes.

    They looked at what the first one asks: of another grade or level nobody found anything.
    """
    return filing if _asked(rule) == _asked(other) else replace(filing, findings=())


def _effect(earlier: Decision, later: Decision) -> Effect:
    if set(earlier.grants) == set(later.grants):
        return Effect.SAME
    gained = [now.milli - then.milli for then, now in _pairs(earlier, later)]
    if later.needs_a_person and min(gained) < 0:
        return Effect.FOR_A_PERSON
    if not later.grants:
        return Effect.NO_LONGER
    if min(gained) < 0 < max(gained) or not any(gained):
        return Effect.OTHERWISE
    return Effect.MORE if max(gained) > 0 else Effect.LESS


def _pairs(earlier: Decision, later: Decision) -> list[tuple[Credits, Credits]]:
    return [(earlier.credits, later.credits), (earlier.points, later.points)]


def _new_codes(earlier: Decision, later: Decision) -> tuple[str, ...]:
    return _telling([code for code in later.codes if code not in earlier.codes])


def _telling(codes: Sequence[str]) -> tuple[str, ...]:
    """Leave out that no outcome is left where it is said why."""
    told = tuple(code for code in codes if code != Reason.NO_OUTCOME_LEFT)
    return told or tuple(codes)


def _asked(rule: Rule) -> tuple[object, ...]:
    """Give all that a rule asks of outcomes, which persons may have to find out."""
    shape = rule.shape
    targets = () if isinstance(shape, HoursPool) else shape.targets
    return (
        rule.sources,
        rule.valid_for_months,
        rule.equivalents,
        rule.series,
        shape.parts if isinstance(shape, Bundle) else (),
        tuple((one.code, one.sources) for one in targets),
    )


def _asks_what_is_not_recorded(rule: Rule, past: Past) -> bool:
    """Say whether a version asks for what the one that decided did not, so that it was not kept."""
    filing = past.filing
    terms, plan = rule.workflow, filing.plan
    if terms is not None and terms.identity_level is not None and filing.identity_level is None:
        return True
    has_rule_cap = any(isinstance(one, RuleCap) for one in rule.caps)
    if has_rule_cap and scope_of(rule, filing) != scope_of(past.rule, filing):
        return True
    if plan is None:
        return False
    if counts_recognised(rule) and not counts_recognised(past.rule):
        return True
    return not _wished(rule, filing) <= target_codes(past.rule.shape)


def _wished(rule: Rule, filing: Filing) -> frozenset[str]:
    """Give the courses of a rule whose slots in the plan its decision looks at."""
    codes = target_codes(rule.shape)
    return codes if isinstance(rule.shape, HoursPool) else codes & frozenset(filing.targets)
