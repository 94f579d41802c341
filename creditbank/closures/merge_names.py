"""Names of merged accounts: those of the one that was merged find its learner in the other, too.

They are kept again under the key of the account that goes on, for rows are matched with that key
alone, and are taken away when the two are apart again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, Executable

from creditbank.keystore.account_key import AccountKey
from creditbank.learners.known_names import (
    KnownName,
    StoredName,
    forget_names,
    name_row,
    names_of,
    own_names,
    recorded_names,
)
from creditbank.learners.names import NameKind, fold
from creditbank.writer.command import Moment


def load_names(
    connection: Connection, keys: Sequence[AccountKey]
) -> tuple[Mapping[str, Sequence[KnownName]], Mapping[str, Sequence[StoredName]]]:
    """Give all names of these accounts, and those of them that were recorded after the opening."""
    by_account = {key.account_id: key for key in keys}
    recorded: dict[str, list[StoredName]] = {one: [] for one in by_account}
    for stored in recorded_names(connection, list(by_account)):
        recorded[stored.account_id].append(stored)
    return names_of(connection, by_account), recorded


def names_that_join(
    merged: AccountKey,
    survivor: AccountKey,
    names: Mapping[str, Sequence[KnownName]],
    *,
    by: str,
    moment: Moment,
) -> list[dict[str, object]]:
    """Draft the names that are not the survivor's own; a reported one joins nothing.

    One that came with another account comes again: either may be parted first.
    """
    known = own_names(names.get(survivor.account_id, ()))
    joining = {
        fold(one.name): one
        for one in names.get(merged.account_id, ())
        if one.kind != NameKind.REPORTED and fold(one.name) not in known
    }
    return [
        name_row(survivor, replace(one, came_with=merged.account_id), by=by, moment=moment)
        for one in joining.values()
    ]


def names_that_leave(
    merged: AccountKey, survivor: AccountKey, recorded: Mapping[str, Sequence[StoredName]]
) -> Executable:
    """Give the deletion of the names that came with an account."""
    leaving = [
        one.id
        for one in recorded.get(survivor.account_id, ())
        if one.open(survivor).get("came_with") == merged.account_id
    ]
    return forget_names(leaving)
