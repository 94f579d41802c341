"""A place in folded words, from which a reader accepts what it knows."""

from collections.abc import Iterable
from dataclasses import dataclass

from creditbank.agreements.notation import Words


@dataclass(slots=True)
class Cursor:
    """Words and how far they are read."""

    words: Words
    at: int = 0

    @property
    def rest(self) -> Words:
        """What is not read yet."""
        return self.words[self.at :]

    @property
    def is_done(self) -> bool:
        """True when all is read."""
        return self.at >= len(self.words)

    def peek(self, ahead: int = 0) -> str:
        """Give a word without reading it; empty beyond the end."""
        place = self.at + ahead
        return self.words[place] if place < len(self.words) else ""

    def take(self) -> str:
        """Read one word."""
        self.at += 1
        return self.words[self.at - 1]

    def accepts(self, wanted: Words) -> bool:
        """Read these words if they stand here."""
        if self.words[self.at : self.at + len(wanted)] != wanted:
            return False
        self.at += len(wanted)
        return True

    def one_of(self, wanted: Iterable[Words]) -> Words | None:
        """Read the first of these that stands here."""
        return next((one for one in wanted if self.accepts(one)), None)
