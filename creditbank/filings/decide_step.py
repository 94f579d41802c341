"""Take a step of a chain: pass it on, return it, refuse it, answer an objection, or recognise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.conversion.decision import FINDABLE, Reason
from creditbank.credits.recognise import Judged
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.filings.chain import Act, FilingState, is_last
from creditbank.filings.known import Known, load_known, recognition
from creditbank.filings.may_act import require_may_see, require_may_take
from creditbank.filings.precedents import Precedent, departing
from creditbank.filings.queries import StoredFiling, Words
from creditbank.filings.tables import PrecedentRow
from creditbank.filings.take import Taken, take
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.writer.command import Decision, Moment, Rows, joined

StaffAct = Literal[Act.PASSED, Act.RETURNED, Act.REFUSED, Act.UPHELD, Act.DISMISSED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Where the filing is now, and the conversion where credit was recognised."""

    state: FilingState
    conversion_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideStep:
    """Ask that a person of the staff of `institution_id` take the step at which a filing is.

    Passing the last step recognises the credit. `code` is that of a refusal: one that the rule
    lists, or a test of it that fails.
    """

    filing_id: str
    key: AccountKey
    secrets: VaultSecrets
    by: str
    institution_id: str
    bank_id: str
    act: StaffAct
    words: Words
    code: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Known:
        """Load what these commands name."""
        return load_known(connection, commands)

    def decide(self, state: Known, moment: Moment) -> Decision[Known, Decided]:
        """Take it.

        Raises a `Refusal`: "not-found", "departs-from-precedents" and those of the chain, of who
        may take a step, and of recognising; `InvalidInput` for a code or a finding that is none.
        """
        filing, today = state.require(self.filing_id, self.key), civil_day(moment.now)
        require_may_see(state, filing, self.institution_id, self.bank_id, today)
        chain = state.chain(filing)
        progress = state.progress(filing, today, moment.calendar())
        require_may_take(state, filing, progress.step(chain), self.by, self.bank_id, today)
        self._require_findings(filing)
        if self.act is Act.PASSED and is_last(chain, progress.place):
            return self._recognise(filing, state, moment)
        if self.act is Act.REFUSED:
            return self._refuse(filing, state, moment)
        taken = take(self, self.act, self.words, known=state, moment=moment)
        return _decision(taken, self.filing_id)

    def _recognise(
        self, filing: StoredFiling, state: Known, moment: Moment
    ) -> Decision[Known, Decided]:
        asked = recognition(self, filing, state.steps[filing.id], self.words.findings)
        granted = asked.decide(state.credit, moment)
        known, precedents = self._weighed(filing, state, moment, is_granted=True)
        taken = take(
            self,
            Act.RECOGNISED,
            self.words,
            known=replace(known, credit=granted.state),
            moment=moment,
            conversion_id=granted.answer,
        )
        decided = _decision(taken, self.filing_id, granted.answer)
        return replace(
            decided,
            rows=joined(granted.rows, decided.rows, {PrecedentRow: precedents}),
            changes=[*granted.changes, *decided.changes],
            leaves=granted.leaves,
        )

    def _refuse(
        self, filing: StoredFiling, state: Known, moment: Moment
    ) -> Decision[Known, Decided]:
        """Refuse; what a test of the rule refuses anyway is no precedent."""
        asked = recognition(self, filing, state.steps[filing.id], self.words.findings)
        judged = asked.judge(state.credit, civil_day(moment.now))
        is_weighed = self._require_code(judged)
        precedents: Rows = ()
        if is_weighed:
            state, precedents = self._weighed(filing, state, moment, is_granted=False)
        taken = take(self, Act.REFUSED, self.words, known=state, moment=moment, code=self.code)
        decided = _decision(taken, self.filing_id)
        return replace(decided, rows={**decided.rows, PrecedentRow: precedents})

    def _require_code(self, judged: Judged) -> bool:
        """Say whether a person weighed it; raises `InvalidInput` for a code that is none here."""
        terms = judged.rule.document.rule.workflow
        listed = [] if terms is None else [one.code for one in terms.refusals]
        failing = [] if judged.judgement.grants else judged.judgement.codes
        if self.code not in {*listed, *failing}:
            facts = {"known": tuple(dict.fromkeys((*listed, *failing)))}
            raise InvalidInput([FieldProblem(field="code", code="kind-unknown", facts=facts)])
        return self.code in listed or self.code == Reason.FOUND_NOT_MET

    def _weighed(
        self, filing: StoredFiling, state: Known, moment: Moment, *, is_granted: bool
    ) -> tuple[Known, Rows]:
        """Compare with the precedents of each pair, and add this one to them.

        Raises `Refusal("departs-from-precedents")` where they differ and no reason is given.
        """
        pairs = state.pairs(filing, self.key)
        others = departing(state.precedents, pairs, is_granted=is_granted)
        if others and not (self.words.departure or "").strip():
            filings = tuple(dict.fromkeys(one.filing_id for one in others))
            raise Refusal("departs-from-precedents", filings=filings)
        now = int(moment.now.timestamp())
        mine = [
            Precedent(
                filing_id=filing.id,
                source=pair.source,
                target=pair.target,
                institution_id=pair.institution_id,
                is_granted=is_granted,
                departs=bool(others),
                decided_at=now,
            )
            for pair in pairs
        ]
        known = {one.pair: [one, *state.precedents.get(one.pair, ())] for one in mine}
        rows = [{name: getattr(one, name) for name in Precedent.__slots__} for one in mine]
        return replace(state, precedents={**state.precedents, **known}), rows

    def _require_findings(self, filing: StoredFiling) -> None:
        offered = filing.request(self.key).outcome_ids
        problems = [
            FieldProblem(field=f"findings.{place}", code="finding-unknown")
            for place, one in enumerate(self.words.findings)
            if one.outcome not in offered or one.code not in FINDABLE
        ]
        if problems:
            raise InvalidInput(problems)

    @classmethod
    def remember(cls, answer: Decided) -> str:
        """Keep the state and the conversion's id."""
        return f"{answer.state} {answer.conversion_id or ''}"

    @classmethod
    def recall(cls, result: str) -> Decided:
        """Give the first answer again."""
        state, _, conversion_id = result.partition(" ")
        return Decided(state=FilingState(state), conversion_id=conversion_id or None)


def _decision(
    taken: Taken, filing_id: str, conversion_id: str | None = None
) -> Decision[Known, Decided]:
    state = FilingState(taken.known.filings[filing_id].state)
    return Decision(
        answer=Decided(state=state, conversion_id=conversion_id),
        state=taken.known,
        changes=taken.changes,
        rows=taken.rows,
    )
