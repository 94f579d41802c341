"""The files in which a bank's secrets lie: the passphrase, signing keys and vault under it.

The signing keys of a bank with a token lie in that; the file says which they are.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from certificates.errors import SignerDown
from certificates.keys import KeyRing, MakeSigner, Purpose
from certificates.pkcs11_token import Pkcs11Token
from certificates.sealed_file import read_sealed, write_sealed
from certificates.signer import KEY_ID_BYTES, SecretSigner, Signer, TokenSigner
from certificates.suites import Suite
from creditbank.errors import Misconfigured, Refusal
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.vault_file import VaultFile
from creditbank.settings import Settings

PURPOSES = tuple(Purpose)

RETRY_AFTER_SECONDS = 5

Entropy = Callable[[int], bytes]


class BankToken(Pkcs11Token):
    """The bank's token: while it does not sign, whoever needs a signature is refused."""

    def sign(self, key_id: bytes, suite: Suite, data: bytes) -> bytes:
        """Sign with the key of this identifier; raises `Refusal("signer-down")`."""
        try:
            return super().sign(key_id, suite, data)
        except SignerDown as error:
            raise Refusal("signer-down", retry_after_seconds=RETRY_AFTER_SECONDS) from error


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
    whole = ring.with_purposes(PURPOSES, now=now, make=_signers(settings, entropy))
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
    content = read_sealed(settings.ring_file, _passphrase(settings))
    return KeyRing.from_content(content, bank_token(settings))


def bank_token(settings: Settings) -> BankToken | None:
    """Give the token that the settings name, or None."""
    module, label, pin_file = (
        settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_pin_file,
    )  # fmt: skip
    if module is None or label is None or pin_file is None:
        return None
    return BankToken(module=module, label=label, pin_file=pin_file)


def rotate_key(settings: Settings, purpose: Purpose, *, now: datetime, entropy: Entropy) -> KeyRing:
    """Make a new key for a purpose and retire the old one; gives the ring as it is then.

    The new one lies where the settings say today, the old one anywhere. Raises `SignerDown`.
    """
    ring = read_ring(settings).rotate(purpose, now=now, make=_signers(settings, entropy))
    write_sealed(settings.ring_file, _passphrase(settings), ring.to_content(), entropy=entropy)
    return ring


def _signers(settings: Settings, entropy: Entropy) -> MakeSigner:
    token = bank_token(settings) if settings.signer == "pkcs11" else None

    def make(purpose: Purpose) -> Signer:
        suite = purpose.suite
        if token is None:
            return SecretSigner.make(suite, entropy)
        key_id = entropy(KEY_ID_BYTES)
        public = token.make(key_id, suite, label=f"creditbank {purpose}")
        return TokenSigner(token, key_id, public, suite)

    return make


def _passphrase(settings: Settings) -> bytes:
    try:
        return settings.passphrase_file.read_bytes().strip()
    except FileNotFoundError:
        message = f"there is no passphrase file at {settings.passphrase_file}: run init"
        raise Misconfigured(message) from None
