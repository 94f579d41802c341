"""File a request that persons decide on; what a rule alone would grant needs no filing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

import orjson
from sqlalchemy import Connection
from sqlmodel import SQLModel

from creditbank.conversion.days import civil_day
from creditbank.credits.recognise import Judged, RecogniseCredit, refusal_of
from creditbank.credits.request import Knowledge, Request
from creditbank.errors import Refusal
from creditbank.filings.chain import UNDECIDED, Act, Progress, arrive, chain_of
from creditbank.filings.known import SealedAct
from creditbank.filings.queries import StoredFiling, Words, filings_of_accounts, request_place
from creditbank.filings.tables import FilingRow, FilingStepRow
from creditbank.filings.take import columns_of, step_row, told_rows
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.account_state import require_in_use
from creditbank.writer.command import Decision, Moment, Rows
from ledger.leaf import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What recognising must know, and what these accounts filed before."""

    credit: Knowledge
    filed: Mapping[str, Sequence[StoredFiling]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRequest:
    """Ask that persons decide on a request; `text` is what its learner says with it."""

    key: AccountKey
    secrets: VaultSecrets
    request: Request
    by: str
    text: str = ""

    @property
    def recognition(self) -> RecogniseCredit:
        """The same request as one to be decided at once."""
        return RecogniseCredit(key=self.key, secrets=self.secrets, request=self.request, by=self.by)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        filed: dict[str, list[StoredFiling]] = {}
        for one in filings_of_accounts(connection, {one.key.account_id for one in commands}):
            filed.setdefault(one.account_id, []).append(one)
        asked = [command.recognition for command in commands]
        return State(credit=RecogniseCredit.load(connection, asked), filed=filed)

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """File it; the answer is its id.

        Raises a `Refusal`: "account-not-in-use", "filing-not-needed" where the rule decides at
        once, "nothing-recognised" with every failing test where no person could decide otherwise,
        "filing-open-already".
        """
        account = state.credit.accounts.get(self.key.account_id)
        require_in_use(None if account is None else account.state)
        today = civil_day(moment.now)
        judged = self.recognition.judge(state.credit, today)
        _require_persons(judged)
        self._require_new(judged, state)
        chain = chain_of(judged.rule.document.rule)
        progress = arrive(chain, 0, today, moment.calendar())
        rows, stored = filing_rows(
            self,
            self.request,
            judged,
            progress,
            chain[0].step,
            judged.filing.filed_on,
            Words(text=self.text),
            moment,
        )
        filed = {
            **state.filed,
            self.key.account_id: [*state.filed.get(self.key.account_id, ()), stored],
        }
        return Decision(answer=stored.id, state=replace(state, filed=filed), rows=rows)

    def _require_new(self, judged: Judged, state: State) -> None:
        """Refuse what is under way already: the same outcomes by the same rule."""
        for one in state.filed.get(self.key.account_id, ()):
            if one.state not in UNDECIDED or one.rule_id != judged.rule.id:
                continue
            before = one.request(self.key)
            is_same = sorted(before.outcome_ids) == sorted(self.request.outcome_ids)
            if is_same and set(before.targets) == set(self.request.targets):
                raise Refusal("filing-open-already", filing=one.id)

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep its id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result


def _require_persons(judged: Judged) -> None:
    """Refuse what persons are not asked, or could not grant."""
    judgement, rule = judged.judgement, judged.rule.document.rule
    if rule.decided_by == "automatic" and judgement.grants:
        raise Refusal("filing-not-needed", rule=judged.rule.id)
    if not judgement.grants and not judgement.needs_a_person:
        raise refusal_of(judgement)


def filing_rows(  # noqa: PLR0913, PLR0917 - a filing has these parts
    act: SealedAct,
    request: Request,
    judged: Judged,
    progress: Progress,
    step: str,
    received_on: date,
    words: Words,
    moment: Moment,
    appeal_of: str | None = None,
) -> tuple[dict[type[SQLModel], Rows], StoredFiling]:
    """Give a new filing as it is stored, with its first act."""
    filing_id = new_id(moment.now, moment.entropy).hex()
    asked = orjson.dumps(
        {
            "outcomes": list(request.outcome_ids),
            "targets": list(request.targets),
            "enrolment": request.enrolment_id,
        }
    )
    row: dict[str, object] = {
        "id": filing_id,
        "account_id": act.key.account_id,
        "institution_id": judged.rule.institution_id,
        "rule_id": judged.rule.id,
        "rule_version": judged.rule.version,
        "rule_sha256": judged.rule.sha256,
        "appeal_of": appeal_of,
        "received_on": received_on.isoformat(),
        "conversion_id": None,
        "refusal": None,
        "notice_id": None,
        "sealed_request": act.key.seal(request_place(filing_id), asked, moment.entropy),
        **columns_of(progress),
    }
    first = step_row(filing_id, 1, Act.FILED, step, words, act, moment)
    told = told_rows(filing_id, judged.rule.institution_id, progress, moment)
    rows: dict[type[SQLModel], Rows] = {FilingRow: [row], FilingStepRow: [first], **told}
    return rows, StoredFiling(**row)  # type: ignore[arg-type]
