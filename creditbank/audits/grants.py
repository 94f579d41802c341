"""Standing grants against what they show; looks and ends are not claimed by anything."""

from collections.abc import Collection, Iterator, Mapping

from certificates.pass_claims import PassClaims
from creditbank.audits.shares import ShareCheck
from creditbank.grants.queries import StoredGrant, find_grants, grant_ids, outcomes_of_grants


class GrantCheck(ShareCheck[StoredGrant]):
    """Checks every standing grant; its seal names employer and log."""

    table = "standing_grant"

    def ids(self) -> Iterator[str]:
        """Give the id of each."""
        return grant_ids(self._connection, self._account_id)

    def find(self, ids: list[str]) -> Mapping[str, StoredGrant]:
        """Give these grants, by id."""
        return find_grants(self._connection, ids)

    def outcomes(self, ids: list[str]) -> Mapping[str, Collection[str]]:
        """Give the outcomes that each of these shows."""
        return outcomes_of_grants(self._connection, ids)

    def place(self, stored: StoredGrant) -> bytes:
        """Name the place to which its document is sealed."""
        return stored.place

    def said(self, claims: PassClaims) -> Mapping[str, object]:
        """Give what its columns are by its document."""
        return {
            "id": claims.pass_id.hex(),
            "given_at": int(claims.issued_at.timestamp()),
            "expires_at": int(claims.expires_at.timestamp()),
        }
