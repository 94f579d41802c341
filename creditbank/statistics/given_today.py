"""What a version of a rule gives today for what accounts hold, beside the version before it.

Each account asks for all that it holds of what either version can take: without an enrolment, and
in each that is active; what gives most counts. Other rules that could take the same are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from sqlalchemy import Connection

from creditbank.catalogue.enrol import enrolments_of_accounts
from creditbank.catalogue.enrolments_file import EnrolmentState
from creditbank.conversion.decision import Decision
from creditbank.conversion.simulation import Compared, Effect, given_today
from creditbank.credits.recognise import RecogniseCredit
from creditbank.credits.request import Knowledge, Request
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.store import KeyStore
from creditbank.learners.account_state import IN_USE
from creditbank.learners.queries import account_states
from creditbank.outcomes.holders import held_by, holders
from creditbank.planning.outright import decide_all, wished_of
from creditbank.rules.queries import StoredRule
from creditbank.statistics.coverage import held_courses, may_take
from ledger.errors import LedgerError

_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """The accounts that hold what a version or the one before it can take, the newest first."""

    version: StoredRule
    earlier: StoredRule | None
    today: date
    accounts: Sequence[str]
    definitions: frozenset[str]

    @classmethod
    def of(
        cls, connection: Connection, version: StoredRule, earlier: StoredRule | None, today: date
    ) -> Self:
        """Find them."""
        rules = [one.document.rule for one in (version, earlier) if one is not None]
        definitions = frozenset(
            held.definition.id
            for held, course in held_courses(connection, today)
            if any(may_take(rule, course) for rule in rules)
        )
        return cls(
            version=version,
            earlier=earlier,
            today=today,
            accounts=holders(connection, definitions),
            definitions=definitions,
        )

    def compared(
        self, connection: Connection, keystore: KeyStore, most: int
    ) -> Iterator[Sequence[Compared]]:
        """Say what becomes of the first of them, some at a time."""
        first = self.accounts[:most]
        for start in range(0, len(first), _AT_ONCE):
            yield self._readable(connection, keystore, first[start : start + _AT_ONCE])

    def _readable(
        self, connection: Connection, keystore: KeyStore, accounts: Sequence[str]
    ) -> list[Compared]:
        """Count apart whose records do not open: of many, each half is tried for itself."""
        try:
            return self._compared(connection, keystore, accounts)
        except (SealBroken, LedgerError):
            if len(accounts) == 1:
                return [Compared(effect=Effect.UNREADABLE)]
        half = len(accounts) // 2
        parts = accounts[:half], accounts[half:]
        return [one for part in parts for one in self._readable(connection, keystore, part)]

    def _compared(
        self, connection: Connection, keystore: KeyStore, accounts: Sequence[str]
    ) -> list[Compared]:
        keys, states = keystore.get(set(accounts)), account_states(connection, accounts)
        idle = {one: _idle(keys.get(one), states.get(one)) for one in accounts}
        asking = [one for one in accounts if idle[one] is None]
        requests = self._requests(connection, asking)
        state = RecogniseCredit.load(
            connection,
            [
                RecogniseCredit(key=keys[name], secrets=keystore.secrets, request=one, by="")
                for name, some in requests.items()
                for one in some
            ],
        )
        return [idle[one] or self._given(state, one, requests.get(one, ())) for one in accounts]

    def _requests(
        self, connection: Connection, accounts: Sequence[str]
    ) -> Mapping[str, Sequence[Request]]:
        """Ask for everything, in each active enrolment and without one."""
        held: dict[str, list[str]] = {one: [] for one in accounts}
        for outcome in held_by(connection, accounts, self.definitions):
            held[outcome.account_id].append(outcome.id)
        places: dict[str, list[str | None]] = {one: [] for one in accounts}
        for enrolment in enrolments_of_accounts(connection, accounts):
            if enrolment.state == EnrolmentState.ACTIVE:
                places[enrolment.account_id].append(enrolment.id)
        return {
            one: [
                Request(rule_id=self.version.id, outcome_ids=held[one], enrolment_id=place)
                for place in (*places[one], None)
            ]
            for one in accounts
        }

    def _given(self, state: Knowledge, account: str, requests: Sequence[Request]) -> Compared:
        now = self._most(state, account, self.version, requests)
        earlier = self.earlier
        before = None if earlier is None else self._most(state, account, earlier, requests)
        return given_today(before, now)

    def _most(
        self, state: Knowledge, account: str, version: StoredRule, requests: Sequence[Request]
    ) -> Decision:
        """Give what the request that gives most is given; of equal ones the first."""
        decisions = self._decisions(state, account, version, requests)
        return max(decisions, key=lambda one: (one.credits, one.points, len(one.grants)))

    def _decisions(
        self, state: Knowledge, account: str, version: StoredRule, requests: Sequence[Request]
    ) -> Iterator[Decision]:
        for one in requests:
            wished = Request(
                rule_id=one.rule_id,
                outcome_ids=one.outcome_ids,
                enrolment_id=one.enrolment_id,
                targets=wished_of(version.document.rule.shape),
            )
            try:
                filing = state.filing(wished, version, account, self.today)
            except Refusal:
                continue  # The programme is known without its plan.
            yield decide_all(version.document, filing)


def _idle(key: AccountKey | None, state: str | None) -> Compared | None:
    """Say that nothing is asked for an account; None where something may be."""
    if key is None:
        return Compared(effect=Effect.ERASED)
    return None if state in IN_USE else Compared(effect=Effect.NOT_IN_USE)
