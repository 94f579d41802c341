"""Where a credential's status bit stands: a random free place, so that neighbours say nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from certificates.status_list import BITS

FILL_MAX = BITS // 4
"""How many places of a list are given out, so that a random one is free at once."""

_INDEX_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The list that is being filled, and which of its places are taken."""

    number: int
    taken: frozenset[int]

    def draw(self, entropy: Callable[[int], bytes]) -> tuple[int, int, Self]:
        """Give list and index of a free place, and what is taken then."""
        if len(self.taken) >= FILL_MAX:
            return type(self)(number=self.number + 1, taken=frozenset()).draw(entropy)
        index = _random_index(entropy)
        while index in self.taken:
            index = _random_index(entropy)
        return self.number, index, type(self)(number=self.number, taken=self.taken | {index})


def _random_index(entropy: Callable[[int], bytes]) -> int:
    """Draw an index; the number of places divides 2^32 evenly."""
    return int.from_bytes(entropy(_INDEX_BYTES), "big") % BITS
