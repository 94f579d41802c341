"""The choice of conversions as an integer programme.

Variables say which outcome serves which rule, which target gets credit by it, and how much of that
is applied; rows say what the engine asks: nothing is used twice, no slot holds more than it takes,
no cap is exceeded. Amounts are 1/1000 credits, hours the pool's own unit.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from creditbank.conversion.amounts import Credits
from creditbank.conversion.cap_sums import certificates_of, is_in, keys_of, limit_of
from creditbank.conversion.caps import CertificatesCap, ScopedCap
from creditbank.conversion.filing import Outcome
from creditbank.conversion.plan import CountedCredit, Slot
from creditbank.conversion.rule import Rule
from creditbank.planning.alike import bar_alike
from creditbank.planning.integer_programme import IntegerProgramme, Terms
from creditbank.planning.offer import Given, Offer
from creditbank.planning.question import Question


@dataclass(slots=True)
class Model:
    """The programme while it is built."""

    question: Question
    programme: IntegerProgramme = field(default_factory=IntegerProgramme)
    offers: list[Offer] = field(default_factory=list)
    whole: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Variables that each use all of an achievement, by its group."""
    parts: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    """Units and variables that each use hours of an achievement, by its group."""

    uses: dict[str, list[tuple[str | None, int]]] = field(default_factory=lambda: defaultdict(list))
    """Variables that each use an outcome, with the unit of which they use hours, by its id."""

    hours: dict[tuple[str, str], list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Variables that each take hours of a record of an achievement, with the hours it has free."""
    shared: dict[tuple[str, str], int] = field(default_factory=dict)
    """What targets that are filled in parts still take, by whose rules and code."""
    pooled: dict[tuple[str, str], dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    """Variables and factors that say what pools grant for a target, by whose rules and code."""
    by_rule: dict[tuple[str, str], list[tuple[int, Terms]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """What each version of a rule grants, and what its own cap leaves, by rule and scope."""
    last: dict[int, int] = field(default_factory=dict)
    """The variable that says that a grant gets the rest, by the variable that grants it."""

    def offer(self, given: Given) -> None:
        """Add credit that may be granted and applied; without a place in the plan it is not."""
        slot, most = self.question.plan.slot(given.target), given.most
        is_applied, applied = self.programme.variable(), self.programme.variable(most)
        self.programme.at_most({is_applied: 1, given.is_granted: -1}, 0)
        self.programme.at_most({applied: 1, is_applied: -most}, 0)
        self.programme.at_most({is_applied: 1, applied: -1}, 0)
        if given.amount is not None:
            self.programme.at_most({applied: 1, given.amount: -1}, 0)
        if not (given.may_be_split if slot is None else slot.in_parts):
            self.programme.exactly({applied: 1, is_applied: -most}, 0)
        if slot is not None and not _takes(slot, given):
            self.programme.at_most({is_applied: 1}, 0)
        category = given.category if slot is None else slot.category
        offer = Offer(given=given, category=category, is_applied=is_applied, applied=applied)
        self.offers.append(offer)

    def tells_apart(self, rule: Rule, outcomes: Sequence[Outcome]) -> int:
        """Give among how many kinds of these outcomes caps tell: these may be filed apart."""
        caps = [*self.question.plan_caps, *(c for c in rule.caps if isinstance(c, ScopedCap))]
        kinds = {
            tuple((cap.kind, *sorted(keys_of(cap, _behind([one])))) for cap in caps)
            + tuple(one.source.certificate for c in caps if isinstance(c, CertificatesCap))
            for one in outcomes
        }
        return len(kinds) if len(kinds) > 1 else 0

    def close(self) -> None:
        """Add what holds over all rules: single use, slots and caps."""
        for name in {*self.whole, *self.parts}:
            self._used_once(name)
        bar_alike(self.programme, self.question.outcomes, self.uses)
        for records in self.hours.values():
            for _, free in records:
                taken = {amount: 1 for amount, own in records if own <= free}
                self.programme.at_most(taken, free)
        self._targets()
        self._slots()
        for cap in self.question.plan_caps:
            if cap.basis == "applied":
                self._cap(cap, self.offers, self.question.applied)
        for versions in self.by_rule.values():
            self._own_caps(versions)
        self._rule_caps()

    def _used_once(self, group: str) -> None:
        """Let one variable use all of an achievement, or several use hours of one unit."""
        whole, parts = self.whole.get(group, []), self.parts.get(group, [])
        self.programme.at_most(dict.fromkeys(whole, 1), 1)
        for place, (unit, variable) in enumerate(parts):
            self.programme.at_most({variable: 1, **dict.fromkeys(whole, 1)}, 1)
            for other_unit, other in parts[:place]:
                if other_unit != unit:
                    self.programme.at_most({variable: 1, other: 1}, 1)

    def use(self, outcome: Outcome, variable: int, unit: str | None = None) -> None:
        """Say that a variable uses all of an outcome, or hours of a unit of it."""
        if unit is None:
            self.whole[outcome.group].append(variable)
        else:
            self.parts[outcome.group].append((unit, variable))
        self.uses[outcome.id].append((unit, variable))

    def _targets(self) -> None:
        """Grant a target that is filled whole once, and of a shared one no more than it is."""
        given: dict[tuple[str, str], list[Given]] = defaultdict(list)
        for one in self.offers:
            given[self.question.institution_of(one.rule), one.target].append(one.given)
        for target, left in self.shared.items():
            own = [one for one in given[target] if one.amount is not None]
            self._share(left, own, self.pooled[target])
        for offered in given.values():
            whole = {one.is_granted: 1 for one in offered if not one.may_be_split}
            self.programme.at_most(whole, 1)

    def _share(self, left: int, own: Sequence[Given], pooled: Terms) -> None:
        """Let each grant be whole, but for the last one, which may get the rest of the target.

        What pools grant may be asked for before it, and is then no part of that rest.
        """
        last = {one.is_granted: self.programme.variable() for one in own}
        amounts = {one.amount: 1 for one in own if one.amount is not None}
        self.programme.at_most(amounts, left)
        self.programme.at_most(dict.fromkeys(last.values(), 1), 1)
        for one in own:
            amount, is_last = one.granted[0], last[one.is_granted]
            self.programme.at_most({amount: 1, one.is_granted: -one.most}, 0)
            self.programme.at_most({one.is_granted: one.most, amount: -1, is_last: -one.most}, 0)
            others = {name: -factor for name, factor in (*amounts.items(), *pooled.items())}
            self.programme.at_most({**others, is_last: left}, 0)
        self.last.update(last)

    def _slots(self) -> None:
        for slot in self.question.plan.slots:
            own = [one for one in self.offers if one.target == slot.code]
            filled = sum(
                one.credits.milli for one in self.question.applied if one.target == slot.code
            )
            left = max(0, slot.credits.milli - filled)
            if not slot.is_exemptible or (filled and not slot.in_parts):
                left = 0
            self.programme.at_most({one.applied: 1 for one in own}, left)
            if not slot.in_parts:
                self.programme.at_most({one.is_applied: 1 for one in own}, 1)
        for one in self.offers:
            if self.question.plan.slot(one.target) is None and not self._has_category(one):
                self.programme.at_most({one.applied: 1}, 0)

    def _has_category(self, offer: Offer) -> bool:
        category = offer.category
        return category is not None and self.question.plan.category(category) is not None

    def _own_caps(self, versions: Sequence[tuple[int, Terms]]) -> None:
        """Let no version exceed its own cap, which counts all that is granted before it.

        Versions are asked for in the order of their caps, so that the least counts the fewest.
        """
        granted: dict[int, int] = {}
        for left, terms in sorted(versions, key=lambda one: one[0]):
            granted = {**granted, **terms}
            self.programme.at_most(granted, left)

    def _rule_caps(self) -> None:
        """Ask what each version asks of what it grants, and today's of all that is applied."""
        of_rule: dict[str, list[Offer]] = defaultdict(list)
        of_version: dict[tuple[str, str], list[Offer]] = defaultdict(list)
        for offer in self.offers:
            of_rule[offer.rule.id].append(offer)
            of_version[offer.rule.id, offer.rule.version].append(offer)
        for rule, caps in self.question.caps_on_applied(of_rule).items():
            applied = [credit for credit in self.question.applied if credit.rule == rule]
            for cap in caps:
                if cap.basis == "applied":
                    self._cap(cap, of_rule[rule], applied)
        for offers in of_version.values():
            for one in offers[0].rule.caps:
                if isinstance(one, ScopedCap) and one.basis == "recognised":
                    self._cap(one, offers, self.question.recognised_for_plan, is_granted=True)

    def _cap(
        self,
        cap: ScopedCap,
        offers: Sequence[Offer],
        before: Sequence[CountedCredit],
        *,
        is_granted: bool = False,
    ) -> None:
        if isinstance(cap, CertificatesCap):
            self._certificates(cap, offers, before, is_granted=is_granted)
            return
        limit = limit_of(cap, self.question.plan)
        sums: dict[tuple[str, ...], dict[int, int]] = defaultdict(dict)
        for one in offers:
            for key, variable, factor in self._shares(cap, one, is_granted=is_granted):
                sums[key][variable] = factor
        for key, terms in sums.items():
            used = sum(one.credits.milli for one in before if key in keys_of(cap, one))
            most = 0 if limit is None else max(0, limit.milli - used)
            self.programme.at_most(terms, most)

    def _shares(
        self, cap: ScopedCap, offer: Offer, *, is_granted: bool
    ) -> Iterator[tuple[tuple[str, ...], int, int]]:
        """Give, for each sum that an offer may count in, the variable and factor that count."""
        counts = offer.given.granted if is_granted else (offer.applied, 1)
        always = [outcome for outcome, variable in offer.given.serving if variable is None]
        sure = set(keys_of(cap, offer.counted(always)))
        yield from ((key, *counts) for key in sure)
        behind: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for outcome, variable in offer.given.serving:
            if variable is not None:
                for key in set(keys_of(cap, offer.counted([outcome]))) - sure:
                    behind[key].append(variable)
        for key, variables in behind.items():
            yield key, self._where_any(counts, variables, offer.given.most), 1

    def _where_any(self, counts: tuple[int, int], variables: Sequence[int], most: int) -> int:
        """Give a variable that is at least the amount where any of these is chosen."""
        amount = self.programme.variable(most)
        name, factor = counts
        for variable in variables:
            self.programme.at_most({name: factor, variable: most, amount: -1}, most)
        return amount

    def _certificates(
        self,
        cap: CertificatesCap,
        offers: Sequence[Offer],
        before: Sequence[CountedCredit],
        *,
        is_granted: bool,
    ) -> None:
        used = certificates_of(one for one in before if is_in(cap.category, one))
        new: dict[str, int] = {}
        for one in offers:
            counts = one.given.is_granted if is_granted else one.is_applied
            for outcome, variable in one.given.serving:
                name = outcome.source.certificate
                if name is None or name in used or not is_in(cap.category, one.counted([])):
                    continue
                counted = new.setdefault(name, self.programme.variable())
                if variable is None:
                    self.programme.at_most({counts: 1, counted: -1}, 0)
                else:
                    self.programme.at_most({counts: 1, variable: 1, counted: -1}, 1)
        self.programme.at_most(dict.fromkeys(new.values(), 1), max(0, cap.at_most - len(used)))


def _takes(slot: Slot, given: Given) -> bool:
    """Say whether a slot takes such credit: a whole one takes its own credits alone."""
    return slot.in_parts or (not given.may_be_split and given.most == slot.credits.milli)


def _behind(outcomes: Sequence[Outcome]) -> CountedCredit:
    """Give credit of no place, with these outcomes behind it."""
    sources = tuple(one.source for one in outcomes)
    return CountedCredit(
        target="", category=None, credits=Credits(milli=0), rule="", sources=sources
    )
