"""Recoveries 找回账户: how far each came, who of the staff did what, and the code on paper."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection, Executable, select, update
from sqlmodel import col

from creditbank.database import chunks, table_of
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.secrets import LookupKind, VaultSecrets
from creditbank.learners.contacts import Contact, contacts_of
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.learners.tables import RecoveryRow
from creditbank.learners.typed_codes import symbols_of
from creditbank.writer.command import Moment

LIFETIME = timedelta(days=7)
"""How long a second person may confirm what was started, and how long a code then holds."""

TRIES = 3


class RecoveryState(StrEnum):
    """How far a recovery came."""

    STARTED = "started"  # 待复核: one of the staff saw a document
    CONFIRMED = "confirmed"  # 已复核: a second one looked too, and a code was printed
    USED = "used"  # 已找回: she set a new password
    ENDED = "ended"  # 已终止: by herself, or because another one was started


LIVE = frozenset({RecoveryState.STARTED, RecoveryState.CONFIRMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """A stored recovery; times are seconds since 1970, staff stand by their login."""

    id: str
    account_id: str
    state: str
    started_by: str
    started_at: int
    confirmed_by: str | None
    confirmed_at: int | None
    expires_at: int
    code_tag: bytes | None
    tries_left: int
    sealed_document: bytes

    def document(self, key: AccountKey) -> str:
        """Open which document was seen; raises `SealBroken`."""
        return key.open(document_place(self.id), self.sealed_document).decode()

    def is_live(self, moment: Moment) -> bool:
        """Say whether it may still lead to a new password."""
        return self.state in LIVE and self.expires_at > moment.now.timestamp()

    def has_code(self, tag: bytes) -> bool:
        """Compare the code on paper, in constant time."""
        return hmac.compare_digest(self.code_tag or b"", tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recoveries:
    """Accounts with their contacts and every recovery of them, oldest first."""

    accounts: Mapping[str, StoredAccount]
    contacts: Mapping[str, Sequence[Contact]]
    of_account: Mapping[str, Sequence[Recovery]]

    def require(self, account_id: str, recovery_id: str) -> Recovery:
        """Give one recovery of an account; raises `Refusal("not-found")` for another's."""
        for one in self.of_account.get(account_id, ()):
            if one.id == recovery_id:
                return one
        raise Refusal("not-found")

    def with_changed(self, changed: Recovery) -> Self:
        """Give what is known once a recovery is like this; a new one comes last."""
        others = [
            one for one in self.of_account.get(changed.account_id, ()) if one.id != changed.id
        ]
        given = {**self.of_account, changed.account_id: [*others, changed]}
        return replace(self, of_account=given)

    def with_ended(self, account_id: str) -> Self:
        """Give what is known once nothing of an account is live."""
        ended = [
            replace(one, state=RecoveryState.ENDED.value, code_tag=None, tries_left=0)
            if one.state in LIVE
            else one
            for one in self.of_account.get(account_id, ())
        ]
        return replace(self, of_account={**self.of_account, account_id: ended})


def load_recoveries(connection: Connection, account_ids: Collection[str]) -> Recoveries:
    """Load these accounts, their contacts and their recoveries."""
    return Recoveries(
        accounts=find_accounts(connection, account_ids),
        contacts=contacts_of(connection, account_ids),
        of_account=recoveries_of(connection, account_ids),
    )


def recoveries_of(
    connection: Connection, account_ids: Collection[str]
) -> dict[str, list[Recovery]]:
    """Give the recoveries of those of these accounts that had any, oldest first."""
    found: dict[str, list[Recovery]] = {}
    for chunk in chunks(list(account_ids)):
        wanted = select(*(table_of(RecoveryRow).c[name] for name in Recovery.__slots__)).where(
            col(RecoveryRow.account_id).in_(chunk)
        )
        for row in connection.execute(wanted.order_by(col(RecoveryRow.id))).mappings():
            found.setdefault(row["account_id"], []).append(Recovery(**row))
    return found


def recovery_row(one: Recovery) -> dict[str, object]:
    """Give the row of a new recovery."""
    return {name: getattr(one, name) for name in Recovery.__slots__}


def change_recovery(recovery_id: str, **values: object) -> Executable:
    """Give a change of one recovery."""
    return update(RecoveryRow).where(col(RecoveryRow.id) == recovery_id).values(**values)


def end_live(account_id: str) -> Executable:
    """Give the change that ends whatever recovery of an account is not over."""
    return (
        update(RecoveryRow)
        .where(col(RecoveryRow.account_id) == account_id, col(RecoveryRow.state).in_(LIVE))
        .values(state=RecoveryState.ENDED.value, code_tag=None, tries_left=0)
    )


def recovery_tag(secrets: VaultSecrets, code: str) -> bytes:
    """Give the keyed hash of a code as typed: case, spaces and dashes do not matter."""
    return secrets.lookup_tag(LookupKind.RECOVERY_CODE, symbols_of(code))


def document_place(recovery_id: str) -> bytes:
    """Name the place where it lies which document was seen."""
    return place(str(RecoveryRow.__tablename__), recovery_id, "sealed_document")
