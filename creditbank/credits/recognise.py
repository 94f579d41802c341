"""Recognise credit: a rule decides on a citizen's outcomes, and what it uses is used up at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self, cast

from sqlalchemy import Connection

from creditbank.catalogue.enrolled_plans import find_enrolled_plans
from creditbank.catalogue.queries import definitions_by_id
from creditbank.conversion.apply import credit_granted
from creditbank.conversion.days import civil_day
from creditbank.conversion.decide import decide
from creditbank.conversion.decision import DECISIONS, Grant, Reason
from creditbank.conversion.decision import Decision as Judgement
from creditbank.conversion.filing import FILINGS, Filing, FilledTarget, Use
from creditbank.conversion.scope import scope_of
from creditbank.credits.balances import filled_targets, recognised_by_rule, uses_of_units
from creditbank.credits.counted import counted_by, standing
from creditbank.credits.offered import Offered, open_outcome
from creditbank.credits.request import Knowledge, Request
from creditbank.credits.status import ConversionStatus
from creditbank.credits.tables import ConversionGrantRow, ConversionRow, ConversionUseRow
from creditbank.credits.units import nullifier
from creditbank.errors import FieldProblem, ReasonedRefusal, Refusal
from creditbank.institutions.queries import find_with_all_above
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import seal_statement
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import find_accounts
from creditbank.outcomes.queries import find_outcomes
from creditbank.rules.queries import StoredRule, versions_of
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, Statement, make_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A request that was decided on: by which version, from what, and how."""

    rule: StoredRule
    filing: Filing
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class RecogniseCredit:
    """Ask that outcomes of one account be converted by a rule that decides automatically."""

    key: AccountKey
    secrets: VaultSecrets
    request: Request
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Knowledge:
        """Load what these commands name; the head is locked, so no other use can slip between."""
        offered = _offered(connection, commands)
        accounts = {command.key.account_id for command in commands}
        enrolments = {one for command in commands if (one := command.request.enrolment_id)}
        counted = counted_by(connection, enrolments, [command.key for command in commands])
        return Knowledge(
            versions=versions_of(connection, {command.request.rule_id for command in commands}),
            offered=offered,
            uses=uses_of_units(connection, {one.tag for one in offered.values()}),
            filled=filled_targets(connection, accounts),
            recognised=recognised_by_rule(connection, accounts),
            accounts=find_accounts(connection, accounts),
            enrolled=find_enrolled_plans(connection, enrolments),
            counted={
                one: [credit for each in standing(counted, one) for credit in each.credit]
                for one in enrolments
            },
        )

    def judge(self, state: Knowledge, today: date) -> Judged:
        """Decide without writing: the preview.

        Raises a `Refusal` for what cannot be decided on: "rule-decided-by-persons" and those of
        `Knowledge.rule` and `Knowledge.filing`.
        """
        filed_on = self.request.filed_on(today)
        rule = state.rule(self.request, self.key.account_id, filed_on)
        if rule.document.rule.decided_by != "automatic":
            raise Refusal("rule-decided-by-persons", rule=rule.id)
        filing = state.filing(self.request, rule, self.key.account_id, filed_on)
        return Judged(rule=rule, filing=filing, judgement=decide(rule.document, filing))

    def decide(self, state: Knowledge, moment: Moment) -> Decision[Knowledge, str]:
        """Record what the rule grants; the answer is the conversion's id.

        Raises a `Refusal`: "account-not-in-use", "already-consumed" or "nothing-recognised" with
        every failing test where nothing is granted, and those of `judge`.
        """
        account = state.accounts.get(self.key.account_id)
        require_in_use(None if account is None else account.state)
        judged = self.judge(state, civil_day(moment.now))
        if not judged.judgement.grants:
            raise _refusal(judged.judgement)
        leaf_id = new_id(moment.now, moment.entropy)
        conversion_id = leaf_id.hex()
        statement = self._statement(judged, moment)
        uses = self._uses(judged, conversion_id, state)
        return Decision(
            answer=conversion_id,
            state=self._after(judged, state, moment.next_index),
            rows={
                ConversionRow: [self._row(judged, conversion_id, statement, moment)],
                ConversionGrantRow: [
                    {"conversion_id": conversion_id, **_grant_row(grant)}
                    for grant in judged.judgement.grants
                ],
                ConversionUseRow: uses,
            },
            leaves=[
                LeafDraft(
                    t="convert",
                    id=leaf_id,
                    iss=judged.rule.institution_id,
                    acct=self.key.account_tag(leaf_id),
                    stmt=statement.digest,
                    rule=bytes.fromhex(judged.rule.sha256),
                    spend=tuple(cast("bytes", use["nullifier"]) for use in uses),
                )
            ],
        )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep the conversion's id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result

    def _statement(self, judged: Judged, moment: Moment) -> Statement:
        fields: Mapping[str, JSONValue] = {
            "account_number": self.key.number,
            "rule": judged.rule.id,
            "rule_version": judged.rule.version,
            "filed_on": judged.filing.filed_on.isoformat(),
            "credits": str(judged.judgement.credits),
            "scope": scope_of(judged.rule.document.rule, judged.filing),
            "filing": FILINGS.dump_python(judged.filing, mode="json"),
            "decision": DECISIONS.dump_python(judged.judgement, mode="json"),
        }
        if self.request.enrolment_id is not None:
            fields = {**fields, "enrolment": self.request.enrolment_id}
        return make_statement(
            issuer=judged.rule.institution_id,
            log=moment.log,
            kind="convert",
            fields=fields,
            entropy=moment.entropy,
        )

    def _row(
        self, judged: Judged, conversion_id: str, statement: Statement, moment: Moment
    ) -> dict[str, object]:
        return {
            "id": conversion_id,
            "account_id": self.key.account_id,
            "institution_id": judged.rule.institution_id,
            "rule_id": judged.rule.id,
            "rule_version": judged.rule.version,
            "rule_sha256": judged.rule.sha256,
            "engine": judged.judgement.engine,
            "credits": judged.judgement.credits.milli,
            "codes": list(judged.judgement.codes),
            "filed_month": f"{judged.filing.filed_on:%Y-%m}",
            "scope": scope_of(judged.rule.document.rule, judged.filing),
            "enrolment_id": self.request.enrolment_id,
            "status": ConversionStatus.RECOGNISED.value,
            "decided_with": self.by,
            "entry_index": moment.next_index,
            "sealed_statement": seal_statement(
                self.key, "conversion", conversion_id, statement, moment.entropy
            ),
        }

    def _uses(
        self, judged: Judged, conversion_id: str, state: Knowledge
    ) -> list[dict[str, object]]:
        scope = scope_of(judged.rule.document.rule, judged.filing)
        return [
            {
                "conversion_id": conversion_id,
                "nullifier": nullifier(self.secrets, scope, state.offered[part.outcome].unit, part),
                "outcome_id": part.outcome,
                "unit_tag": state.offered[part.outcome].tag,
                "part_unit": part.unit,
                "part_start": part.start,
                "part_end": part.end,
            }
            for part in judged.judgement.parts
        ]

    def _after(self, judged: Judged, state: Knowledge, entry: int) -> Knowledge:
        """Give what is known to the next command of the same transaction."""
        judgement, account, enrolment = (
            judged.judgement,
            self.key.account_id,
            self.request.enrolment_id,
        )
        scope = scope_of(judged.rule.document.rule, judged.filing)
        uses = {tag: list(known) for tag, known in state.uses.items()}
        for part in judgement.parts:
            use = Use(entry=entry, unit=part.unit, start=part.start, end=part.end, scope=scope)
            uses.setdefault(state.offered[part.outcome].tag, []).append(use)
        mine = (account, judged.rule.institution_id, enrolment)
        filled = [
            FilledTarget(code=grant.target, entry=entry, credits=grant.credits)
            for grant in judgement.grants
        ]
        by_rule = (account, judged.rule.id, scope)
        recognised = judged.filing.recognised + judgement.credits + judgement.points
        counted = dict(state.counted)
        if enrolment is not None:
            new = credit_granted(judged.filing, judgement, judged.rule.id)
            counted[enrolment] = [*counted.get(enrolment, ()), *(one.credit for one in new)]
        return replace(
            state,
            uses=uses,
            filled={**state.filled, mine: [*state.filled.get(mine, ()), *filled]},
            recognised={**state.recognised, by_rule: recognised},
            counted=counted,
        )


def _grant_row(grant: Grant) -> dict[str, object]:
    return {
        "target": grant.target,
        "credits": grant.credits.milli,
        "unit": grant.unit,
        "exempts": grant.exempts,
        "category": grant.category,
        "grade": grant.grade,
        "in_parts": grant.in_parts,
    }


def preview(connection: Connection, command: RecogniseCredit, today: date) -> Judged:
    """Say what a request would get by what is known today; nothing is written."""
    return command.judge(RecogniseCredit.load(connection, [command]), today)


def _offered(connection: Connection, commands: Sequence[RecogniseCredit]) -> dict[str, Offered]:
    named = {one for command in commands for one in command.request.outcome_ids}
    stored = find_outcomes(connection, named)
    definitions = definitions_by_id(connection, {one.definition_id for one in stored.values()})
    institutions = find_with_all_above(connection, {one.institution_id for one in stored.values()})
    holders = {command.key.account_id: command for command in commands}
    return {
        one.id: open_outcome(
            one, definitions[one.definition_id], institutions, holder.key, holder.secrets
        )
        for one in stored.values()
        if (holder := holders.get(one.account_id)) is not None
    }


def _refusal(judgement: Judgement) -> ReasonedRefusal:
    problems = [
        FieldProblem(field=line.subject or "conversion", code=line.code, facts=line.shown)
        for line in judgement.failures
    ]
    consumed = [line for line in judgement.failures if line.code is Reason.ALREADY_CONSUMED]
    if consumed:
        entry = consumed[0].facts["entry"]
        return ReasonedRefusal(Reason.ALREADY_CONSUMED.value, problems, entry=entry)
    return ReasonedRefusal("nothing-recognised", problems)
