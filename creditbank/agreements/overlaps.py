"""Agreements that take the same on the same days: which of them holds is for a person to say."""

from collections.abc import Hashable, Iterable

from creditbank.agreements.dates import Period


def overlapping(taken: Iterable[tuple[int, Hashable, Period]]) -> dict[int, int]:
    """Give, for each row that overlaps others which take the same, the number of one of them."""
    same: dict[Hashable, list[tuple[Period, int]]] = {}
    for number, what, period in taken:
        same.setdefault(what, []).append((period, number))
    found: dict[int, int] = {}
    for rows in same.values():
        ordered = sorted(rows, key=lambda one: (one[0].starts, one[1]))
        lasting = ordered[0]
        for one in ordered[1:]:
            if one[0].overlaps(lasting[0]):
                found[one[1]] = lasting[1]
                found.setdefault(lasting[1], one[1])
            if one[0].last > lasting[0].last:
                lasting = one
    return found
