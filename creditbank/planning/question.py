"""What a plan of conversions is asked for, and what is found."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from creditbank.conversion.amounts import Credits
from creditbank.conversion.apply import Application
from creditbank.conversion.caps import ScopedCap
from creditbank.conversion.filing import Filing, FilledTarget, Outcome
from creditbank.conversion.plan import CountedCredit, Plan
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.scope import scope_of
from creditbank.conversion.shapes import target_codes
from creditbank.conversion.versions import VersionInForce, versions_in_force

NOTHING = Credits(milli=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One learner's outcomes, the published rules, her plan, and how things stand.

    `rules` are all versions; `institutions` says whose each rule is, by its id, `filled` what of
    the targets was filled by the rules of each institution, and `recognised` what each rule gave in
    each scope.
    """

    outcomes: Sequence[Outcome]
    rules: Sequence[RuleDocument]
    plan: Plan
    plan_caps: Sequence[ScopedCap]
    filed_on: date
    applied: Sequence[CountedCredit] = ()
    recognised_for_plan: Sequence[CountedCredit] = ()
    institutions: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, Sequence[FilledTarget]] = field(default_factory=dict)
    recognised: Mapping[tuple[str, str], Credits] = field(default_factory=dict)
    identity_level: int | None = None
    reserved: Mapping[str, str] = field(default_factory=dict)
    """The one rule that may take an outcome, by the outcome's id; all others any."""

    def filing(self, rule: Rule, outcomes: Sequence[Outcome], targets: Sequence[str]) -> Filing:
        """Give the filing of some outcomes under a rule, as things stand."""
        filing = Filing(
            filed_on=self.filed_on,
            outcomes=tuple(outcomes),
            targets=tuple(targets),
            filled=tuple(one for one in self.filled_by(rule) if one.code in targets),
            recognised=NOTHING,
            plan=self.plan.of_targets(target_codes(rule.shape)),
            counted=tuple(self.recognised_for_plan),
            identity_level=self.identity_level,
        )
        given = self.recognised.get((rule.id, scope_of(rule, filing)))
        return filing if given is None else replace(filing, recognised=given)

    def institution_of(self, rule: Rule) -> str:
        """Name whose rule it is."""
        return self.institutions.get(rule.id, "")

    def filled_by(self, rule: Rule) -> Sequence[FilledTarget]:
        """Give what the rules of its institution filled: a decision is told no more."""
        return self.filled.get(self.institution_of(rule), ())

    def in_force(self, rules: Iterable[RuleDocument] | None = None) -> Iterator[VersionInForce]:
        """Give the versions of these rules, or of all, under which one may file today, by rule."""
        versions: dict[str, list[RuleDocument]] = defaultdict(list)
        for one in self.rules if rules is None else rules:
            versions[one.rule.id].append(one)
        for _, known in sorted(versions.items()):
            yield from versions_in_force(known, self.filed_on)

    def caps_on_applied(self, rule_ids: Iterable[str]) -> dict[str, list[ScopedCap]]:
        """Give the caps that count over several conversions by each of these rules, as of today."""
        wanted = set(rule_ids)
        in_force = self.in_force(one for one in self.rules if one.rule.id in wanted)
        return {
            one.document.rule.id: [
                cap for cap in one.document.rule.caps if isinstance(cap, ScopedCap)
            ]
            for one in in_force
            if one.awarded_before is None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One conversion to ask for: by which rule, for which outcomes and targets."""

    document: RuleDocument
    outcomes: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Conversions to ask for in this order, and what they give when they are decided and applied.

    `is_proved` says that no other choice applies more.
    """

    steps: tuple[Step, ...]
    recognised: Credits
    application: Application
    is_proved: bool
