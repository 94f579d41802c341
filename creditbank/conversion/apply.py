"""Apply recognised credit 计入 to the slots of a plan, in the order asked for, within every cap.

Pure, as `decide` is. What does not fit stays recognised and can be applied later.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from creditbank.conversion.amounts import Credits
from creditbank.conversion.cap_sums import NOTHING, CapTests
from creditbank.conversion.caps import ScopedCap
from creditbank.conversion.decision import Decision, Line, Reason, Step, Trace
from creditbank.conversion.filing import Filing
from creditbank.conversion.plan import CountedCredit, Plan, Slot, total_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """Recognised credit that is to be applied; one for a whole slot is applied whole or not."""

    credit: CountedCredit
    may_be_split: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What was applied, in the order asked for, and every test with its arithmetic."""

    applied: tuple[CountedCredit, ...]
    trace: tuple[Line, ...]

    @property
    def credits(self) -> Credits:
        """All that is applied."""
        return total_of(self.applied)

    @property
    def codes(self) -> tuple[str, ...]:
        """The code of every test that failed, each once, in order."""
        return tuple(dict.fromkeys(one.code.value for one in self.trace if not one.has_passed))


def credit_granted(filing: Filing, decision: Decision, rule: str) -> Iterator[Applying]:
    """Give the credit of a decision as it can be applied, with the outcomes that it used."""
    used = {part.outcome for part in decision.parts}
    sources = tuple(one.source for one in filing.outcomes if one.id in used)
    for grant in decision.grants:
        if grant.unit == "credits" and not grant.exempts:
            credit = CountedCredit(
                target=grant.target,
                category=grant.category,
                credits=grant.credits,
                rule=rule,
                sources=sources,
            )
            yield Applying(credit=credit, may_be_split=grant.in_parts)


def by_slot(plan: Plan, wanted: Iterable[Applying]) -> list[Applying]:
    """Give the credit of one decision in the order of the plan's slots, what can be split last.

    So it takes what the caps leave beside what is applied whole.
    """
    order = {slot.code: place for place, slot in enumerate(plan.slots)}
    return sorted(
        wanted, key=lambda one: (one.may_be_split, order.get(one.credit.target, len(order)))
    )


def apply_credit(
    plan: Plan,
    plan_caps: Sequence[ScopedCap],
    rule_caps: Mapping[str, Sequence[ScopedCap]],
    wanted: Sequence[Applying],
    applied_so_far: Sequence[CountedCredit] = (),
) -> Application:
    """Apply what is wanted to a plan in which so much is applied already.

    Caps of a plan count all credit, those of `rule_caps` the credit of their rule; a cap of basis
    recognised bound the recognition and is not asked again.
    """
    state = _State(plan, plan_caps, rule_caps, list(applied_so_far))
    applied = tuple(one for one in map(state.place, wanted) if one is not None)
    return Application(applied=applied, trace=tuple(state.trace.lines))


@dataclass(slots=True)
class _State:
    plan: Plan
    plan_caps: Sequence[ScopedCap]
    rule_caps: Mapping[str, Sequence[ScopedCap]]
    counted: list[CountedCredit]
    trace: Trace = field(default_factory=Trace)

    def place(self, wanted: Applying) -> CountedCredit | None:
        """Apply one credit, or as much of it as fits; None where nothing is applied."""
        credit = wanted.credit
        slot = self.plan.slot(credit.target)
        if slot is None:
            if credit.category is None or self.plan.category(credit.category) is None:
                self.trace.add(Step.SHAPE, credit.target, Reason.TARGET_NOT_IN_PLAN)
                return None
        else:
            credit = replace(credit, category=slot.category)
            if not slot.is_exemptible:
                self.trace.add(Step.SHAPE, credit.target, Reason.NOT_EXEMPTIBLE)
                return None
        in_parts = slot.in_parts if slot is not None else wanted.may_be_split
        room = credit.credits if slot is None else self._room(slot, wanted)
        if room == NOTHING:
            return None
        granted = self._within(replace(credit, credits=room), in_parts=in_parts)
        if granted == NOTHING:
            return None
        placed = replace(credit, credits=granted)
        self.counted.append(placed)
        return placed

    def _room(self, slot: Slot, wanted: Applying) -> Credits:
        """Give what the slot still takes: a whole one takes its own credits, once."""
        asked = wanted.credit.credits
        filled = sum(one.credits.milli for one in self.counted if one.target == slot.code)
        left = Credits(milli=max(0, slot.credits.milli - filled))
        facts = {
            "limit_milli": slot.credits.milli,
            "used_milli": filled,
            "asked_milli": asked.milli,
        }
        if not slot.in_parts and (wanted.may_be_split or asked != slot.credits):
            self.trace.add(Step.SHAPE, slot.code, Reason.SLOT_NOT_DIVISIBLE, **facts)
            return NOTHING
        if asked <= left and (slot.in_parts or filled == 0):
            return asked
        self.trace.add(Step.EXCLUSIVITY, slot.code, Reason.SLOT_FULL, **facts)
        return left if slot.in_parts else NOTHING

    def _within(self, credit: CountedCredit, *, in_parts: bool) -> Credits:
        own = [one for one in self.counted if one.rule == credit.rule]
        caps = self.rule_caps.get(credit.rule, ())
        of_rule = CapTests(self.plan, own, self.trace)
        left = of_rule.within(_on_applied(caps), credit, in_parts=in_parts)
        if left == NOTHING:
            return left
        asked = replace(credit, credits=left)
        of_plan = CapTests(self.plan, self.counted, self.trace)
        return of_plan.within(_on_applied(self.plan_caps), asked, in_parts=in_parts)


def _on_applied(caps: Sequence[ScopedCap]) -> Iterator[ScopedCap]:
    return (one for one in caps if one.basis == "applied")
