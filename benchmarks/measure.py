"""Both sides of a comparison in one run, in turn, and the row of the table that comes of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 5

Side = Callable[[], float]
"""One counted run of one side; gives its rate, so that more is better."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and greatest of the rounds."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write `median (low-high)`."""
        return f"{written(self.median)} ({written(self.low)}-{written(self.high)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; `land` and `aim` bound the ratio, from above where `at_most`.

    `counted` is judged in place of a ratio: bytes, which are the same on every machine.
    """

    number: str
    what: str
    engine: str
    ours: str
    other: str
    ratio: Spread | None = None
    land: float | None = None
    aim: float | None = None
    at_most: bool = False
    counted: float | None = None

    def mark(self) -> str:
        """Say where the median stands."""
        judged = self.counted if self.ratio is None else self.ratio.median
        if judged is None or self.land is None or self.aim is None:
            return ""
        sign = -1 if self.at_most else 1
        reached = sign * judged
        if reached >= sign * self.aim:
            return "aim"
        return "land" if reached >= sign * self.land else "BELOW LAND"

    def cells(self) -> list[str]:
        """Give the line's cells as text."""
        sign = "≤ " if self.at_most else ""
        bounds = ["" if one is None else f"{sign}{one:g}" for one in (self.land, self.aim)]
        ratio = "" if self.ratio is None else str(self.ratio)
        return [
            self.number, self.what, self.engine, self.ours, self.other, ratio, *bounds, self.mark()
        ]  # fmt: skip


HEADER = ("#", "what", "engine", "ours", "yardstick", "ratio", "land", "aim", "reached")


def interleaved(ours: Side, other: Side) -> tuple[list[float], list[float]]:
    """Run both sides in turn, five counted rounds; gives the rates of each."""
    rounds = [(ours(), other()) for _ in range(ROUNDS)]
    return [one for one, _ in rounds], [one for _, one in rounds]


def repeated(count: int, act: Callable[[], object]) -> Side:
    """Give a side that does something so many times."""

    def run() -> float:
        start = time.perf_counter()
        for _ in range(count):
            act()
        return count / (time.perf_counter() - start)

    return run


def spread(values: Sequence[float]) -> Spread:
    """Sum rounds up."""
    return Spread(median(values), min(values), max(values))


def ratios(ours: Sequence[float], other: Sequence[float]) -> Spread:
    """Give the ratio round by round, so that a drift of the machine falls out."""
    return spread([mine / theirs for mine, theirs in zip(ours, other, strict=True)])


def rate(values: Sequence[float], unit: str) -> str:
    """Write a rate, for the columns that are printed and never judged."""
    return f"{spread(values)} {unit}/s"


def written(number: float) -> str:
    """Write a number with three digits that count."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"  # noqa: PLR2004 - three digits


def table(rows: Sequence[Row]) -> str:
    """Write rows as a Markdown table."""
    lines = [HEADER, ["---"] * len(HEADER), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
