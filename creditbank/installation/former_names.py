"""The names that the bank had before it moved; what it signed under them still verifies.

A status list keeps the name and the address under which it was begun, for a credential points to it
by both, and a verifier accepts no list of another issuer (Bitstring Status List 1.0, section 3.2).
So a move begins new lists, and who counts the lists of a name knows what was signed under it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Executable, select, update
from sqlmodel import SQLModel, col

from creditbank.errors import Refusal
from creditbank.installation.tables import FormerNameRow, InstallationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerName:
    """A name and the origin that it stood at.

    `lists` are how many status lists there were of each family when the bank moved away, which is
    what the leaf at `entry_index` says.
    """

    issuer_did: str
    origin: str
    lists: Mapping[str, int]
    entry_index: int

    def keeps(self, family: str, number: int) -> bool:
        """Say whether a status list was begun under this name, or an earlier one."""
        return number <= self.lists.get(family, 0)


def former_names(connection: Connection) -> tuple[FormerName, ...]:
    """Give every name that the bank had, the first one first."""
    columns = (col(getattr(FormerNameRow, name)) for name in FormerName.__slots__)
    rows = connection.execute(select(*columns).order_by(col(FormerNameRow.entry_index)))
    return tuple(FormerName(**row) for row in rows.mappings())


Rows = Mapping[type[SQLModel], list[dict[str, object]]]


def renaming(former: FormerName, issuer_did: str) -> tuple[Rows, Executable]:
    """Give the row of a former name, and the change that gives the bank its new one."""
    row = {name: getattr(former, name) for name in FormerName.__slots__}
    renamed = update(InstallationRow).values({col(InstallationRow.issuer_did): issuer_did})
    return {FormerNameRow: [row]}, renamed


def name_of_list(formers: Sequence[FormerName], family: str, number: int) -> FormerName | None:
    """Give the former name that a status list bears, None where it bears the name of today."""
    return next((one for one in formers if one.keeps(family, number)), None)


def first_open_list(formers: Sequence[FormerName], family: str) -> int:
    """Give the number of the first status list of a family that bears the name of today."""
    return 1 + max((one.lists.get(family, 0) for one in formers), default=0)


def require_not_moved(stored: Sequence[FormerName], known: Sequence[FormerName]) -> None:
    """Refuse to sign in a process that was started before a move; raises "issuer-moved"."""
    if tuple(stored) != tuple(known):
        raise Refusal("issuer-moved")
