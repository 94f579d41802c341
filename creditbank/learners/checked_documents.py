"""Documents of a learner that somebody checked, and the identity level that follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import orjson
from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import table_of
from creditbank.keystore.account_key import AccountKey, place
from creditbank.learners.tables import AccountDocumentRow


class IdentityLevel(IntEnum):
    """How well it is known who the learner of an account is."""

    DECLARED = 0  # 本人申报
    CONTACT_CHECKED = 1  # 联系方式已核对
    DOCUMENT_CHECKED = 2  # 已见证件或实名核验


class DocumentCheck(StrEnum):
    """How a document was checked."""

    ORIGINAL_SEEN = "original_seen"  # 已见原件
    REAL_NAME = "real_name"  # 实名核验


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """A document that was checked; everything about it is under seal."""

    id: str
    account_id: str
    recorded_by: str
    recorded_at: int
    sealed_document: bytes

    def open(self, key: AccountKey) -> dict[str, str]:
        """Open it; raises `SealBroken`."""
        at = document_place(self.id)
        opened: dict[str, str] = orjson.loads(key.open(at, self.sealed_document))
        return opened


_COLUMNS = [table_of(AccountDocumentRow).c[name] for name in StoredDocument.__slots__]
_OF_ACCOUNTS = (
    select(*_COLUMNS)
    .where(among(col(AccountDocumentRow.account_id)))
    .order_by(col(AccountDocumentRow.id))
)


def documents_of(connection: Connection, account_ids: Sequence[str]) -> list[StoredDocument]:
    """Give the checked documents of these accounts, oldest first."""
    return [StoredDocument(**row) for row in rows_among(connection, _OF_ACCOUNTS, account_ids)]


def documents_by_account(
    connection: Connection, account_ids: Sequence[str]
) -> dict[str, list[StoredDocument]]:
    """Give the same by account; an account without any is left out."""
    found: dict[str, list[StoredDocument]] = {}
    for one in documents_of(connection, account_ids):
        found.setdefault(one.account_id, []).append(one)
    return found


def document_place(row_id: str) -> bytes:
    """Name the place of a sealed document."""
    return place(str(AccountDocumentRow.__tablename__), row_id, "sealed_document")
