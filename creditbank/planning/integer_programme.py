"""An integer programme with small integer coefficients, solved exactly by HiGHS.

HiGHS computes with floating point. Optima are proved to an absolute gap below one unit, every
solution is rounded and checked here in integers (once more without presolve where that fails), and
whatever does not hold is an error and never an answer. One thread and a fixed seed make the same
programme give the same answer.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate

import highspy
from highspy._core import _Highs

_GAP = 0.5
"""Objectives are integers: a bound that is less than one above proves the optimum."""

_INFEASIBLE = {
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,  # Nothing here is unbounded.
}

Terms = Mapping[int, int]
"""Coefficients by variable."""


_Range = tuple[int, int]
"""The least and greatest value of a variable."""


class NotSolved(RuntimeError):
    """The solver did not prove an optimum, or what it found does not hold in integers."""


@dataclass(frozen=True, slots=True)
class _Row:
    terms: Terms
    most: int


@dataclass(slots=True)
class IntegerProgramme:
    """Variables from 0 to a bound, rows "sum of terms ≤ most", and an objective to maximise."""

    bounds: list[int] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)

    def variable(self, most: int = 1) -> int:
        """Add an integer variable from 0 to `most`; gives its number."""
        self.bounds.append(most)
        return len(self.bounds) - 1

    def at_most(self, terms: Terms, most: int) -> None:
        """Ask that a sum be at most an integer."""
        kept = {name: factor for name, factor in terms.items() if factor}
        if kept:
            self.rows.append(_Row(kept, most))

    def exactly(self, terms: Terms, value: int) -> None:
        """Ask that a sum be an integer."""
        self.at_most(terms, value)
        self.at_most({name: -factor for name, factor in terms.items()}, -value)

    def optima(self, objectives: Sequence[Terms], last: Sequence[Terms]) -> list[list[int]]:
        """Maximise each objective among the optima of those before it, and then each last one.

        Gives the values for each last one; none where nothing meets all rows. Raises `NotSolved`.
        """
        if not self.bounds:
            return [[] for _ in last]
        rows, ranges = list(self.rows), [(0, most) for most in self.bounds]
        for objective in objectives:
            values = self._tried(objective, rows, ranges)
            if values is None:
                return []
            if self._is_decisive(objective):
                for name in objective:
                    ranges[name] = (values[name], values[name])
            else:
                best = {name: -factor for name, factor in objective.items()}
                rows.append(_Row(best, _sum(best, values)))
        found = [self._tried(objective, rows, ranges) for objective in last]
        return [values for values in found if values is not None]

    def _is_decisive(self, objective: Terms) -> bool:
        """Say whether its optimum has one choice alone: each factor outweighs all lesser ones."""
        total = 0
        for factor, name in sorted((factor, name) for name, factor in objective.items()):
            if self.bounds[name] > 1 or factor <= total:
                return False
            total += factor
        return True

    def _tried(
        self, objective: Terms, rows: Sequence[_Row], ranges: Sequence[_Range]
    ) -> list[int] | None:
        """Solve, and once more without presolve where that finds nothing or what does not hold."""
        with suppress(NotSolved):
            found = self._solved(objective, rows, ranges, presolve="choose")
            if found is not None:
                return found
        return self._solved(objective, rows, ranges, presolve="off")

    def _solved(
        self, objective: Terms, rows: Sequence[_Row], ranges: Sequence[_Range], *, presolve: str
    ) -> list[int] | None:
        """Solve anew for one objective: a solver that is used again may fail on the next."""
        solver = _solver()
        solver.setOptionValue("presolve", presolve)
        names = range(len(self.bounds))
        least, most = ([float(one[end]) for one in ranges] for end in (0, 1))
        solver.addVars(len(names), least, most)
        for name in names:
            solver.changeColIntegrality(name, highspy.HighsVarType.kInteger)
        costs = [float(objective.get(name, 0)) for name in names]
        solver.changeColsCost(len(names), list(names), costs)
        starts = list(accumulate((len(row.terms) for row in rows), initial=0))
        solver.addRows(
            len(rows),
            [-highspy.kHighsInf] * len(rows),
            [float(row.most) for row in rows],
            starts[-1],
            starts[:-1],
            [name for row in rows for name in row.terms],
            [float(factor) for row in rows for factor in row.terms.values()],
        )
        solver.run()
        if solver.getModelStatus() in _INFEASIBLE:
            return None
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise NotSolved(str(solver.getModelStatus()))
        values = [round(value) for value in solver.getSolution().col_value]
        bounded = all(a <= value <= b for value, (a, b) in zip(values, ranges, strict=True))
        if not bounded or any(_sum(row.terms, values) > row.most for row in rows):
            raise NotSolved("the solution does not hold in integers")
        return values


def _solver() -> _Highs:
    solver = _Highs()  # The class around it prints a banner on standard output.
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 0),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", _GAP),
    ):
        solver.setOptionValue(option, value)
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
    return solver


def _sum(terms: Terms, values: Sequence[int]) -> int:
    return sum(factor * values[name] for name, factor in terms.items())
