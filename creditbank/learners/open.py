"""Open an individual learning account: a row, and a leaf that commits to what was stated."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection
from sqlmodel import SQLModel

from creditbank.access.logins import citizen_login
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.institutions.end import require_going
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_institutions
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import seal_statement
from creditbank.learners.account_state import AccountState
from creditbank.learners.documents import Document, DocumentType
from creditbank.learners.known_names import folded_names
from creditbank.learners.names import agrees, fold
from creditbank.learners.queries import existing_accounts
from creditbank.learners.tables import AccountRow
from creditbank.writer.command import Decision, Moment, Rows
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, make_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The accounts that exist, and the institutions that open some."""

    accounts: Collection[str]
    openers: Mapping[str, History]
    names: Mapping[str, frozenset[str]]
    """Every name, folded, of those accounts that a newcomer with a name has already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A learner without an account: the key made for it, and what is stated of her."""

    key: AccountKey
    learner_number: str | None = None
    name: str | None = None
    birth_year: int | None = None
    document: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The row and the leaf of one opened account."""

    row: dict[str, object]
    leaf: LeafDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedAccount:
    """What the provider is told: opaque id, the learner's number, and whether it is new."""

    account_id: str
    number: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAccounts:
    """Ask for accounts for these newcomers; one that has its account already keeps it."""

    opened_by: str
    newcomers: Sequence[Newcomer]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load which of the accounts exist, and who opens."""
        keys = {
            newcomer.key.account_id: newcomer.key
            for command in commands
            for newcomer in command.newcomers
        }
        accounts = existing_accounts(connection, list(keys))
        return State(
            accounts=accounts,
            names=folded_names(connection, {one: keys[one] for one in accounts}),
            openers=find_institutions(connection, {command.opened_by for command in commands}),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Sequence[OpenedAccount]]:
        """Open the missing ones; raises a `Refusal`, and then opens none.

        Its codes: "institution-ended", and "learner-name-differs" where one has an account under
        another name: a number alone says of nobody that it is her.
        """
        require_going(state.openers[self.opened_by], civil_day(moment.now))
        known, names = set(state.accounts), dict(state.names)
        answers: list[OpenedAccount] = []
        openings: list[Opening] = []
        for newcomer in self.newcomers:
            account_id = newcomer.key.account_id
            is_new = account_id not in known
            if not is_new:
                _require_name(newcomer, names.get(account_id))
            else:
                at = moment.after(len(openings))
                openings.append(draft_opening(newcomer, opened_by=self.opened_by, moment=at))
                known.add(account_id)
                names[account_id] = frozenset(
                    () if newcomer.name is None else {fold(newcomer.name)}
                )
            number = newcomer.key.number
            answers.append(OpenedAccount(account_id=account_id, number=number, is_new=is_new))
        return Decision(
            answer=answers,
            state=replace(state, accounts=known, names=names),
            rows=opening_rows(openings),
            leaves=[opening.leaf for opening in openings],
        )

    @classmethod
    def remember(cls, answer: Sequence[OpenedAccount]) -> str:
        """Keep which accounts they were; their numbers are known from their keys alone."""
        return " ".join(f"{one.account_id}:{one.is_new:d}" for one in answer)

    @classmethod
    def recall(cls, result: str) -> Sequence[OpenedAccount]:
        """Give the accounts again without their numbers."""
        parts = (one.partition(":") for one in result.split())
        return [
            OpenedAccount(account_id=id_, number="", is_new=new == "1") for id_, _, new in parts
        ]


def _require_name(newcomer: Newcomer, names: frozenset[str] | None) -> None:
    if newcomer.name is not None and names and not agrees(newcomer.name, names):
        raise Refusal("learner-name-differs")


def opening_rows(openings: Sequence[Opening]) -> dict[type[SQLModel], Rows]:
    """Give the rows that these openings add, by table."""
    return {AccountRow: [opening.row for opening in openings]}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOwnAccount:
    """Ask that a citizen's account be opened by herself, with a password to sign in by."""

    newcomer: Newcomer
    bank_id: str
    password_hash: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing: the key is new."""

    def decide(self, state: None, moment: Moment) -> Decision[None, OpenedAccount]:
        """Open it; its first state is open, for nobody else could claim it."""
        opening = draft_opening(
            self.newcomer, opened_by=self.bank_id, moment=moment, state=AccountState.OPEN
        )
        key = self.newcomer.key
        return Decision(
            answer=OpenedAccount(account_id=key.account_id, number=key.number, is_new=True),
            state=state,
            rows={
                AccountRow: [opening.row],
                **citizen_login(key.account_id, self.password_hash, moment),
            },
            leaves=[opening.leaf],
        )

    @classmethod
    def remember(cls, answer: OpenedAccount) -> str:
        """Keep which account it was; its number is known from its key alone."""
        return answer.account_id

    @classmethod
    def recall(cls, result: str) -> OpenedAccount:
        """Give the account again without its number."""
        return OpenedAccount(account_id=result, number="", is_new=False)


def draft_opening(
    newcomer: Newcomer,
    *,
    opened_by: str,
    moment: Moment,
    state: AccountState = AccountState.UNCLAIMED,
) -> Opening:
    """Draft the row and the leaf of an account."""
    key = newcomer.key
    facts: dict[str, JSONValue] = {
        "account_number": key.number,
        "birth_year": newcomer.birth_year,
        "learner_number": newcomer.learner_number,
        "name": newcomer.name,
        **_stated_document(newcomer.document),
    }
    stated = {name: fact for name, fact in facts.items() if fact is not None}
    statement = make_statement(
        issuer=opened_by, log=moment.log, kind="open", fields=stated, entropy=moment.entropy
    )
    leaf_id = new_id(moment.now, moment.entropy)
    row: dict[str, object] = {
        "id": key.account_id,
        "state": state.value,
        "identity_level": 0,
        "opened_by": opened_by,
        "entry_index": moment.next_index,
        "sealed_statement": seal_statement(
            key, "account", key.account_id, statement, moment.entropy
        ),
    }
    leaf = LeafDraft(
        t="open",
        id=leaf_id,
        iss=opened_by,
        acct=key.account_tag(leaf_id),
        stmt=statement.digest,
    )
    return Opening(row=row, leaf=leaf)


def _stated_document(document: Document | None) -> dict[str, JSONValue]:
    """Give what an opening states of a document; that of a citizen is her identity number."""
    if document is None:
        return {}
    if document.type is DocumentType.IDENTITY_CARD:
        return {"identity_number": document.number}
    return {
        "document_country": document.country,
        "document_number": document.number,
        "document_type": document.type.value,
    }
