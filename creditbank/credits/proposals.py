"""What a learner's outcomes can become in an enrolment: the best choice, and others to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from creditbank.catalogue.enrolled_plans import EnrolledPlan, find_enrolled_plans
from creditbank.catalogue.queries import definitions_by_id
from creditbank.conversion.amounts import Credits
from creditbank.conversion.apply import Application, apply_credit, by_slot
from creditbank.conversion.caps import ScopedCap
from creditbank.conversion.filing import Filing, Outcome
from creditbank.conversion.plan import Plan
from creditbank.conversion.plan_file import StatedPlan
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.scope import scope_of
from creditbank.conversion.versions import version_in_force
from creditbank.credits.balances import filled_targets, recognised_by_rule, uses_of_units
from creditbank.credits.counted import CountedBy, counted_by, standing
from creditbank.credits.offered import open_outcome
from creditbank.credits.request import active_enrolment, stated_plan_of
from creditbank.credits.status import COUNTING
from creditbank.errors import Refusal
from creditbank.institutions.queries import find_with_all_above
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.queries import find_accounts
from creditbank.outcomes.queries import outcomes_of_account
from creditbank.outcomes.status import OutcomeStatus
from creditbank.planning.integer_programme import NotSolved
from creditbank.planning.propose import propose
from creditbank.planning.question import Proposal, Question
from creditbank.rules.queries import published_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What counts in an enrolment today, and what could count, the best first."""

    enrolled: EnrolledPlan
    today: Application
    proposals: Sequence[Proposal]


def propose_conversions(
    connection: Connection,
    key: AccountKey,
    secrets: VaultSecrets,
    enrolment_id: str,
    filed_on: date,
) -> Proposed:
    """Propose conversions of an account's active outcomes for one of its enrolments.

    Raises a `Refusal`: "enrolment-unknown", "enrolment-not-active", "plan-not-stated", and
    "proposals-not-proved" where the solver finds no proof.
    """
    enrolled, stated = _plan(connection, key, enrolment_id)
    rules = _rules_in_force(connection, enrolled.institution_id, filed_on)
    counted = standing(counted_by(connection, [enrolment_id], [key]), enrolment_id)
    held = _applied(stated, enrolled, rules, counted)
    counting = [one for one in counted if one.conversion.status in COUNTING]
    today = _applied(stated, enrolled, rules, counting)
    account = find_accounts(connection, [key.account_id])[key.account_id]
    accounts = [key.account_id]
    filled = filled_targets(connection, accounts)
    plan = replace(stated.plan, institution=enrolled.institution_id)
    question = Question(
        outcomes=_outcomes(connection, key, secrets),
        rules=rules,
        plan=plan,
        plan_caps=stated.caps,
        filed_on=filed_on,
        applied=held.applied,
        recognised_for_plan=[credit for one in counted for credit in one.credit],
        filled=[
            one
            for (_, _, enrolment), targets in filled.items()
            if enrolment == enrolment_id
            for one in targets
        ],
        recognised=_recognised(rules, plan, filed_on, recognised_by_rule(connection, accounts)),
        identity_level=account.identity_level,
    )
    try:
        proposals = propose(question)
    except NotSolved:
        raise Refusal("proposals-not-proved") from None
    return Proposed(enrolled=enrolled, today=today, proposals=proposals)


def _recognised(
    rules: Sequence[RuleDocument],
    plan: Plan,
    filed_on: date,
    by_scope: Mapping[tuple[str, str, str], Credits],
) -> dict[str, Credits]:
    """Give what each rule gave already in the scope in which it would use outcomes up here."""
    nothing = Credits(milli=0)
    here = Filing(filed_on=filed_on, outcomes=(), recognised=nothing, plan=plan)
    scopes = {(one.rule.id, scope_of(one.rule, here)) for one in rules}
    return {rule: given for (_, rule, scope), given in by_scope.items() if (rule, scope) in scopes}


def _plan(
    connection: Connection, key: AccountKey, enrolment_id: str
) -> tuple[EnrolledPlan, StatedPlan]:
    enrolled = active_enrolment(
        find_enrolled_plans(connection, [enrolment_id]), enrolment_id, key.account_id
    )
    return enrolled, stated_plan_of(enrolled)


def _rules_in_force(
    connection: Connection, institution_id: str, filed_on: date
) -> list[RuleDocument]:
    """Give the version of each rule of an institution that is in force, transitions left aside."""
    versions: dict[str, list[RuleDocument]] = {}
    for stored in published_rules(connection):
        if stored.institution_id == institution_id:
            versions.setdefault(stored.id, []).append(stored.document)
    found = (version_in_force(known, filed_on, ()) for known in versions.values())
    return [one for one in found if one is not None]


def _applied(
    stated: StatedPlan,
    enrolled: EnrolledPlan,
    rules: Sequence[RuleDocument],
    counted: Sequence[CountedBy],
) -> Application:
    """Apply what is recognised for an enrolment, in the order in which it was."""
    caps = {
        one.rule.id: [cap for cap in one.rule.caps if isinstance(cap, ScopedCap)] for one in rules
    }
    plan = replace(stated.plan, institution=enrolled.institution_id)
    wanted = [each for one in counted for each in by_slot(plan, one.granted)]
    return apply_credit(plan, stated.caps, caps, wanted)


def _outcomes(connection: Connection, key: AccountKey, secrets: VaultSecrets) -> list[Outcome]:
    stored = [
        one
        for one in outcomes_of_account(connection, key.account_id)
        if one.status == OutcomeStatus.ACTIVE
    ]
    definitions = definitions_by_id(connection, {one.definition_id for one in stored})
    institutions = find_with_all_above(connection, {one.institution_id for one in stored})
    offered = [
        open_outcome(one, definitions[one.definition_id], institutions, key, secrets)
        for one in stored
    ]
    uses = uses_of_units(connection, {one.tag for one in offered})
    return [one.used_by(uses) for one in offered]
