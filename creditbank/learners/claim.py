"""Claim an account: a code and a second fact (name, year of birth) make it the citizen's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection, Executable, select, update
from sqlmodel import col

from creditbank.access.logins import citizen_login
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import AccountState
from creditbank.learners.ages import birth_year
from creditbank.learners.births import stated_of
from creditbank.learners.checked_documents import StoredDocument, documents_by_account
from creditbank.learners.known_names import folded_names
from creditbank.learners.names import agrees
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.learners.tables import AccountRow, ClaimCodeRow
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCode:
    """A stored code and its account."""

    account: StoredAccount
    expires_at: int
    tries_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The codes by tag; every name, folded, and the checked documents of their accounts."""

    codes: Mapping[bytes, ClaimCode]
    names: Mapping[str, frozenset[str]]
    documents: Mapping[str, Sequence[StoredDocument]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAccount:
    """Ask for the account of a code, by its key; the answer says whether it was given.

    Three wrong second facts lock the code, not the account.
    """

    code_tag: bytes
    key: AccountKey
    name: str
    birth_year: int
    password_hash: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the codes that these commands state, and by what their learners are known."""
        keys = {command.key.account_id: command.key for command in commands}
        return State(
            codes=find_claim_codes(connection, [command.code_tag for command in commands]),
            names=folded_names(connection, keys),
            documents=documents_by_account(connection, list(keys)),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, bool]:
        """Give the account; raises `Refusal("claim-refused")` alike for every fault of the code."""
        code = state.codes.get(self.code_tag)
        if code is None or not code.tries_left or code.expires_at <= moment.now.timestamp():
            raise Refusal("claim-refused")
        if not code.account.is_unclaimed or code.account.id != self.key.account_id:
            raise Refusal("claim-refused")
        is_right = self._is_right(state, code.account)
        left = 0 if is_right else code.tries_left - 1
        changes: list[Executable] = [
            update(ClaimCodeRow)
            .where(col(ClaimCodeRow.account_id) == code.account.id)
            .values(tries_left=left)
        ]
        codes = {**state.codes, self.code_tag: replace(code, tries_left=left)}
        state = replace(state, codes=codes)
        if not is_right:
            return Decision(answer=False, state=state, changes=changes)
        opened = (
            update(AccountRow)
            .where(col(AccountRow.id) == code.account.id)
            .values(state=AccountState.OPEN.value)
        )
        return Decision(
            answer=True,
            state=state,
            changes=[*changes, opened],
            rows=citizen_login(code.account.id, self.password_hash, moment),
        )

    def _is_right(self, state: State, account: StoredAccount) -> bool:
        stated = stated_of(account, state.documents.get(account.id, ()), self.key)
        same_name = agrees(self.name, state.names[account.id])
        return same_name and birth_year(stated) == self.birth_year


def find_claim_codes(connection: Connection, tags: Sequence[bytes]) -> dict[bytes, ClaimCode]:
    """Give those of these codes that were issued and not replaced, by tag."""
    rows = connection.execute(
        select(
            col(ClaimCodeRow.code_tag),
            col(ClaimCodeRow.account_id),
            col(ClaimCodeRow.expires_at),
            col(ClaimCodeRow.tries_left),
        ).where(col(ClaimCodeRow.code_tag).in_(tags))
    ).all()
    accounts = find_accounts(connection, {row.account_id for row in rows})
    return {
        row.code_tag: ClaimCode(
            account=accounts[row.account_id], expires_at=row.expires_at, tries_left=row.tries_left
        )
        for row in rows
    }
