"""Rotate the key-encryption key, so that what is left of destroyed keys opens with nothing.

While it goes on the file holds both keys, so a crash loses no key: the next rotation ends what this
one began. A key that another process makes meanwhile is wrapped under the new one, since the key
store says in its own database which that is (`KeyStore`).
"""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, bindparam, select, text, update
from sqlmodel import col

from creditbank.database import answering, clear_old_pages
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.tables import AccountKeyRow
from creditbank.keystore.vault_file import VaultFile

_ROWS_AT_ONCE = 1_000

_NAME_FIRST = text("INSERT INTO current_kek VALUES (1, :kek_id) ON CONFLICT DO NOTHING")
_NAME_CURRENT = text(
    "INSERT INTO current_kek VALUES (1, :kek_id)"
    " ON CONFLICT (id) DO UPDATE SET kek_id = excluded.kek_id"
)


def rotate_kek(engine: Engine, vault: VaultFile, entropy: Callable[[int], bytes]) -> VaultSecrets:
    """Wrap every key anew and forget the old key-encryption keys; gives the secrets that remain."""
    turning = vault.read().turned(entropy)
    vault.write(turning)
    with answering(), engine.begin() as connection:
        connection.execute(_NAME_CURRENT, {"kek_id": turning.kek_id})
    while _rewrap_some(engine, turning):
        pass
    clear_old_pages(engine)
    turned = turning.without_retired()
    vault.write(turned)
    return turned


def name_first_kek(connection: Connection, kek_id: str) -> None:
    """Say under which key-encryption key keys are wrapped, where nothing was said yet."""
    connection.execute(_NAME_FIRST, {"kek_id": kek_id})


def _rewrap_some(engine: Engine, secrets: VaultSecrets) -> int:
    wanted = (
        select(col(AccountKeyRow.account_id), col(AccountKeyRow.kek_id), col(AccountKeyRow.wrapped))
        .where(col(AccountKeyRow.kek_id) != secrets.kek_id)
        .order_by(col(AccountKeyRow.account_id))
        .limit(_ROWS_AT_ONCE)
        .with_for_update()
    )
    renewed = (
        update(AccountKeyRow)
        .where(col(AccountKeyRow.account_id) == bindparam("named"))
        .values(kek_id=secrets.kek_id, wrapped=bindparam("renewed"))
    )
    with answering(), engine.begin() as connection:
        rows = [
            {"named": name, "renewed": secrets.wrap(secrets.unwrap(name, kek_id, wrapped))}
            for name, kek_id, wrapped in connection.execute(wanted)
        ]
        if rows:
            connection.execute(renewed, rows)
    return len(rows)
