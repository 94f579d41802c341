"""Institutions by their names of a day, for pages that only have their ids."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection

from api.v1.institution_list import ListedInstitution, listed
from creditbank.institutions.queries import find_institutions


def institutions_named(
    connection: Connection, ids: Collection[str], day: date
) -> dict[str, ListedInstitution]:
    """Give each of these institutions as of a day."""
    found = find_institutions(connection, ids)
    return {one: listed(history, day) for one, history in found.items()}
