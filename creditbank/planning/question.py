"""What a plan of conversions is asked for, and what is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from creditbank.conversion.amounts import Credits
from creditbank.conversion.apply import Application
from creditbank.conversion.caps import ScopedCap
from creditbank.conversion.filing import Filing, FilledTarget, Outcome
from creditbank.conversion.plan import CountedCredit, Plan
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import target_codes

NOTHING = Credits(milli=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One learner's outcomes, the rules in force, her plan, and how things stand."""

    outcomes: Sequence[Outcome]
    rules: Sequence[RuleDocument]
    plan: Plan
    plan_caps: Sequence[ScopedCap]
    filed_on: date
    applied: Sequence[CountedCredit] = ()
    recognised_for_plan: Sequence[CountedCredit] = ()
    filled: Sequence[FilledTarget] = ()
    recognised: Mapping[str, Credits] = field(default_factory=dict)
    identity_level: int | None = None

    def filing(self, rule: Rule, outcomes: Sequence[Outcome], targets: Sequence[str]) -> Filing:
        """Give the filing of some outcomes under a rule, as things stand."""
        return Filing(
            filed_on=self.filed_on,
            outcomes=tuple(outcomes),
            targets=tuple(targets),
            filled=tuple(one for one in self.filled if one.code in targets),
            recognised=self.recognised.get(rule.id, NOTHING),
            plan=self.plan.of_targets(target_codes(rule.shape)),
            counted=tuple(self.recognised_for_plan),
            identity_level=self.identity_level,
        )


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
