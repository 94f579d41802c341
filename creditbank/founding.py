"""Found a bank: its databases, its keys, its names, and the first member of its staff."""

import os
import secrets as randomness
from dataclasses import dataclass, field

from creditbank.access.actor import STAFF_SCOPES
from creditbank.access.logins import CreateStaffLogin
from creditbank.access.passwords import hash_password
from creditbank.bank import log_signer, open_keystore, require_same_names, utc_now
from creditbank.database import open_writing_engine
from creditbank.errors import Refusal
from creditbank.installation.found import FoundInstallation, Installation, find_installation
from creditbank.key_files import make_keys, make_passphrase, read_ring
from creditbank.migrations.run import migrate
from creditbank.settings import Settings
from creditbank.writer.writer import Writer
from ledger.append import create_head
from ledger.checkpoint import verifier_key

PASSPHRASE_BYTES = 32
PASSWORD_BYTES = 15
ADMINISTRATOR = "administrator"
"""The login name of the first member of the bank's staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """An installation; `password` is the first administrator's, None where there was one before."""

    installation: Installation
    password: str | None = field(repr=False)


def init_bank(settings: Settings) -> Founding:
    """Make databases and keys and found the installation; what exists already is kept.

    Raises `Misconfigured` when the installation exists under another name.
    """
    migrate(settings)
    make_passphrase(settings.passphrase_file, randomness.token_urlsafe(PASSPHRASE_BYTES))
    make_keys(settings, now=utc_now(), entropy=os.urandom)
    _found_keystore(settings)
    engine = open_writing_engine(settings.bank_database)
    with engine.begin() as connection:
        create_head(connection)
        existing = find_installation(connection)
    if existing is not None:
        require_same_names(settings, existing)
    origin = existing.ledger_origin if existing else settings.default_ledger_origin()
    signer = log_signer(read_ring(settings), origin)
    writer = Writer(engine, signer=signer, clock=utc_now, entropy=os.urandom)
    try:
        command = FoundInstallation(
            issuer_did=settings.default_issuer_did(),
            verifier_key=verifier_key(signer.name, signer.public),
        )
        installation = existing or writer.write(command).answer
        return Founding(installation=installation, password=_administrator(writer, installation))
    finally:
        writer.close()


def _administrator(writer: Writer, installation: Installation) -> str | None:
    """Create the first administrator, also where an earlier start broke off before it."""
    password = randomness.token_urlsafe(PASSWORD_BYTES)
    command = CreateStaffLogin(
        name=ADMINISTRATOR,
        password_hash=hash_password(password, os.urandom),
        institution_id=installation.institution_id,
        scopes=STAFF_SCOPES,
    )
    try:
        writer.write(command)
    except Refusal:
        return None
    return password


def _found_keystore(settings: Settings) -> None:
    keystore = open_keystore(open_writing_engine(settings.key_database), settings, utc_now)
    keystore.found()
    keystore.close()
