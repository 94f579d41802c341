"""1EdTech Revocation List Status Method 1.0: the ids of revoked credentials, in one plain list.

It is not signed: who is asked for it vouches for it. So it stands beside the bits of a status list,
never in their place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

ENTRY_TYPE = "1EdTechRevocationList"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationListEntry:
    """Where the list stands that would name a credential."""

    list_url: str

    @property
    def document(self) -> dict[str, Any]:
        """The entry as it stands in a credential."""
        return {"id": self.list_url, "type": ENTRY_TYPE}


def revocation_list(url: str, *, issuer: str, ids: Iterable[str]) -> dict[str, Any]:
    """Give the list; why something was revoked it does not say."""
    revoked = [{"id": one, "revoked": True} for one in ids]
    return {"id": url, "issuer": issuer, "revokedCredential": revoked}
