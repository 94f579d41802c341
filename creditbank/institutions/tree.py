"""The tree of institutions as of a day: whose records somebody may see and act on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from creditbank.errors import Refusal
from creditbank.institutions.history import History, InstitutionKind
from creditbank.institutions.queries import all_institutions


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Every institution's parent on one day, None at the top; the bank itself stands above all."""

    parents: Mapping[str, str | None]
    bank_id: str | None

    def covers(self, above: str, below: str) -> bool:
        """Say whether `below` is `above` itself or stands anywhere under it."""
        return below in self.parents and (above == self.bank_id or above in self._upwards(below))

    def covered(self, above: str) -> list[str]:
        """Give every institution that it covers, itself too."""
        return [one for one in self.parents if self.covers(above, one)]

    def require(self, above: str, below: str) -> None:
        """Raise `Refusal("not-found")` alike for what `above` does not cover and for nothing."""
        if not self.covers(above, below):
            raise Refusal("not-found")

    def has_circle(self) -> bool:
        """Say whether an institution stands above itself."""
        return any(self._is_circular(one) for one in self.parents)

    def _is_circular(self, institution_id: str) -> bool:
        return sum(1 for _ in self._upwards(institution_id)) > len(self.parents)

    def _upwards(self, institution_id: str) -> Iterator[str]:
        """Give who stands above, nearest first; a circle ends once all were passed."""
        current: str | None = institution_id
        for _ in range(len(self.parents) + 1):
            if current is None:
                return
            yield current
            current = self.parents.get(current)


def tree_on(histories: Mapping[str, History], day: date) -> Tree:
    """Give the tree as of a day."""
    banks = (
        one.id for one in histories.values() if one.registered.kind == InstitutionKind.BANK.value
    )
    return Tree(
        parents={one.id: one.on(day).parent_id for one in histories.values()},
        bank_id=next(banks, None),
    )


def standing_above(
    histories: Mapping[str, History], institution_id: str, day: date
) -> tuple[str, ...]:
    """Give who stood above an institution on a day, nearest first, as far as these histories go."""
    above: list[str] = []
    current = histories.get(institution_id)
    while current is not None:
        parent = current.on(day).parent_id
        if parent is None or parent in above or parent == institution_id:
            break
        above.append(parent)
        current = histories.get(parent)
    return tuple(above)


def has_circle_from(histories: Mapping[str, History], day: date) -> bool:
    """Say whether on this day or any later one an institution stands above itself."""
    changed = {one.effective for history in histories.values() for one in history.changes}
    days = {day, *(one for one in changed if one > day)}
    return any(tree_on(histories, one).has_circle() for one in days)


def ever_covered(histories: Mapping[str, History], above: str, below: str) -> bool:
    """Say whether on any day `below` was `above` itself or stood under it."""
    days = {one.effective for history in histories.values() for one in history.changes}
    return any(tree_on(histories, day).covers(above, below) for day in {date.min, *days})


def load_tree(connection: Connection, on: date) -> Tree:
    """Give the tree as of a day, rules being read on the day of the award."""
    return tree_on(all_institutions(connection), on)


def require_covered(connection: Connection, above: str, below: str, on: date) -> None:
    """Raise `Refusal("not-found")` unless `above` covers `below` on a day; each covers itself."""
    if above != below:
        load_tree(connection, on).require(above, below)
