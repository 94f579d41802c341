"""What a committed transaction proves: a receipt for each leaf, made when it is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from ledger.append import Appended
from ledger.checkpoint import Checkpoint, Signer, sign_note
from ledger.receipt import make_receipt

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One leaf's place in the log and its proof (`text`, a C2SP tlog-proof)."""

    index: int
    leaf_hash: bytes
    text: str


class Receipts(Protocol):
    """The receipts of the leaves of one command, in order."""

    def __len__(self) -> int: ...
    def __getitem__(self, position: int) -> Receipt: ...
    def __iter__(self) -> Iterator[Receipt]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written(Generic[AnswerT]):
    """A command's answer after its commit is durable; a repetition did not act again."""

    answer: AnswerT
    receipts: Receipts
    is_repetition: bool = False


class Commit:
    """One durable commit: its note is signed once, after the commit, by whoever asks first."""

    def __init__(self, appended: Appended, origin: str, signer: Signer) -> None:
        self._appended = appended
        self._origin = origin
        self._signer = signer

    @cached_property
    def note(self) -> str:
        """The signed checkpoint of the size that this commit reached."""
        tree = Checkpoint(origin=self._origin, size=self._appended.size, root=self._appended.root)
        return sign_note(tree, self._signer)

    def receipt(self, position: int) -> Receipt:
        """Prove the leaf at this position of the commit."""
        index = self._appended.first + position
        path = self._appended.path(position)
        return Receipt(
            index=index,
            leaf_hash=self._appended.hashes[position],
            text=make_receipt(index, path, self.note),
        )


@dataclass(frozen=True, slots=True)
class CommitSlice:
    """The receipts of one command within a commit."""

    commit: Commit | None
    start: int
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, position: int) -> Receipt:
        if self.commit is None or not 0 <= position < self.count:
            raise IndexError(position)
        return self.commit.receipt(self.start + position)

    def __iter__(self) -> Iterator[Receipt]:
        return (self[position] for position in range(self.count))
