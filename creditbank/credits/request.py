"""A request for recognition, and what the bank knows when it is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from creditbank.conversion.amounts import Credits
from creditbank.conversion.filing import Filing, FilledTarget, Use
from creditbank.conversion.versions import version_in_force
from creditbank.credits.offered import Offered
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.learners.queries import StoredAccount
from creditbank.rules.queries import StoredRule

OUTCOMES_MAX = 50
TARGETS_MAX = 50

AccountPart = tuple[str, str]
"""An account's id, and the institution or rule that something of it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which outcomes are offered under which rule, and which courses are wished for.

    `received_on` is the day on a form that was handed in at the counter before it was typed.
    """

    rule_id: str
    outcome_ids: Sequence[str]
    targets: Sequence[str] = ()
    received_on: date | None = None

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
    filled: Mapping[AccountPart, Sequence[FilledTarget]]
    recognised: Mapping[AccountPart, Credits] = field(default_factory=dict)
    accounts: Mapping[str, StoredAccount] = field(default_factory=dict)

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

    def filing(self, request: Request, rule: StoredRule, account_id: str, on: date) -> Filing:
        """Give what the decision depends on; raises `Refusal("conversion-outcomes-wrong")`."""
        own = self._own(request, account_id)
        if len(own) != len(request.outcome_ids):
            raise Refusal("conversion-outcomes-wrong")
        filled = self.filled.get((account_id, rule.institution_id), ())
        return Filing(
            filed_on=on,
            outcomes=tuple(one.used_by(self.uses) for one in own),
            targets=tuple(request.targets),
            filled=tuple(one for one in filled if one.code in request.targets),
            recognised=self.recognised.get((account_id, rule.id), Credits(milli=0)),
        )

    def _own(self, request: Request, account_id: str) -> list[Offered]:
        named = (self.offered.get(outcome_id) for outcome_id in request.outcome_ids)
        return [one for one in named if one is not None and one.account_id == account_id]
