"""Consent to one item, given or withdrawn: each an entry of the ledger, as easy as the other.

Below the age of 14 a guardian decides (Personal Information Protection Law, article 31); from then
on the learner herself, and a guardian may too until she is 18.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection, Select, select
from sqlmodel import col

from creditbank.access.actor import Actor
from creditbank.among import among, rows_among
from creditbank.conversion.days import civil_day
from creditbank.database import stream, table_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import seal_statement
from creditbank.learners.account_state import require_in_use
from creditbank.learners.ages import CONSENTS_AT
from creditbank.learners.consent_texts import DOCUMENT_TYPE, ConsentText, consent_texts
from creditbank.learners.delegations import (
    DelegatedAct,
    Delegations,
    load_delegations,
)
from creditbank.learners.tables import ConsentRow
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, make_statement


class ConsentAct(StrEnum):
    """What was done with an item."""

    GIVE = "give"
    WITHDRAW = "withdraw"


class GivenAs(StrEnum):
    """As whom somebody decides."""

    HOLDER = "holder"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConsent:
    """One stored act; its statement is still under seal. Times are seconds since 1970."""

    id: str
    account_id: str
    purpose: str
    act: str
    text_sha256: str
    withdraws_id: str | None
    given_by: str
    given_at: int
    entry_index: int
    sealed_statement: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Who may decide for which account, and what was decided so far, by account."""

    delegations: Delegations
    consents: Mapping[str, Sequence[StoredConsent]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """What is decided on: one item and its text, and the consent that is withdrawn, if any."""

    purpose: str
    text_sha256: str
    withdraws: StoredConsent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deciding:
    """Somebody who decides on consent for an account; `issuer` is the bank."""

    key: AccountKey
    issuer: str
    by: Actor

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        accounts = {command.key.account_id for command in commands}
        return State(
            delegations=load_delegations(connection, accounts),
            consents=consents_of(connection, accounts),
        )

    def _given_as(self, state: State, moment: Moment) -> GivenAs:
        """Say as whom the actor decides; raises `Refusal`: "guardian-consents", "not-found"."""
        account = state.delegations.accounts.get(self.key.account_id)
        if account is None:
            raise Refusal("not-found")
        today = civil_day(moment.now)
        if self.by.account_id == account.id:
            if state.delegations.is_below(self.key, CONSENTS_AT, today):
                raise Refusal("guardian-consents")
            return GivenAs.HOLDER
        state.delegations.require_allowed(self.key, self.by, DelegatedAct.CONSENT, today)
        return GivenAs.GUARDIAN

    def _decided(
        self, state: State, moment: Moment, item: _Item, given_as: GivenAs
    ) -> Decision[State, StoredConsent]:
        withdraws = item.withdraws
        act = ConsentAct.GIVE if withdraws is None else ConsentAct.WITHDRAW
        leaf_id = new_id(moment.now, moment.entropy)
        fields: dict[str, JSONValue] = {
            "account_number": self.key.number,
            "act": act.value,
            "given_as": given_as.value,
            "given_by": self.by.id,
            "purpose": item.purpose,
            "text_sha256": item.text_sha256,
        }
        statement = make_statement(
            issuer=self.issuer,
            log=moment.log,
            kind="consent",
            fields=fields,
            entropy=moment.entropy,
        )
        sealed = seal_statement(self.key, "consent", leaf_id.hex(), statement, moment.entropy)
        stored = StoredConsent(
            id=leaf_id.hex(),
            account_id=self.key.account_id,
            purpose=item.purpose,
            act=act.value,
            text_sha256=item.text_sha256,
            withdraws_id=None if withdraws is None else withdraws.id,
            given_by=self.by.id,
            given_at=int(moment.now.timestamp()),
            entry_index=moment.next_index,
            sealed_statement=sealed,
        )
        leaf = LeafDraft(
            t="consent",
            id=leaf_id,
            iss=self.issuer,
            acct=self.key.account_tag(leaf_id),
            stmt=statement.digest,
            object=bytes.fromhex(item.text_sha256),
            ref=None if withdraws is None else withdraws.entry_index,
        )
        earlier = state.consents.get(self.key.account_id, ())
        consents = {**state.consents, self.key.account_id: [*earlier, stored]}
        return Decision(
            answer=stored,
            state=replace(state, consents=consents),
            rows={ConsentRow: [{one: getattr(stored, one) for one in StoredConsent.__slots__}]},
            leaves=[leaf],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveConsent(_Deciding):
    """Ask that consent to one item be recorded, to exactly the text that was shown."""

    purpose: str
    text_sha256: str

    def decide(self, state: State, moment: Moment) -> Decision[State, StoredConsent]:
        """Record it; a consent to the same text that stands is answered as it is."""
        text = self._text()
        given_as = self._given_as(state, moment)
        account_id = self.key.account_id
        require_in_use(state.delegations.accounts[account_id].state)
        standing = standing_consents(state.consents.get(account_id, ())).get(self.purpose)
        if standing is not None and standing.text_sha256 == text.sha256:
            return Decision(answer=standing, state=state)
        item = _Item(purpose=self.purpose, text_sha256=text.sha256)
        decided = self._decided(state, moment, item, given_as)
        document = PublicObject(media_type=DOCUMENT_TYPE, content=text.document)
        return replace(decided, objects=[document])

    def _text(self) -> ConsentText:
        texts = consent_texts()
        if self.purpose not in texts:
            facts = {"known": tuple(texts)}
            raise InvalidInput([FieldProblem(field="purpose", code="purpose-unknown", facts=facts)])
        if texts[self.purpose].sha256 != self.text_sha256:
            raise InvalidInput([FieldProblem(field="text_sha256", code="consent-text-differs")])
        return texts[self.purpose]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConsent(_Deciding):
    """Ask that a consent no longer stand."""

    consent_id: str

    def decide(self, state: State, moment: Moment) -> Decision[State, StoredConsent]:
        """Withdraw it; withdrawing again is answered as the first time."""
        given_as = self._given_as(state, moment)
        all_of_hers = state.consents.get(self.key.account_id, ())
        for one in all_of_hers:
            if one.withdraws_id == self.consent_id:
                return Decision(answer=one, state=state)
        found = [one for one in all_of_hers if one.id == self.consent_id]
        if not found or found[0].act != ConsentAct.GIVE:
            raise Refusal("not-found")
        item = _Item(purpose=found[0].purpose, text_sha256=found[0].text_sha256, withdraws=found[0])
        return self._decided(state, moment, item, given_as)


def standing_consents(consents: Sequence[StoredConsent]) -> dict[str, StoredConsent]:
    """Give the newest consent to each item, unless it was withdrawn; `consents` in log order."""
    withdrawn = {one.withdraws_id for one in consents}
    newest = {one.purpose: one for one in consents if one.act == ConsentAct.GIVE}
    return {purpose: one for purpose, one in newest.items() if one.id not in withdrawn}


def consents_of(
    connection: Connection, account_ids: Collection[str]
) -> dict[str, list[StoredConsent]]:
    """Give every act of consent of those of these accounts that have any, in log order."""
    found: dict[str, list[StoredConsent]] = {}
    for row in rows_among(connection, _OF_ACCOUNTS, account_ids):
        found.setdefault(row["account_id"], []).append(StoredConsent(**row))
    return found


def find_consents(connection: Connection, ids: Collection[str]) -> dict[str, StoredConsent]:
    """Give those of these acts of consent that there are, by id."""
    return {row["id"]: StoredConsent(**row) for row in rows_among(connection, _NAMED, ids)}


def consent_entries(
    connection: Connection, account_id: str | None = None
) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every act of consent, or of this account's, by index."""
    wanted = select(col(ConsentRow.entry_index), col(ConsentRow.id))
    if account_id is not None:
        wanted = wanted.where(col(ConsentRow.account_id) == account_id)
    for row in stream(connection, wanted.order_by(col(ConsentRow.entry_index))):
        yield row[0], row[1]


_CONSENTS: Select[*tuple[object, ...]] = select(
    *(table_of(ConsentRow).c[name] for name in StoredConsent.__slots__)
)
_NAMED = _CONSENTS.where(among(col(ConsentRow.id)))
_OF_ACCOUNTS = _CONSENTS.where(among(col(ConsentRow.account_id))).order_by(
    col(ConsentRow.entry_index)
)
