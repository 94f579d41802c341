"""What hangs on an institution, in counts that name nobody: shown before it is changed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from creditbank.access.api_keys import keys_of_institution
from creditbank.access.staff import find_staff
from creditbank.catalogue.enrol import count_enrolments
from creditbank.institutions.tree import load_tree
from creditbank.outcomes.batches.find import count_undecided
from creditbank.rules.queries import count_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependants:
    """What an institution has: only what is in use counts.

    `batches` are files that are not recorded to their end; `below` are all institutions under it.
    """

    logins: int
    keys: int
    batches: int
    rules: int
    enrolments: int
    below: int


def dependants_of(connection: Connection, institution_id: str, day: date) -> Dependants:
    """Count what hangs on an institution, the tree being that of a day."""
    staff = find_staff(connection).values()
    keys = keys_of_institution(connection, institution_id)
    own = [one for one in staff if one.institution_id == institution_id]
    return Dependants(
        logins=sum(one.disabled_at is None for one in own),
        keys=sum(one.revoked_at is None for one in keys),
        batches=count_undecided(connection, institution_id),
        rules=count_rules(connection, institution_id),
        enrolments=count_enrolments(connection, institution_id),
        below=len(load_tree(connection, day).covered(institution_id)) - 1,
    )
