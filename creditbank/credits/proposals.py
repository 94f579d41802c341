"""What a learner's outcomes can become in an enrolment: the best choice, and others to it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from creditbank.catalogue.enrolled_plans import EnrolledPlan, find_enrolled_plans
from creditbank.catalogue.queries import definitions_by_id
from creditbank.conversion.alike import with_alike_uses
from creditbank.conversion.decision import FOR_A_PERSON, Trace
from creditbank.conversion.eligibility import eligible, in_order
from creditbank.conversion.filing import Outcome
from creditbank.conversion.plan import CountedCredit
from creditbank.conversion.plan_file import StatedPlan
from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import target_codes
from creditbank.credits.as_one import filled_as_one, recognised_as_one, used_as_one, uses_as_one
from creditbank.credits.counted import standing
from creditbank.credits.offered import open_outcome
from creditbank.credits.offers import Offer, load_credit
from creditbank.credits.request import active_enrolment, stated_plan_of
from creditbank.errors import Refusal
from creditbank.installation.found import find_installation
from creditbank.institutions.queries import find_with_all_above
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.queries import find_accounts
from creditbank.outcomes.queries import outcomes_of_account
from creditbank.outcomes.status import OutcomeStatus
from creditbank.planning.integer_programme import NotSolved
from creditbank.planning.opportunities import Opportunities, find_opportunities
from creditbank.planning.propose import propose
from creditbank.planning.question import Proposal, Question
from creditbank.planning.relevant import relevant_rules
from creditbank.rules.courses import rules_giving, rules_taking
from creditbank.rules.queries import published_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that planning asks of an enrolment, and what keeps credit from being applied today."""

    enrolled: EnrolledPlan
    waits: Sequence[str]
    question: Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What counts in an enrolment today, and what could count, the best first.

    `waits` names what keeps recognised credit from being applied today.
    """

    enrolled: EnrolledPlan
    today: Sequence[CountedCredit]
    waits: Sequence[str]
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
    found = stand(connection, key, secrets, enrolment_id, filed_on)
    try:
        proposals = propose(found.question)
    except NotSolved:
        raise Refusal("proposals-not-proved") from None
    return Proposed(
        enrolled=found.enrolled,
        today=found.question.applied,
        waits=found.waits,
        proposals=proposals,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForPersons:
    """An outcome that persons may be asked to recognise by a rule, for targets that are free."""

    rule: str
    outcome: str
    targets: tuple[str, ...]


def for_persons(standing: Standing) -> list[ForPersons]:
    """Give what no proposal holds, since persons decide: by rule, the oldest outcome first."""
    question = standing.question
    return [
        ForPersons(rule=rule.id, outcome=outcome.id, targets=_free(question, rule))
        for version in relevant_rules(question.in_force(), question.outcomes)
        if (rule := version.document.rule).decided_by != "automatic"
        for outcome in in_order(question.outcomes)
        if _may_be_weighed(question, rule, outcome)
    ]


def _may_be_weighed(question: Question, rule: Rule, outcome: Outcome) -> bool:
    """Say whether nothing but what a person may find out keeps an outcome from a rule."""
    trace = Trace()
    eligible(rule, question.filing(rule, [outcome], ()), trace)
    return all(one.has_passed or one.code in FOR_A_PERSON for one in trace.lines)


def _free(question: Question, rule: Rule) -> tuple[str, ...]:
    filled = {one.code for one in question.filled_by(rule)}
    return tuple(
        one.code
        for one in question.plan.slots
        if one.code in target_codes(rule.shape) and one.code not in filled
    )


def opportunities_in(standing: Standing, most: int) -> Opportunities:
    """Give up to `most` opportunities in an enrolment.

    Raises `Refusal("proposals-not-proved")` where the solver finds no proof of the best choice for
    what is held.
    """
    try:
        return find_opportunities(standing.question, most=most)
    except NotSolved:
        raise Refusal("proposals-not-proved") from None


def stand(
    connection: Connection,
    key: AccountKey,
    secrets: VaultSecrets,
    enrolment_id: str,
    filed_on: date,
) -> Standing:
    """Give how things stand in one of an account's enrolments, with what her planning asks.

    Of the published rules it has those that can take what she holds, or gave her credit.

    Raises a `Refusal`: "enrolment-unknown", "enrolment-not-active", "plan-not-stated".
    """
    enrolled, stated = _plan(connection, key, enrolment_id)
    credit = load_credit(connection, [enrolment_id], [key])
    counted = standing(credit.counted, enrolment_id)
    accounts = [key.account_id]
    recognised = recognised_as_one(connection, accounts)
    question = Question(
        outcomes=_outcomes(connection, key, secrets),
        rules=(),
        plan=replace(stated.plan, institution=enrolled.institution_id),
        plan_caps=stated.caps,
        filed_on=filed_on,
        applied=credit.applied[enrolment_id],
        recognised_for_plan=[credit for one in counted for credit in one.credit],
        filled={
            institution: targets
            for (_, institution, enrolment), targets in filled_as_one(connection, accounts).items()
            if enrolment == enrolment_id
        },
        recognised={(rule, scope): given for (_, rule, scope), given in recognised.items()},
        identity_level=find_accounts(connection, accounts)[key.account_id].identity_level,
    )
    whose = _whose(connection, enrolled)
    taking = rules_taking(connection, whose, {one.course for one in question.outcomes})
    return Standing(
        enrolled=enrolled,
        waits=_codes(credit.offers(enrolment_id)),
        question=_under(connection, question, whose, taking | {rule for _, rule, _ in recognised}),
    )


def stand_for_opportunities(
    connection: Connection,
    key: AccountKey,
    secrets: VaultSecrets,
    enrolment_id: str,
    filed_on: date,
) -> Standing:
    """Give the same with the rules, too, that give credit for what her plan has a place for.

    Raises as `stand` does.
    """
    found = stand(connection, key, secrets, enrolment_id, filed_on)
    whose, question = _whose(connection, found.enrolled), found.question
    names = rules_giving(connection, whose, question.plan) | {one.rule.id for one in question.rules}
    return replace(found, question=_under(connection, question, whose, names))


def _codes(offers: Iterable[Offer]) -> list[str]:
    return list(dict.fromkeys(code for one in offers for code in one.fits.codes))


def _plan(
    connection: Connection, key: AccountKey, enrolment_id: str
) -> tuple[EnrolledPlan, StatedPlan]:
    enrolled = active_enrolment(
        find_enrolled_plans(connection, [enrolment_id]), enrolment_id, key.account_id
    )
    return enrolled, stated_plan_of(enrolled)


def _whose(connection: Connection, enrolled: EnrolledPlan) -> set[str]:
    """Name those whose rules give credit in an enrolment: its institution, and the bank itself."""
    installed = find_installation(connection)
    return {enrolled.institution_id, *([] if installed is None else [installed.institution_id])}


def _under(
    connection: Connection, question: Question, whose: Collection[str], names: Collection[str]
) -> Question:
    """Give a question about these rules, as far as they are published by some institutions."""
    published = published_versions(connection, names)
    rules = [one for one in published if one.institution_id in whose]
    return replace(
        question,
        rules=[one.document for one in rules],
        institutions={one.id: one.institution_id for one in rules},
    )


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
    uses = uses_as_one(connection, offered, secrets)
    used = used_as_one(connection, {key.account_id: key}, secrets).get(key.account_id, ())
    return [with_alike_uses(one.used_by(uses), used) for one in offered]
