"""Learning passes against what they show, and their codes against the hashes that find them."""

from collections.abc import Collection, Iterator, Mapping

from certificates.pass_claims import PassClaims
from certificates.token import token_hash
from creditbank.audits.shares import ShareCheck, opened
from creditbank.keystore.account_key import AccountKey, place
from creditbank.outcomes.queries import StoredOutcome
from creditbank.passes.create import place_in_list
from creditbank.passes.queries import StoredPass, find_passes, outcomes_of_passes, pass_ids


class PassCheck(ShareCheck[StoredPass]):
    """Checks every pass."""

    table = "learning_pass"

    def ids(self) -> Iterator[str]:
        """Give the id of each."""
        return pass_ids(self._connection, self._account_id)

    def find(self, ids: list[str]) -> Mapping[str, StoredPass]:
        """Give these passes, by id."""
        return find_passes(self._connection, ids)

    def outcomes(self, ids: list[str]) -> Mapping[str, Collection[str]]:
        """Give the outcomes that each of these shows."""
        return outcomes_of_passes(self._connection, ids)

    def place(self, stored: StoredPass) -> bytes:
        """Name the place to which its document is sealed."""
        return place(self.table, stored.id, "sealed_document")

    def said(self, claims: PassClaims) -> Mapping[str, object]:
        """Give what its columns are by its document."""
        return {
            "id": claims.pass_id.hex(),
            "issued_at": int(claims.issued_at.timestamp()),
            "expires_at": int(claims.expires_at.timestamp()),
            **place_in_list(claims),
        }

    def problems(
        self,
        stored: StoredPass,
        outcomes: Collection[StoredOutcome],
        keys: Mapping[str, AccountKey],
    ) -> Iterator[str]:
        """Tell what is wrong with one, its code too."""
        at = place(self.table, stored.id, "sealed_token")
        token = opened(keys[stored.account_id], at, stored.sealed_token)
        if token is None or token_hash(token.decode("utf-8", "replace")) != stored.token_hash:
            yield "sealed_token does not open, or token_hash is not its hash"
        yield from super().problems(stored, outcomes, keys)
