"""Compare the planner with a search through every choice, on random small cases.

`python dev/compare_plans.py 3000` prints how many cases gave any credit, in how many the planner
proposed less than the best there is, the worst ratio of the two, and how many it did not prove.
A second number is the first seed. The exit code is 1 where any was worse.
"""

import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from creditbank.planning.propose import propose
from tests.fixtures.small_questions import best_by_search, small_question


@dataclass(frozen=True)
class Compared:
    """What the planner and the search gave for one seed, in 1/1000 credits."""

    seed: int
    proposed: int
    best: int
    is_proved: bool

    @property
    def ratio(self) -> Fraction:
        """What was proposed, of the best there is."""
        return Fraction(self.proposed, self.best) if self.best else Fraction(1)


def compare(seed: int) -> Compared:
    """Compare one case."""
    question = small_question(Random(seed))  # noqa: S311 - cases, no secrets
    found = propose(question, most=1)[0]
    return Compared(
        seed=seed,
        proposed=found.application.credits.milli,
        best=best_by_search(question).milli,
        is_proved=found.is_proved,
    )


def main(count: int = 3_000, first: int = 0) -> int:
    """Compare so many cases, and print what came out."""
    found = [compare(seed) for seed in range(first, first + count)]
    worse = [one for one in found if one.ratio < 1]
    unproved = [one.seed for one in found if not one.is_proved]
    wrong = [one.seed for one in worse if one.is_proved]
    sys.stdout.write(
        f"cases {len(found)}, with credit {sum(one.best > 0 for one in found)}, "
        f"worse {len(worse)} {[one.seed for one in worse]}, "
        f"worst ratio {min((one.ratio for one in found), default=Fraction(1))}, "
        f"not proved {len(unproved)} {unproved}, worse though proved {len(wrong)}\n"
    )
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
