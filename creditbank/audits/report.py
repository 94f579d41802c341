"""What an audit of the bank says: which kind it was, how far it came, what it found."""

from dataclasses import dataclass
from enum import StrEnum

from ledger.findings import Finding


class AuditKind(StrEnum):
    """Whose eyes an audit has."""

    PUBLIC = "public"
    """Tiles and checkpoint alone, as anybody has them."""
    FULL = "full"
    """Database and key store."""
    OWN = "own"
    """One citizen's key: her entries alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesReport:
    """How far an audit of entries came; `size` and `root` are what the head or checkpoint claims.

    `entries` counts the leaves that were compared with their rows, `sealed` those among them whose
    account's key is gone, so that nobody can read what they commit to.
    """

    kind: AuditKind
    size: int
    root: bytes
    entries: int
    sealed: int
    differing: int
    unexplained: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """True when nothing differs and nothing is unexplained."""
        return self.differing == 0 and self.unexplained == 0
