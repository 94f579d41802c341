"""What the holder of a pass sees of it: its code, the signed document, and who looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select
from sqlmodel import col

from certificates.cose import open1
from certificates.pass_cbor import decode
from certificates.pass_claims import PassClaims
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.passes.queries import StoredPass, find_passes, passes_of_accounts
from creditbank.passes.tables import PassRow, PassViewRow


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPass:
    """A pass as its holder sees it; `views` counts the looks at it so far."""

    pass_id: str
    token: str
    document: bytes
    ended_at: datetime | None
    views: int

    @property
    def claims(self) -> PassClaims:
        """What the pass says; it is the bank's own document, so its signature is not looked at."""
        return decode(open1(self.document).payload)


def get_pass(connection: Connection, keys: Sequence[AccountKey], pass_id: str) -> HeldPass:
    """Give a pass of the accounts of these keys; raises `Refusal("pass-unknown")` for any other."""
    stored = find_passes(connection, [pass_id]).get(pass_id)
    if stored is None or stored.account_id not in {key.account_id for key in keys}:
        raise Refusal("pass-unknown")
    return _held(connection, keys, [stored])[0]


def list_passes(connection: Connection, keys: Sequence[AccountKey]) -> list[HeldPass]:
    """Give the passes of the accounts of these keys, which are one person's, newest first."""
    own = [key.account_id for key in keys]
    return _held(connection, keys, passes_of_accounts(connection, own))


def _held(
    connection: Connection, keys: Sequence[AccountKey], stored: Sequence[StoredPass]
) -> list[HeldPass]:
    views = _views(connection, [one.id for one in stored])
    by_account = {key.account_id: key for key in keys}

    def opened(one: StoredPass, column: str) -> bytes:
        at = place(str(PassRow.__tablename__), one.id, column)
        sealed: bytes = getattr(one, column)
        return by_account[one.account_id].open(at, sealed)

    return [
        HeldPass(
            pass_id=one.id,
            token=opened(one, "sealed_token").decode(),
            document=opened(one, "sealed_document"),
            ended_at=None if one.ended_at is None else datetime.fromtimestamp(one.ended_at, UTC),
            views=views.get(one.id, 0),
        )
        for one in stored
    ]


def _views(connection: Connection, pass_ids: Sequence[str]) -> dict[str, int]:
    rows = connection.execute(
        select(col(PassViewRow.pass_id), func.count().label("views"))
        .where(col(PassViewRow.pass_id).in_(pass_ids))
        .group_by(col(PassViewRow.pass_id))
    )
    return {row.pass_id: row.views for row in rows}
