"""Recognise credit: a rule decides on a citizen's outcomes, and what it uses is used up at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self, cast

from sqlalchemy import Connection

from creditbank.applications.apply import NOTHING_APPLIED, Applied, ToApply, apply_conversion
from creditbank.applications.show import applied_so_far, opened_applications
from creditbank.catalogue.enrolled_plans import find_enrolled_plans
from creditbank.conversion.apply import credit_granted
from creditbank.conversion.days import civil_day
from creditbank.conversion.decide import decide
from creditbank.conversion.decision import DECISIONS, Reason
from creditbank.conversion.decision import Decision as Judgement
from creditbank.conversion.filing import FILINGS, Filing, FilledTarget, Use
from creditbank.conversion.scope import scope_of
from creditbank.credits.apply_inputs import inputs_of
from creditbank.credits.as_one import filled_as_one, recognised_as_one, used_as_one, uses_as_one
from creditbank.credits.counted import counted_by, standing
from creditbank.credits.offered import load_offered
from creditbank.credits.queries import grant_row
from creditbank.credits.request import ByPersons, Knowledge, Request
from creditbank.credits.status import ConversionStatus
from creditbank.credits.tables import ConversionGrantRow, ConversionRow, ConversionUseRow
from creditbank.credits.units import nullifier
from creditbank.errors import FieldProblem, ReasonedRefusal, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import seal_statement
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import find_accounts
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
    """Ask that outcomes of one account be converted by a rule, which decides unless persons do.

    What is `made_anew` after a correction nobody asked for: the account need not be in use.
    """

    key: AccountKey
    secrets: VaultSecrets
    request: Request
    by: str
    persons: ByPersons | None = None
    made_anew: bool = False

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Knowledge:
        """Load what these commands name; the head is locked, so no other use can slip between."""
        named = {one for command in commands for one in command.request.outcome_ids}
        holders = {command.key.account_id: (command.key, command.secrets) for command in commands}
        offered = load_offered(connection, named, holders)
        by_account = {command.key.account_id: command.key for command in commands}
        accounts = set(by_account)
        enrolments = {one for command in commands if (one := command.request.enrolment_id)}
        keys = [command.key for command in commands]
        counted = counted_by(connection, enrolments, keys)
        applications = opened_applications(connection, enrolments, keys)
        return Knowledge(
            versions=versions_of(connection, {command.request.rule_id for command in commands}),
            offered=offered,
            uses=uses_as_one(connection, offered.values(), commands[0].secrets) if commands else {},
            filled=filled_as_one(connection, accounts),
            recognised=recognised_as_one(connection, accounts),
            accounts=find_accounts(connection, accounts),
            enrolled=find_enrolled_plans(connection, enrolments),
            counted={
                one: [credit for each in standing(counted, one) for credit in each.credit]
                for one in enrolments
            },
            used=used_as_one(connection, by_account, commands[0].secrets) if commands else {},
            applied={one: applied_so_far(applications, one) for one in enrolments},
        )

    def judge(self, state: Knowledge, today: date) -> Judged:
        """Decide without writing: the preview.

        Raises a `Refusal` for what cannot be decided on: those of `Knowledge.rule` and
        `Knowledge.filing`.
        """
        filed_on = self.request.filed_on(today)
        account_id, persons = self.key.account_id, self.persons
        if persons is None:
            rule = state.rule(self.request, account_id, filed_on)
            filing = state.filing(self.request, rule, account_id, filed_on)
        else:
            rule = state.rule_named(self.request.rule_id, persons.rule_sha256)
            filing = state.filing(self.request, rule, account_id, filed_on)
            filing = replace(filing, findings=persons.findings)
        return Judged(rule=rule, filing=filing, judgement=decide(rule.document, filing))

    def decide(self, state: Knowledge, moment: Moment) -> Decision[Knowledge, str]:
        """Record what the rule grants, and apply what fits; the answer is the conversion's id.

        Raises a `Refusal`: "account-not-in-use", "rule-decided-by-persons" for a rule with a chain,
        "already-consumed" or "nothing-recognised" with every failing test where nothing is granted,
        and those of `judge`.
        """
        account = state.accounts.get(self.key.account_id)
        if not self.made_anew:
            require_in_use(None if account is None else account.state)
        judged = self.judge(state, civil_day(moment.now))
        if judged.rule.document.rule.decided_by != "automatic" and self.persons is None:
            raise Refusal("rule-decided-by-persons", rule=judged.rule.id)
        if not judged.judgement.grants:
            raise refusal_of(judged.judgement)
        leaf_id = new_id(moment.now, moment.entropy)
        conversion_id = leaf_id.hex()
        statement = self._statement(judged, moment)
        uses = self._uses(judged, conversion_id, state)
        applied = self._applied(judged, conversion_id, state, moment)
        return Decision(
            answer=conversion_id,
            state=self._after(judged, applied, state, moment.next_index),
            rows={
                ConversionRow: [self._row(judged, conversion_id, statement, moment)],
                ConversionGrantRow: [
                    {"conversion_id": conversion_id, **grant_row(grant)}
                    for grant in judged.judgement.grants
                ],
                ConversionUseRow: uses,
                **applied.rows,
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
                ),
                *applied.leaves,
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
        if self.persons is not None:
            fields = {**fields, "filed_as": self.persons.filing_id}
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

    def _applied(
        self, judged: Judged, conversion_id: str, state: Knowledge, moment: Moment
    ) -> Applied:
        """Apply what fits in the enrolment, behind the conversion's own leaf."""
        enrolment, rule = self.request.enrolment_id, judged.rule
        if enrolment is None:
            return NOTHING_APPLIED
        granted = credit_granted(judged.filing, judged.judgement, rule.id)
        enrolled, so_far = state.enrolled[enrolment], state.applied.get(enrolment, ())
        asked = ToApply(
            conversion_id=conversion_id,
            conversion_index=moment.next_index,
            rule_sha256=rule.sha256,
            enrolled=enrolled,
            inputs=inputs_of(enrolled, rule.document.rule, granted, so_far),
            by=self.by,
        )
        return apply_conversion(self.key, asked, moment.after(1))

    def _after(self, judged: Judged, applied: Applied, state: Knowledge, entry: int) -> Knowledge:
        """Give what is known to the next command of the same transaction."""
        judgement, account = judged.judgement, self.key.account_id
        enrolment = self.request.enrolment_id
        scope = scope_of(judged.rule.document.rule, judged.filing)
        uses = {tag: list(known) for tag, known in state.uses.items()}
        used = list(state.used.get(account, ()))
        for part in judgement.parts:
            use = Use(entry=entry, unit=part.unit, start=part.start, end=part.end, scope=scope)
            offered = state.offered[part.outcome]
            uses.setdefault(offered.tag, []).append(use)
            used.append((offered.outcome, use))
        mine = (account, judged.rule.institution_id, enrolment)
        filled = [
            FilledTarget(code=grant.target, entry=entry, credits=grant.credits)
            for grant in judgement.grants
        ]
        by_rule = (account, judged.rule.id, scope)
        recognised = judged.filing.recognised + judgement.credits + judgement.points
        counted, so_far = dict(state.counted), dict(state.applied)
        if enrolment is not None:
            new = credit_granted(judged.filing, judgement, judged.rule.id)
            counted[enrolment] = [*counted.get(enrolment, ()), *(one.credit for one in new)]
            so_far[enrolment] = [*so_far.get(enrolment, ()), *applied.credit]
        return replace(
            state,
            uses=uses,
            used={**state.used, account: used},
            filled={**state.filled, mine: [*state.filled.get(mine, ()), *filled]},
            recognised={**state.recognised, by_rule: recognised},
            counted=counted,
            applied=so_far,
        )


def preview(connection: Connection, command: RecogniseCredit, today: date) -> Judged:
    """Say what a request would get by what is known today; nothing is written."""
    return command.judge(RecogniseCredit.load(connection, [command]), today)


def refusal_of(judgement: Judgement) -> ReasonedRefusal:
    """Give the refusal of what grants nothing, with every failing test."""
    problems = [
        FieldProblem(field=line.subject or "conversion", code=line.code, facts=line.shown)
        for line in judgement.failures
    ]
    consumed = [line for line in judgement.failures if line.code is Reason.ALREADY_CONSUMED]
    if consumed:
        entry = consumed[0].facts["entry"]
        return ReasonedRefusal(Reason.ALREADY_CONSUMED.value, problems, entry=entry)
    return ReasonedRefusal("nothing-recognised", problems)
