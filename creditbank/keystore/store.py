"""Finding and making account keys. A key is committed here before the bank uses it.

This is one of the two commit sites of the bank; the other is the writer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import answering, chunks, connected
from creditbank.keystore.account_key import KEY_BYTES, AccountKey
from creditbank.keystore.rotate_kek import name_first_kek, rotate_kek
from creditbank.keystore.secrets import LookupKind
from creditbank.keystore.tables import AccountKeyRow, CurrentKekRow, LookupTagRow
from creditbank.keystore.vault_file import VaultFile

_TRIES_MAX = 10
_ID_BYTES = 16

_WRAPPED = (
    col(AccountKeyRow.account_id),
    col(AccountKeyRow.kek_id),
    col(AccountKeyRow.wrapped),
)
_NAMED = select(*_WRAPPED).where(among(col(AccountKeyRow.account_id)))
_TAGGED = (
    select(col(LookupTagRow.tag), *_WRAPPED)
    .join_from(LookupTagRow, AccountKeyRow)
    .where(among(col(LookupTagRow.tag)))
)
_ORIGINS = select(col(LookupTagRow.tag), col(LookupTagRow.merged_from)).where(
    among(col(LookupTagRow.tag))
)

_CURRENT = select(col(CurrentKekRow.kek_id)).with_for_update(read=True)


class KeyStore:
    """The key store of one bank."""

    def __init__(
        self,
        engine: Engine,
        vault: VaultFile,
        *,
        clock: Callable[[], datetime],
        entropy: Callable[[int], bytes],
        keeps_numbers: bool = True,
    ) -> None:
        self.keeps_numbers = keeps_numbers
        """Whether documents' numbers are kept under seal, and not only as look-up tags."""
        self._engine = engine
        self._clock = clock
        self._entropy = entropy
        self.vault = vault
        self.secrets = vault.read()

    def find(self, tags: Sequence[bytes]) -> dict[bytes, AccountKey]:
        """Give the keys of the accounts that these look-up tags name; unknown tags are left out."""
        with connected(self._engine) as connection:
            return self._find(connection, tags)

    def find_by_number(self, number: str) -> AccountKey | None:
        """Give the key of the account that has this number, or that it was merged into."""
        tag = self._number_tag(number)
        return self.find([tag]).get(tag)

    def get(self, account_ids: Iterable[str]) -> dict[str, AccountKey]:
        """Give the keys of these accounts; an erased account is left out."""
        with connected(self._engine) as connection:
            rows = rows_among(connection, _NAMED, account_ids)
            return {row["account_id"]: self._unwrap(**row) for row in rows}

    def find_or_make(self, tags: Sequence[bytes]) -> dict[bytes, AccountKey]:
        """Give a key for every tag, making and storing those that are missing.

        Two processes that meet a new learner at the same moment get the same key: the tag is
        unique, and the loser looks again.
        """
        unique = list(dict.fromkeys(tags))
        for _ in range(_TRIES_MAX):
            found = self.find(unique)
            missing = [tag for tag in unique if tag not in found]
            if not missing:
                return found
            try:
                return {**found, **self._make(missing)}
            except IntegrityError:
                continue
        message = "the key store kept changing while keys were made"
        raise RuntimeError(message)

    def new_id(self) -> str:
        """Give an opaque id that no account or batch has; nothing is stored under it yet."""
        return self._entropy(_ID_BYTES).hex()

    def draw(self, key_id: str) -> AccountKey:
        """Draw the key of something that no tag names, such as a batch; it is not stored yet."""
        return AccountKey(key_id, self._entropy(KEY_BYTES))

    def keep(self, key: AccountKey) -> None:
        """Store a key that was drawn."""
        with answering(), self._engine.begin() as connection:
            self._insert(connection, [key], [])

    def make(self, key_id: str) -> AccountKey:
        """Draw a key and store it."""
        key = self.draw(key_id)
        self.keep(key)
        return key

    def make_account(self, tags: Sequence[bytes]) -> AccountKey:
        """Make and store the key of an account that its number and all these tags name.

        Raises `IntegrityError` where a tag names an account already.
        """
        key = self._new_key()
        named = [(tag, key) for tag in (*tags, self._number_tag(key.number))]
        with answering(), self._engine.begin() as connection:
            self._insert(connection, [key], named)
        return key

    def link(self, tag: bytes, key: AccountKey) -> None:
        """Let one more tag name an account; raises `IntegrityError` where it names one already."""
        with answering(), self._engine.begin() as connection:
            row = {"tag": tag, "account_id": key.account_id}
            connection.execute(insert(LookupTagRow), [row])

    def unlink(self, tag: bytes, key: AccountKey) -> None:
        """Let a tag name nothing again if it names this account, merged since or not."""
        table = LookupTagRow
        is_its = (col(table.account_id) == key.account_id) | (
            col(table.merged_from) == key.account_id
        )
        with answering(), self._engine.begin() as connection:
            connection.execute(delete(table).where(col(table.tag) == tag, is_its))

    def lead_over(self, merged_id: str, survivor_id: str) -> None:
        """Let every tag of an account lead to the one that it was merged into."""
        moved = update(LookupTagRow).where(col(LookupTagRow.account_id) == merged_id)
        with answering(), self._engine.begin() as connection:
            connection.execute(moved.values(account_id=survivor_id, merged_from=merged_id))

    def lead_back(self, merged_id: str) -> None:
        """Let every tag that an account had when it was merged lead to it again."""
        moved = update(LookupTagRow).where(col(LookupTagRow.merged_from) == merged_id)
        with answering(), self._engine.begin() as connection:
            connection.execute(moved.values(account_id=merged_id, merged_from=None))

    def origins(self, tags: Sequence[bytes]) -> dict[bytes, str | None]:
        """Give for each of these tags that is known which merged account it named before."""
        with connected(self._engine) as connection:
            rows = rows_among(connection, _ORIGINS, tags)
            return {row["tag"]: row["merged_from"] for row in rows}

    def tags_of(self, account_id: str) -> frozenset[bytes]:
        """Give every tag that leads to an account."""
        wanted = select(col(LookupTagRow.tag)).where(col(LookupTagRow.account_id) == account_id)
        with connected(self._engine) as connection:
            return frozenset(connection.scalars(wanted))

    def account_of_number(self, number: str) -> str | None:
        """Give the account whose own number this is, merged into another or not."""
        wanted = select(col(LookupTagRow.account_id), col(LookupTagRow.merged_from))
        with connected(self._engine) as connection:
            row = connection.execute(
                wanted.where(col(LookupTagRow.tag) == self._number_tag(number))
            ).one_or_none()
        return None if row is None else row.merged_from or row.account_id

    def destroy(self, account_ids: Iterable[str]) -> None:
        """Destroy keys and every tag that leads to them."""
        with answering(), self._engine.begin() as connection:
            for chunk in chunks(list(account_ids)):
                tags = delete(LookupTagRow).where(col(LookupTagRow.account_id).in_(chunk))
                keys = delete(AccountKeyRow).where(col(AccountKeyRow.account_id).in_(chunk))
                connection.execute(tags)
                connection.execute(keys)

    def found(self) -> None:
        """Say under which key-encryption key keys are wrapped, before there is any."""
        with answering(), self._engine.begin() as connection:
            name_first_kek(connection, self.secrets.kek_id)

    def rotate_kek(self) -> None:
        """Wrap every key anew, so that what is left of destroyed ones opens with nothing."""
        self.secrets = rotate_kek(self._engine, self.vault, self._entropy)

    def reach(self) -> None:
        """Ask the key store to answer; raises `Refusal("unavailable")`."""
        with connected(self._engine) as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def _find(self, connection: Connection, tags: Sequence[bytes]) -> dict[bytes, AccountKey]:
        return {
            row["tag"]: self._unwrap(row["account_id"], row["kek_id"], row["wrapped"])
            for row in rows_among(connection, _TAGGED, tags)
        }

    def _make(self, tags: Sequence[bytes]) -> Mapping[bytes, AccountKey]:
        made = {tag: self._new_key() for tag in tags}
        numbers = [(self._number_tag(key.number), key) for key in made.values()]
        with answering(), self._engine.begin() as connection:
            self._insert(connection, list(made.values()), [*made.items(), *numbers])
        return made

    def _insert(
        self,
        connection: Connection,
        keys: Sequence[AccountKey],
        tags: Sequence[tuple[bytes, AccountKey]],
    ) -> None:
        self._follow_rotation(connection)
        now = int(self._clock().timestamp())
        rows = [
            {
                "account_id": key.account_id,
                "kek_id": self.secrets.kek_id,
                "wrapped": self.secrets.wrap(key),
                "stored_at": now,
            }
            for key in keys
        ]
        connection.execute(insert(AccountKeyRow), rows)
        if tags:
            connection.execute(
                insert(LookupTagRow),
                [{"tag": tag, "account_id": key.account_id} for tag, key in tags],
            )

    def _follow_rotation(self, connection: Connection) -> None:
        """See to it that what is wrapped in this transaction is wrapped under the current key.

        The row is locked until it ends, so that no rotation passes it by.
        """
        name_first_kek(connection, self.secrets.kek_id)
        if connection.scalar(_CURRENT) != self.secrets.kek_id:
            self.secrets = self.vault.read()

    def _unwrap(self, account_id: str, kek_id: str, wrapped: bytes) -> AccountKey:
        if not self.secrets.knows(kek_id):
            self.secrets = self.vault.read()  # Another process rotated it.
        return self.secrets.unwrap(account_id, kek_id, wrapped)

    def _new_key(self) -> AccountKey:
        return AccountKey(self.new_id(), self._entropy(KEY_BYTES))

    def _number_tag(self, number: str) -> bytes:
        return self.secrets.lookup_tag(LookupKind.ACCOUNT_NUMBER, number)
