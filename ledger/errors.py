"""What the ledger refuses.

LedgerError
├── LeafRefused        a leaf is not of the closed schema, or not canonical
├── StatementRefused   a disclosure does not belong to its statement
├── NoteRefused        a checkpoint or receipt is malformed or not signed by a known key
├── ProofRefused       a proof does not lead to the root
│   └── NotInLog       what was asked for is not in the log
└── SpendRefused       a nullifier breaks the order of spend and release
    ├── AlreadySpent   it is live already
    └── NotLive        it is released without being live
"""


class LedgerError(Exception):
    """Anything the ledger says no with."""


class LeafRefused(LedgerError):
    """A leaf is not of the closed schema, or its bytes are not the canonical ones."""


class StatementRefused(LedgerError):
    """A disclosure is malformed, or its digest is not in the statement."""


class NoteRefused(LedgerError):
    """A note or receipt is malformed, or carries no good signature of a known key."""


class ProofRefused(LedgerError):
    """A proof does not lead from the leaf to the root, or cannot be made."""


class NotInLog(ProofRefused):
    """A leaf, tile, bundle or checkpoint that was asked for is not there."""


class SpendRefused(LedgerError):
    """A nullifier breaks the order of spend and release; `position` names the draft."""

    def __init__(self, value: bytes, position: int) -> None:
        super().__init__(f"{value.hex()} at position {position}")
        self.value = value
        self.position = position


class AlreadySpent(SpendRefused):
    """A nullifier is spent while it is live."""


class NotLive(SpendRefused):
    """A nullifier is released while it is not live."""
