"""API keys: shown once, stored as a hash, presented as `Authorization: Bearer …`.

A key reads `cbk_<id>_<secret>`: 12 hex digits that name it and 256 random bits, so that one look-up
by id and one constant-time comparison of SHA-256 hashes are enough; nothing can be guessed.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.access.actor import Actor
from creditbank.access.tables import ApiKeyRow
from creditbank.errors import Refusal
from creditbank.institutions.queries import Institution, find_institutions
from creditbank.writer.command import Decision, Moment

_PREFIX = "cbk"
_PARTS = 3

State = Mapping[str, Institution]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueApiKey:
    """Ask for a new API key of an institution; the answer is the key's text."""

    institution_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the institutions that these commands name."""
        return find_institutions(connection, {command.institution_id for command in commands})

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Make the key and store its hash; raises `Refusal("institution-unknown")`."""
        if self.institution_id not in state:
            raise Refusal("institution-unknown", institution=self.institution_id)
        key_id = moment.entropy(6).hex()
        secret = urlsafe_b64encode(moment.entropy(32)).decode().rstrip("=")
        row = {
            "id": key_id,
            "institution_id": self.institution_id,
            "secret_hash": _hash(secret),
            "created_at": int(moment.now.timestamp()),
            "revoked_at": None,
        }
        text = f"{_PREFIX}_{key_id}_{secret}"
        return Decision(answer=text, state=state, rows={ApiKeyRow: [row]})


def authenticate(connection: Connection, text: str) -> Actor:
    """Give the actor of an API key; raises `Refusal("unauthenticated")` alike for every fault."""
    parts = text.split("_", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != _PREFIX:
        raise Refusal("unauthenticated")
    row = connection.execute(
        select(
            col(ApiKeyRow.institution_id), col(ApiKeyRow.secret_hash), col(ApiKeyRow.revoked_at)
        ).where(col(ApiKeyRow.id) == parts[1])
    ).one_or_none()
    expected = row.secret_hash if row is not None else bytes(32)
    is_right = hmac.compare_digest(expected, _hash(parts[2]))
    if row is None or not is_right or row.revoked_at is not None:
        raise Refusal("unauthenticated")
    return Actor(institution_id=row.institution_id, key_id=parts[1])


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
