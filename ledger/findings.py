"""What an audit finds: each lie by table and index, the one that stands first in the log first."""

from dataclasses import dataclass

FINDINGS_MAX = 1_000
"""As many are named; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One lie.

    `table` is leaf, tile, checkpoint, head, live_spend or object, or a table of the ledger's owner
    whose rows leaves commit to. `index` is a leaf's index, a hash's position in its level of tiles,
    or a tree size; for anything else it is that of the leaf that names it, -1 where there is none.
    """

    table: str
    index: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """How far an audit came and what it found; `size` and `root` are what was claimed."""

    size: int
    root: bytes
    leaves: int
    differing: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """True when nothing differs."""
        return self.differing == 0


class Findings:
    """Gathers findings; the audit that owns it alone adds to it."""

    def __init__(self) -> None:
        self.differing = 0
        """How many things are not what something else says of them."""
        self.unexplained = 0
        """How many stand alone where a counterpart must be."""
        self._found: list[tuple[int, int, Finding]] = []

    def add(self, table: str, index: int, problem: str, *, position: int | None = None) -> None:
        """Note a finding; `position` is the leaf it stands at, unless that is its index."""
        self.differing += 1
        self._note(index if position is None else position, table, index, problem)

    def add_unexplained(
        self, table: str, index: int, problem: str, *, position: int | None = None
    ) -> None:
        """Note something without its counterpart."""
        self.unexplained += 1
        self._note(index if position is None else position, table, index, problem)

    def _note(self, position: int, table: str, index: int, problem: str) -> None:
        if len(self._found) < FINDINGS_MAX:
            finding = Finding(table=table, index=index, problem=problem)
            self._found.append((position, len(self._found), finding))

    def in_order(self) -> tuple[Finding, ...]:
        """Give the findings by the leaves they stand at, then as they were found."""
        return tuple(finding for _, _, finding in sorted(self._found, key=lambda one: one[:2]))
