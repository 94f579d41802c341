"""The files in which a bank's secrets lie: the passphrase, signing keys and vault under it."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from certificates.keys import KeyRing, Purpose
from certificates.sealed_file import read_sealed, write_sealed
from creditbank.errors import Misconfigured
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.vault_file import VaultFile
from creditbank.settings import Settings

PURPOSES = tuple(Purpose)

Entropy = Callable[[int], bytes]


def make_passphrase(file: Path, passphrase: str) -> None:
    """Write the passphrase for the owner's eyes only, unless there is one."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(passphrase)


def make_keys(settings: Settings, *, now: datetime, entropy: Entropy) -> None:
    """Make the signing keys and the vault's secrets, where they are not there.

    A ring that lacks keys for a purpose, as one of an earlier version may, gets them.
    """
    ring = read_ring(settings) if settings.ring_file.exists() else KeyRing(())
    whole = ring.with_purposes(PURPOSES, now=now, entropy=entropy)
    if whole != ring:
        content = whole.to_content()
        write_sealed(settings.ring_file, _passphrase(settings), content, entropy=entropy)
    if not settings.vault_file.exists():
        vault_file(settings, entropy).write(VaultSecrets.make(entropy))


def vault_file(settings: Settings, entropy: Entropy) -> VaultFile:
    """Give the file of the vault's secrets; raises `Misconfigured` without a passphrase."""
    return VaultFile(path=settings.vault_file, passphrase=_passphrase(settings), entropy=entropy)


def read_ring(settings: Settings) -> KeyRing:
    """Read the signing keys; raises `Misconfigured` without a passphrase."""
    return KeyRing.from_content(read_sealed(settings.ring_file, _passphrase(settings)))


def rotate_key(settings: Settings, purpose: Purpose, *, now: datetime, entropy: Entropy) -> KeyRing:
    """Make a new key for a purpose and retire the old one; gives the ring as it is then."""
    ring = read_ring(settings).rotate(purpose, now=now, entropy=entropy)
    write_sealed(settings.ring_file, _passphrase(settings), ring.to_content(), entropy=entropy)
    return ring


def _passphrase(settings: Settings) -> bytes:
    try:
        return settings.passphrase_file.read_bytes().strip()
    except FileNotFoundError:
        message = f"there is no passphrase file at {settings.passphrase_file}: run init"
        raise Misconfigured(message) from None
