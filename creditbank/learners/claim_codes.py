"""Claim codes 认领码: what a citizen claims an account with that was opened for her."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from sqlalchemy import Connection, delete
from sqlmodel import col

from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import tree_on
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import LookupKind, VaultSecrets
from creditbank.learners.ages import birth_year
from creditbank.learners.births import stated_of
from creditbank.learners.checked_documents import StoredDocument, documents_by_account
from creditbank.learners.known_names import folded_names
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.learners.tables import ClaimCodeRow
from creditbank.learners.typed_codes import code_of, new_code, symbols_of
from creditbank.writer.command import Decision, Moment

LENGTH = 16
"""How many symbols a code has: 80 random bits."""

LIFETIME = timedelta(days=180)
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The accounts that commands name, and the tree where others than their openers ask."""

    accounts: Mapping[str, StoredAccount]
    histories: Mapping[str, History]
    names: Mapping[str, frozenset[str]]
    documents: Mapping[str, Sequence[StoredDocument]]

    def is_of(self, institution_id: str, account: StoredAccount, day: date) -> bool:
        """Say whether the account was opened in the subtree of an institution."""
        if account.opened_by == institution_id:
            return True
        return tree_on(self.histories, day).covers(institution_id, account.opened_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueClaimCodes:
    """Ask for a code for each of these unclaimed accounts; earlier codes of theirs end.

    The answer gives the codes by account id. An account that is claimed already gets none, nor one
    of which no name and year of birth are known: there is no second fact to claim it by. The code
    of one account alone is made of a `secret` (32 bytes) of who asks, if there is one, so that he
    can show it again.
    """

    institution_id: str
    keys: Mapping[str, AccountKey]
    secrets: VaultSecrets
    secret: bytes | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the accounts that these commands name."""
        accounts = find_accounts(connection, {one for command in commands for one in command.keys})
        is_own = all(
            accounts[one].opened_by == command.institution_id
            for command in commands
            for one in command.keys
            if one in accounts
        )
        keys = {one: key for command in commands for one, key in command.keys.items()}
        return State(
            accounts=accounts,
            histories={} if is_own else all_institutions(connection),
            names=folded_names(connection, keys),
            documents=documents_by_account(connection, list(keys)),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Mapping[str, str]]:
        """Make the codes; raises `Refusal("not-found")` for accounts of other subtrees."""
        accounts = [state.accounts.get(account_id) for account_id in self.keys]
        day = civil_day(moment.now)
        if any(one is None or not state.is_of(self.institution_id, one, day) for one in accounts):
            raise Refusal("not-found")
        unclaimed = [
            one.id for one in accounts if one is not None and self._is_claimable(state, one)
        ]
        codes = {one: self.code or new_code(moment.entropy, LENGTH) for one in unclaimed}
        expires_at = int((moment.now + LIFETIME).timestamp())
        rows = [
            {
                "account_id": account_id,
                "code_tag": claim_tag(self.secrets, code),
                "issued_by": self.institution_id,
                "expires_at": expires_at,
                "tries_left": TRIES,
            }
            for account_id, code in codes.items()
        ]
        earlier = delete(ClaimCodeRow).where(col(ClaimCodeRow.account_id).in_(unclaimed))
        return Decision(answer=codes, state=state, changes=[earlier], rows={ClaimCodeRow: rows})

    @property
    def code(self) -> str | None:
        """The code of the one account, where who asks made its secret."""
        return None if self.secret is None else code_of(self.secret, LENGTH)

    @classmethod
    def remember(cls, answer: Mapping[str, str]) -> str:
        """Keep which accounts got a code, never the codes."""
        return " ".join(answer)

    @classmethod
    def recall(cls, result: str) -> Mapping[str, str]:
        """Give these accounts again without the codes."""
        return dict.fromkeys(result.split(), "")

    def _is_claimable(self, state: State, account: StoredAccount) -> bool:
        if not account.is_unclaimed:
            return False
        documents = state.documents.get(account.id, ())
        stated = stated_of(account, documents, self.keys[account.id])
        return bool(state.names[account.id]) and birth_year(stated) is not None


def claim_tag(secrets: VaultSecrets, code: str) -> bytes:
    """Give the keyed hash of a code as typed."""
    return secrets.lookup_tag(LookupKind.CLAIM_CODE, symbols_of(code))
