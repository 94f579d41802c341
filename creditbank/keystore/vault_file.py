"""The file in which the secrets of the key store lie, sealed under the passphrase."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from certificates.sealed_file import read_sealed, write_sealed
from creditbank.keystore.secrets import VaultSecrets


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultFile:
    """Reads and replaces the secrets; every process of a bank reads the same file."""

    path: Path
    passphrase: bytes = field(repr=False)
    entropy: Callable[[int], bytes]

    def read(self) -> VaultSecrets:
        """Read the secrets as they are now; raises `KeyFileRefused`."""
        return VaultSecrets.from_content(read_sealed(self.path, self.passphrase))

    def write(self, secrets: VaultSecrets) -> None:
        """Replace the file, atomically and durably."""
        write_sealed(self.path, self.passphrase, secrets.to_content(), entropy=self.entropy)
