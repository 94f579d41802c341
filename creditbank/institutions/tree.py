"""The tree of institutions: whose records somebody may see and act on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.institutions.register import InstitutionKind
from creditbank.institutions.tables import InstitutionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Every institution's parent, None at the top; the bank itself stands above all."""

    parents: Mapping[str, str | None]
    bank_id: str | None

    def covers(self, above: str, below: str) -> bool:
        """Say whether `below` is `above` itself or stands anywhere under it."""
        return below in self.parents and (above == self.bank_id or above in self._upwards(below))

    def covered(self, above: str) -> list[str]:
        """Give every institution that it covers, itself too."""
        return [one for one in self.parents if self.covers(above, one)]

    def _upwards(self, institution_id: str) -> Iterator[str]:
        current: str | None = institution_id
        while current is not None:
            yield current
            current = self.parents.get(current)


def load_tree(connection: Connection) -> Tree:
    """Give the tree as it stands."""
    wanted = select(col(InstitutionRow.id), col(InstitutionRow.parent_id), col(InstitutionRow.kind))
    rows = connection.execute(wanted).all()
    banks = [row.id for row in rows if row.kind == InstitutionKind.BANK]
    return Tree(
        parents={row.id: row.parent_id for row in rows}, bank_id=banks[0] if banks else None
    )
