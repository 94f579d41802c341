"""Examine the key files: there, for the owner's eyes only, and opened by the passphrase."""

from pathlib import Path

from certificates.errors import CertificateError
from certificates.sealed_file import read_sealed
from creditbank.doctor.finding import Finding
from creditbank.settings import Settings

_OTHERS = 0o077


def examine_key_files(settings: Settings) -> Finding:
    """Examine passphrase, signing keys and vault keys; the first fault is told."""
    sealed = (settings.ring_file, settings.vault_file)
    for file in (settings.passphrase_file, *sealed):
        finding = _examine_access(file)
        if not finding.is_passed:
            return finding
    passphrase = settings.passphrase_file.read_bytes().strip()
    for file in sealed:
        try:
            read_sealed(file, passphrase)
        except CertificateError:
            return _fault("key-file-closed", file)
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
