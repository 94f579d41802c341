"""Assembly: the bank's parts, made once at start, in the order in which they need each other.

Here, in the writer and the key store the clock and the randomness are real; everywhere else they
are arguments.
"""

import os
import secrets as randomness
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Engine

from certificates.keys import KeyRing, Purpose, SigningKey
from creditbank.access.actor import STAFF_SCOPES
from creditbank.access.logins import CreateStaffLogin
from creditbank.access.passwords import hash_password
from creditbank.cache.limits import RateLimits
from creditbank.cache.memory import MemoryCache
from creditbank.cache.open import open_cache
from creditbank.cache.store import Cache
from creditbank.conversion.working_days import WorkingDays, load_working_days
from creditbank.database import Readers, open_reading_engine, open_writing_engine
from creditbank.errors import Misconfigured, Refusal
from creditbank.evidence.store import EvidenceFolder, EvidenceStore
from creditbank.installation.found import FoundInstallation, Installation, find_installation
from creditbank.key_files import make_keys, make_passphrase, read_ring, vault_file
from creditbank.keystore.store import KeyStore
from creditbank.migrations.run import migrate, require_newest
from creditbank.outcomes.batches.uploads import Uploads
from creditbank.passes.verify import Verifier
from creditbank.settings import Settings
from creditbank.verification.compose import Trust
from creditbank.writer.receipts import Receipt
from creditbank.writer.writer import Writer
from ledger.append import create_head
from ledger.checkpoint import Checkpoint, sign_note, verifier_key
from ledger.read import prove_each, read_head, read_leaf_hashes
from ledger.receipt import make_receipt
from ledger.triggers import missing_triggers

PASSPHRASE_BYTES = 32
PASSWORD_BYTES = 15
ADMINISTRATOR = "administrator"
"""The login name of the first member of the bank's staff."""


def utc_now() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class LogSigner:
    """Signs checkpoints of one log, named by its origin."""

    name: str
    key: SigningKey

    @property
    def public(self) -> bytes:
        """The Ed25519 public key, 32 bytes."""
        return self.key.public

    def sign(self, data: bytes) -> bytes:
        """Sign with the log's key."""
        return self.key.sign(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """One running bank. Close it, so that what was written is published."""

    settings: Settings
    installation: Installation
    readers: Readers
    writer: Writer
    keystore: KeyStore
    ring: KeyRing
    signer: LogSigner
    cache: Cache
    limits: RateLimits
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]

    @property
    def verifier_keys(self) -> tuple[str, ...]:
        """The log's verifier keys (C2SP signed-note vkey), one a line at `/ledger/vkey`."""
        return (verifier_key(self.signer.name, self.signer.public),)

    @property
    def uploads(self) -> Uploads:
        """Where uploads in progress lie."""
        return Uploads(self.settings.data_dir, self.entropy)

    @property
    def evidence(self) -> EvidenceStore:
        """Where the sealed files of evidence lie."""
        return EvidenceFolder(self.settings.evidence_dir)

    @property
    def working_days(self) -> WorkingDays:
        """The calendar of working days: as it is shipped, and the newer years that were loaded."""
        return load_working_days(self.settings.working_days_file)

    @property
    def trust(self) -> Trust:
        """What a verifier of this bank's documents knows beforehand."""
        return Trust(
            pass_keys=self.ring.verification_keys(Purpose.PASS),
            issuer=self.installation.issuer_did,
            log_keys=self.verifier_keys,
        )

    @property
    def verifier(self) -> Verifier:
        """What answers those who verify passes."""
        return Verifier(
            readers=self.readers,
            keystore=self.keystore,
            writer=self.writer,
            signer=self.signer,
            trust=self.trust,
        )

    def receipt(self, index: int) -> Receipt:
        """Prove a leaf to the committed head of this moment."""
        return self.receipts([index])[0]

    def receipts(self, indexes: Sequence[int]) -> list[Receipt]:
        """Prove leaves to the committed head of this moment, which is signed once."""
        with self.readers.reading() as connection:
            head = read_head(connection)
            hashes = read_leaf_hashes(connection, indexes)
            paths = prove_each(connection, indexes, head.size)
        tree = Checkpoint(origin=self.signer.name, size=head.size, root=head.root)
        note = sign_note(tree, self.signer)
        return [
            Receipt(index=index, leaf_hash=digest, text=make_receipt(index, path, note))
            for index, digest, path in zip(indexes, hashes, paths, strict=True)
        ]

    def close(self) -> None:
        """Finish what waits, publish, and give everything back."""
        self.writer.close()
        self.readers.close()
        self.keystore.close()
        self.cache.close()


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
        _require_same_names(settings, existing)
    origin = existing.ledger_origin if existing else settings.default_ledger_origin()
    signer = _signer(read_ring(settings), origin)
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


def open_bank(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Bank:
    """Open the bank for work; raises `Misconfigured` when it is not safe to."""
    with ExitStack() as opened:
        engine = open_writing_engine(settings.bank_database)
        keys = open_writing_engine(settings.key_database)
        readers = Readers(open_reading_engine(settings.bank_database))
        for close in (engine.dispose, keys.dispose, readers.close):
            opened.callback(close)
        require_newest(engine, "bank")
        require_newest(keys, "keystore")
        installation = _installation(readers, settings)
        ring = read_ring(settings)
        signer = _signer(ring, installation.ledger_origin)
        cache = open_cache(settings.redis_url)
        bank = Bank(
            settings=settings,
            installation=installation,
            readers=readers,
            writer=Writer(
                engine,
                signer=signer,
                clock=clock,
                entropy=os.urandom,
                calendar=partial(load_working_days, settings.working_days_file),
            ),
            keystore=_keystore(keys, settings, clock),
            ring=ring,
            signer=signer,
            cache=cache,
            limits=RateLimits(cache, MemoryCache(time.monotonic)),
            clock=clock,
            entropy=os.urandom,
        )
        opened.pop_all()  # From here on the bank itself closes them.
    return bank


def _installation(readers: Readers, settings: Settings) -> Installation:
    with readers.reading() as connection:
        missing = missing_triggers(connection)
        installation = find_installation(connection)
    if missing:
        message = f"the ledger's append-only triggers are missing or changed: {', '.join(missing)}"
        raise Misconfigured(message)
    if installation is None:
        message = "this database is not a bank yet: run init"
        raise Misconfigured(message)
    _require_same_names(settings, installation)
    return installation


def _require_same_names(settings: Settings, installation: Installation) -> None:
    """Refuse a name that is set on purpose and is not that of `init`."""
    for variable, wanted, stored in (
        ("CREDITBANK_LEDGER_ORIGIN", settings.ledger_origin, installation.ledger_origin),
        ("CREDITBANK_ISSUER_DID", settings.issuer_did, installation.issuer_did),
    ):
        if wanted is not None and wanted != stored:
            message = f"{variable} is {wanted}, but this bank was founded as {stored}"
            raise Misconfigured(message)


def _found_keystore(settings: Settings) -> None:
    keystore = _keystore(open_writing_engine(settings.key_database), settings, utc_now)
    keystore.found()
    keystore.close()


def _keystore(engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> KeyStore:
    vault = vault_file(settings, os.urandom)
    return KeyStore(
        engine,
        vault,
        clock=clock,
        entropy=os.urandom,
        keeps_numbers=settings.document_numbers == "sealed",
    )


def _signer(ring: KeyRing, origin: str) -> LogSigner:
    return LogSigner(origin, ring.current(Purpose.CHECKPOINT))
