"""Definitions as an audit reads them: what cannot be read is as if it were not there."""

from collections.abc import Collection

from sqlalchemy import Connection

from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import definitions_by_id


def readable_definitions(connection: Connection, ids: Collection[str]) -> dict[str, Definition]:
    """Give those of these definitions that are there and can be read, by id."""
    try:
        return definitions_by_id(connection, ids)
    except ValueError:
        if len(ids) == 1:
            return {}
        single = (readable_definitions(connection, [one]) for one in ids)
        return {name: one for found in single for name, one in found.items()}
