"""Assembly: the bank's parts, made once at start, in the order in which they need each other.

Here, in the writer and the key store clock and randomness are real; elsewhere they are arguments.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Engine

from certificates.keys import KeyRing, Purpose, SigningKey, VerificationKey
from certificates.status_list import StatusPurpose
from creditbank.cache.limits import RateLimits
from creditbank.cache.memory import MemoryCache
from creditbank.cache.open import open_cache
from creditbank.cache.store import Cache
from creditbank.conversion.days import civil_day
from creditbank.conversion.working_days import WorkingDays, load_working_days
from creditbank.credentials.foreign import ForeignVerifier
from creditbank.credentials.issuer import BOTH_PURPOSES, CredentialIssuer, credential_link
from creditbank.credentials.published_keys import asserting_keys, did_document_of, name_at, trust_of
from creditbank.credentials.status_lists import StatusLists
from creditbank.credentials.verify import CredentialVerifier
from creditbank.database import Readers, open_reading_engine, open_writing_engine
from creditbank.errors import Misconfigured
from creditbank.evidence.store import EvidenceFolder, EvidenceStore
from creditbank.installation.found import Installation, find_installation
from creditbank.institutions.queries import get_institution
from creditbank.key_files import read_ring, vault_file
from creditbank.keystore.store import KeyStore
from creditbank.migrations.run import require_newest
from creditbank.network.fetch import Fetch, fetch_nothing
from creditbank.network.https import HttpsFetcher
from creditbank.network.post import HttpsPoster, Post, post_nothing
from creditbank.outcomes.batches.uploads import Uploads
from creditbank.passes.report_share import ShareReporter
from creditbank.passes.status_bits import LISTS
from creditbank.passes.verify import Verifier
from creditbank.settings import Settings
from creditbank.statistics.entries import EntryCounts
from creditbank.statistics.find_entries import EntryFinder
from creditbank.verification.compose import Trust
from creditbank.writer.receipts import Receipt
from creditbank.writer.writer import Writer
from ledger.checkpoint import Checkpoint, sign_note, verifier_key
from ledger.read import prove_each, read_head, read_leaf_hashes
from ledger.receipt import make_receipt
from ledger.triggers import missing_triggers


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
    status_lists: StatusLists
    cache: Cache
    limits: RateLimits
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    fetch: Fetch
    post: Post
    entry_counts: EntryCounts = field(default_factory=EntryCounts)
    entry_finder: EntryFinder = field(default_factory=EntryFinder)

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
        return trust_of(self.installation, self.ring, self.verifier_keys)

    @property
    def credential_keys(self) -> list[VerificationKey]:
        """The keys that assert, retired ones too."""
        return asserting_keys(self.ring)

    @property
    def did_document(self) -> dict[str, object]:
        """The issuer's DID document."""
        return did_document_of(self.installation, self.ring)

    def did_document_at(self, host: str) -> dict[str, object]:
        """Give the DID document that is served at a host: that of the name that stood there."""
        did, _ = name_at(host, self.installation, self.settings)
        return did_document_of(self.installation, self.ring, did)

    @property
    def credential_issuer(self) -> CredentialIssuer:
        """The bank as issuer of credentials, under the name that it has today."""
        with self.readers.reading() as connection:
            history = get_institution(connection, self.installation.institution_id)
        bank = history.on(civil_day(self.clock()))
        only = (StatusPurpose.REVOCATION,)
        return CredentialIssuer(
            did=self.installation.issuer_did,
            name=bank.name,
            name_en=bank.name_en,
            origin=self.settings.origin,
            key=self.ring.current(Purpose.CREDENTIAL),
            jwt_key=self.ring.current(Purpose.CREDENTIAL_JWT),
            formers=self.installation.formers,
            purposes=only if self.settings.credential_status == "revocation" else BOTH_PURPOSES,
            lists_ids=self.settings.revocation_list,
        )

    def credential_link(self, token: str) -> str:
        """Give the address under which a credential is served."""
        return credential_link(self.settings.origin, token)

    @property
    def shares(self) -> ShareReporter:
        """What reports on passes and standing grants."""
        return ShareReporter(keystore=self.keystore, signer=self.signer, trust=self.trust)

    @property
    def verifier(self) -> Verifier:
        """What answers those who verify passes and credentials."""
        return Verifier(
            readers=self.readers,
            keystore=self.keystore,
            writer=self.writer,
            shares=self.shares,
            credentials=CredentialVerifier(
                readers=self.readers,
                keystore=self.keystore,
                signer=self.signer,
                trust=self.trust,
                foreign=ForeignVerifier(self.fetch),
            ),
            tries=self.limits,
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
        signer = log_signer(ring, installation.ledger_origin)
        cache = open_cache(settings.redis_url)
        writer = Writer(
            engine,
            signer=signer,
            clock=clock,
            entropy=os.urandom,
            calendar=partial(load_working_days, settings.working_days_file),
        )
        bank = Bank(
            settings=settings,
            installation=installation,
            readers=readers,
            writer=writer,
            keystore=open_keystore(keys, settings, clock),
            ring=ring,
            signer=signer,
            status_lists=StatusLists(
                sources=LISTS,
                readers=readers,
                writer=writer,
                clock=clock,
                key=ring.current(Purpose.STATUS_LIST),
                issuer_did=installation.issuer_did,
                institution_id=installation.institution_id,
                origin=settings.origin,
                formers=installation.formers,
            ),
            cache=cache,
            limits=RateLimits(cache, MemoryCache(time.monotonic)),
            clock=clock,
            entropy=os.urandom,
            fetch=HttpsFetcher() if settings.foreign_issuers else fetch_nothing,
            post=HttpsPoster() if settings.webhooks else post_nothing,
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
    require_same_names(settings, installation)
    return installation


def require_same_names(settings: Settings, installation: Installation) -> None:
    """Refuse a name that is set on purpose and is not that of `init`."""
    for variable, wanted, stored in (
        ("CREDITBANK_LEDGER_ORIGIN", settings.ledger_origin, installation.ledger_origin),
        ("CREDITBANK_ISSUER_DID", settings.issuer_did, installation.issuer_did),
    ):
        if wanted is not None and wanted != stored:
            message = f"{variable} is {wanted}, but this bank was founded as {stored}"
            raise Misconfigured(message)


def open_keystore(engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> KeyStore:
    """Open the key store with the secrets of its vault."""
    vault = vault_file(settings, os.urandom)
    return KeyStore(
        engine,
        vault,
        clock=clock,
        entropy=os.urandom,
        keeps_numbers=settings.document_numbers == "sealed",
    )


def log_signer(ring: KeyRing, origin: str) -> LogSigner:
    """Give what signs the checkpoints of a log."""
    return LogSigner(origin, ring.current(Purpose.CHECKPOINT))
