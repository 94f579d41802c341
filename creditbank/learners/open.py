"""Open an individual learning account: a row, and a leaf that commits to what was stated."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection

from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import seal_statement
from creditbank.learners.queries import existing_accounts
from creditbank.learners.tables import AccountRow
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, make_statement

State = Collection[str]


class AccountState(StrEnum):
    """Where an account is in its life."""

    UNCLAIMED = "unclaimed"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A learner without an account: the key made for it, and what the provider knows."""

    key: AccountKey
    learner_number: str | None = None
    name: str | None = None


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
        """Load which of the accounts exist."""
        ids = [newcomer.key.account_id for command in commands for newcomer in command.newcomers]
        return existing_accounts(connection, ids)

    def decide(self, state: State, moment: Moment) -> Decision[State, Sequence[OpenedAccount]]:
        """Open the missing ones."""
        known = set(state)
        answers: list[OpenedAccount] = []
        openings: list[Opening] = []
        for newcomer in self.newcomers:
            account_id = newcomer.key.account_id
            is_new = account_id not in known
            if is_new:
                at = moment.after(len(openings))
                openings.append(draft_opening(newcomer, opened_by=self.opened_by, moment=at))
                known.add(account_id)
            number = newcomer.key.number
            answers.append(OpenedAccount(account_id=account_id, number=number, is_new=is_new))
        return Decision(
            answer=answers,
            state=known,
            rows={AccountRow: [opening.row for opening in openings]},
            leaves=[opening.leaf for opening in openings],
        )


def draft_opening(newcomer: Newcomer, *, opened_by: str, moment: Moment) -> Opening:
    """Draft the row and the leaf of an account that is opened unclaimed by an institution."""
    key = newcomer.key
    stated: dict[str, JSONValue] = {"account_number": key.number}
    if newcomer.learner_number is not None:
        stated["learner_number"] = newcomer.learner_number
    if newcomer.name is not None:
        stated["name"] = newcomer.name
    statement = make_statement(
        issuer=opened_by, log=moment.log, kind="open", fields=stated, entropy=moment.entropy
    )
    leaf_id = new_id(moment.now, moment.entropy)
    row: dict[str, object] = {
        "id": key.account_id,
        "state": AccountState.UNCLAIMED.value,
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
