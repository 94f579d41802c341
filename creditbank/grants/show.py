"""What a learner sees of the standing grants that she gave."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from certificates.pass_claims import PassClaims
from creditbank.errors import Refusal
from creditbank.grants.queries import (
    Looks,
    StoredGrant,
    find_grants,
    grants_of_accounts,
    looks_of,
)
from creditbank.grants.state import GrantState, states_of
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenGrant:
    """A grant as its learner sees it."""

    stored: StoredGrant
    state: GrantState
    claims: PassClaims
    looks: Looks | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantGiver:
    """One person's side: the keys of all her accounts, and the moment of asking."""

    keystore: KeyStore
    keys: Sequence[AccountKey]
    now: datetime

    def all(self, connection: Connection) -> list[GivenGrant]:
        """Give her grants, newest first."""
        return self._given(connection, grants_of_accounts(connection, self._by_account))

    def one(self, connection: Connection, grant_id: str) -> GivenGrant:
        """Give one of her grants; raises `Refusal("grant-unknown")` for any other."""
        stored = find_grants(connection, [grant_id]).get(grant_id)
        if stored is None or stored.account_id not in self._by_account:
            raise Refusal("grant-unknown")
        return self._given(connection, [stored])[0]

    @property
    def _by_account(self) -> Mapping[str, AccountKey]:
        return {key.account_id: key for key in self.keys}

    def _given(self, connection: Connection, grants: Collection[StoredGrant]) -> list[GivenGrant]:
        states = states_of(connection, self.keystore, grants, self.now)
        looks, keys = looks_of(connection, states), self._by_account
        return [
            GivenGrant(
                stored=one,
                state=states[one.id],
                claims=one.claims(keys[one.account_id]),
                looks=looks.get(one.id),
            )
            for one in grants
        ]
