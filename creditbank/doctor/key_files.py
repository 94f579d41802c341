"""Examine the key files: there, for the owner's eyes only, and opened by the passphrase.

Then the token, where one is set or needed: it answers to its PIN and has every key of the ring.
"""

from pathlib import Path

from certificates.errors import CertificateError, KeyFileRefused, SignerDown
from certificates.sealed_file import read_sealed
from certificates.signer import TokenSigner
from creditbank.doctor.finding import Finding
from creditbank.key_files import bank_token, read_ring
from creditbank.settings import Settings

_OTHERS = 0o077


def examine_key_files(settings: Settings) -> Finding:
    """Examine passphrase, PIN, signing keys, vault keys and token; the first fault is told."""
    sealed = (settings.ring_file, settings.vault_file)
    pins = () if settings.pkcs11_pin_file is None else (settings.pkcs11_pin_file,)
    for file in (settings.passphrase_file, *pins, *sealed):
        finding = _examine_access(file)
        if not finding.is_passed:
            return finding
    passphrase = settings.passphrase_file.read_bytes().strip()
    for file in sealed:
        try:
            read_sealed(file, passphrase)
        except CertificateError:
            return _fault("key-file-closed", file)
    return _examine_token(settings)


def _examine_token(settings: Settings) -> Finding:
    try:
        signers = [key.signer for key in read_ring(settings).keys]
    except KeyFileRefused:
        return Finding(part="key files", code="token-not-set")
    token = bank_token(settings)
    try:
        if token is not None:
            token.reach()
    except SignerDown as error:
        return Finding(part="key files", code="token-down", facts={"reason": str(error)})
    for signer in signers:
        if isinstance(signer, TokenSigner) and token is not None and not token.has(signer.key_id):
            facts = {"key": signer.key_id.hex(), "token": token.label}
            return Finding(part="key files", code="token-key-missing", facts=facts)
    return Finding(part="key files")


def _examine_access(file: Path) -> Finding:
    try:
        mode = file.stat().st_mode
        file.read_bytes()
    except FileNotFoundError:
        return _fault("key-file-missing", file)
    except OSError:
        return _fault("key-file-unreadable", file)
    if mode & _OTHERS:
        return _fault("key-file-exposed", file)
    return Finding(part="key files")


def _fault(code: str, file: Path) -> Finding:
    return Finding(part="key files", code=code, facts={"file": str(file)})
