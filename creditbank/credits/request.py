"""A request for recognition, and what the bank knows when it is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from creditbank.catalogue.enrolled_plans import EnrolledPlan
from creditbank.conversion.alike import Used, with_alike_uses
from creditbank.conversion.amounts import Credits
from creditbank.conversion.filing import Filing, FilledTarget, Finding, Use
from creditbank.conversion.plan import CountedCredit, Plan
from creditbank.conversion.plan_file import StatedPlan
from creditbank.conversion.rule import Rule, counts_recognised
from creditbank.conversion.scope import scope_of
from creditbank.conversion.shapes import target_codes
from creditbank.conversion.versions import version_in_force
from creditbank.credits.offered import Offered
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.learners.queries import StoredAccount
from creditbank.rules.queries import StoredRule

OUTCOMES_MAX = 50
TARGETS_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which outcomes are offered under which rule, and which courses are wished for.

    `received_on` is the day on a form that was handed in at the counter before it was typed;
    `enrolment_id` names the enrolment 学籍 whose plan the courses are of.
    """

    rule_id: str
    outcome_ids: Sequence[str]
    targets: Sequence[str] = ()
    received_on: date | None = None
    enrolment_id: str | None = None

    def filed_on(self, today: date) -> date:
        """Give the day that counts; raises `InvalidInput` for a malformed request."""
        problems = [
            *_list_problems("outcomes", self.outcome_ids, least=1, most=OUTCOMES_MAX),
            *_list_problems("targets", self.targets, least=0, most=TARGETS_MAX),
        ]
        if self.received_on is not None and self.received_on > today:
            problems.append(FieldProblem(field="received_on", code="date-in-future"))
        if problems:
            raise InvalidInput(problems)
        return self.received_on or today


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPersons:
    """That persons decided along the chain of a rule: on which filing, and what they found.

    The version of the rule is the one that the filing fell under.
    """

    filing_id: str
    rule_sha256: str
    findings: tuple[Finding, ...] = ()


def _list_problems(
    name: str, values: Sequence[str], *, least: int, most: int
) -> list[FieldProblem]:
    problems = []
    if not least <= len(values) <= most:
        facts = {"least": least, "most": most}
        problems.append(FieldProblem(field=name, code="list-length-wrong", facts=facts))
    if len(set(values)) != len(values):
        problems.append(FieldProblem(field=name, code="list-repeated"))
    return problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known of the rules, outcomes and earlier conversions that requests name."""

    versions: Mapping[str, Sequence[StoredRule]]
    offered: Mapping[str, Offered]
    uses: Mapping[bytes, Sequence[Use]]
    filled: Mapping[tuple[str, str, str | None], Sequence[FilledTarget]]
    recognised: Mapping[tuple[str, str, str], Credits] = field(default_factory=dict)
    accounts: Mapping[str, StoredAccount] = field(default_factory=dict)
    enrolled: Mapping[str, EnrolledPlan] = field(default_factory=dict)
    counted: Mapping[str, Sequence[CountedCredit]] = field(default_factory=dict)
    used: Mapping[str, Sequence[Used]] = field(default_factory=dict)
    """What the conversions of each account use."""
    applied: Mapping[str, Sequence[CountedCredit]] = field(default_factory=dict)

    def rule(self, request: Request, account_id: str, filed_on: date) -> StoredRule:
        """Give the version that a request falls under.

        Raises `Refusal`: "rule-unknown", "rule-not-in-force".
        """
        rule_id = request.rule_id
        versions = self.versions.get(rule_id, ())
        published = {one.sha256: one for one in versions if one.entry_index is not None}
        if not published:
            raise Refusal("rule-unknown", rule=rule_id)
        documents = [one.document for one in published.values()]
        awarded = [one.outcome.awarded_last for one in self._own(request, account_id)]
        found = version_in_force(documents, filed_on, awarded)
        if found is None:
            raise Refusal("rule-not-in-force", rule=rule_id, day=filed_on.isoformat())
        return published[found.sha256]

    def rule_named(self, rule_id: str, sha256: str) -> StoredRule:
        """Give the version of a rule with this hash; raises `Refusal("rule-unknown")`."""
        for one in self.versions.get(rule_id, ()):
            if one.sha256 == sha256 and one.entry_index is not None:
                return one
        raise Refusal("rule-unknown", rule=rule_id)

    def filing(self, request: Request, rule: StoredRule, account_id: str, on: date) -> Filing:
        """Give what the decision depends on.

        Raises a `Refusal`: "conversion-outcomes-wrong", and those of `_plan`.
        """
        own = self._own(request, account_id)
        if len(own) != len(request.outcome_ids):
            raise Refusal("conversion-outcomes-wrong")
        enrolment_id = request.enrolment_id
        filled = self.filled.get((account_id, rule.institution_id, enrolment_id), ())
        used = self.used.get(account_id, ())
        filing = Filing(
            filed_on=on,
            outcomes=tuple(with_alike_uses(one.used_by(self.uses), used) for one in own),
            targets=tuple(request.targets),
            filled=tuple(one for one in filled if one.code in request.targets),
            recognised=Credits(milli=0),
            plan=self._plan(request, rule, account_id),
            counted=self._counted(rule, enrolment_id),
            identity_level=self._identity_level(rule, account_id),
        )
        scope = scope_of(rule.document.rule, filing)
        recognised = self.recognised.get((account_id, rule.id, scope))
        return filing if recognised is None else replace(filing, recognised=recognised)

    def _plan(self, request: Request, rule: StoredRule, account_id: str) -> Plan | None:
        """Give the plan of the enrolment that a request names, as far as its rule asks for it.

        Raises a `Refusal`: "enrolment-unknown", "enrolment-not-active", "plan-not-stated".
        """
        if request.enrolment_id is None:
            return None
        enrolled = active_enrolment(self.enrolled, request.enrolment_id, account_id)
        return plan_for(enrolled, rule.document.rule)

    def _counted(self, rule: StoredRule, enrolment_id: str | None) -> tuple[CountedCredit, ...]:
        if enrolment_id is None or not counts_recognised(rule.document.rule):
            return ()
        return tuple(self.counted.get(enrolment_id, ()))

    def _identity_level(self, rule: StoredRule, account_id: str) -> int | None:
        terms, account = rule.document.rule.workflow, self.accounts.get(account_id)
        if terms is None or terms.identity_level is None or account is None:
            return None
        return account.identity_level

    def _own(self, request: Request, account_id: str) -> list[Offered]:
        named = (self.offered.get(outcome_id) for outcome_id in request.outcome_ids)
        return [one for one in named if one is not None and one.account_id == account_id]


def active_enrolment(
    enrolled: Mapping[str, EnrolledPlan], enrolment_id: str, account_id: str
) -> EnrolledPlan:
    """Give an active enrolment of an account.

    Raises a `Refusal`: "enrolment-unknown", "enrolment-not-active".
    """
    found = enrolled.get(enrolment_id)
    if found is None or found.account_id != account_id:
        raise Refusal("enrolment-unknown")
    if not found.is_active:
        raise Refusal("enrolment-not-active")
    return found


def stated_plan_of(enrolled: EnrolledPlan) -> StatedPlan:
    """Give a learner's plan; raises `Refusal("plan-not-stated")` where its programme has none."""
    stated = enrolled.programme.stated_plan
    if stated is None:
        raise Refusal("plan-not-stated", programme=enrolled.programme.code)
    return stated


def plan_for(enrolled: EnrolledPlan, rule: Rule) -> Plan:
    """Give a learner's plan with the slots that a rule may fill.

    Raises `Refusal("plan-not-stated")` where the programme is known without its plan.
    """
    plan = replace(stated_plan_of(enrolled).plan, institution=enrolled.institution_id)
    return plan.of_targets(target_codes(rule.shape))
