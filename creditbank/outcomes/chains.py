"""Chains of corrections: an outcome, and those that superseded it one after the other."""

from collections.abc import Collection

from sqlalchemy import Connection

from creditbank.outcomes.queries import find_outcomes, superseding_outcomes


def with_superseding(connection: Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """Give each of these outcomes with those that superseded it, the one that stands now last."""
    chains = {one: [one] for one in ids}
    later = superseding_outcomes(connection, chains)
    while later:
        for chain in chains.values():
            if chain[-1] in later:
                chain.append(later[chain[-1]])
        later = superseding_outcomes(connection, later.values())
    return chains


def with_superseded(connection: Connection, ids: Collection[str]) -> set[str]:
    """Give these outcomes and all that they superseded, one after the other."""
    found, left = set(ids), set(ids)
    while left:
        earlier = {one.corrects_id for one in find_outcomes(connection, left).values()}
        left = {one for one in earlier if one is not None}
        found |= left
    return found
