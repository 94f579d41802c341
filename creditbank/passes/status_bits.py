"""Which status bits of passes are set: ended by the holder, or shows what no longer stands."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, or_, select
from sqlmodel import col

from certificates.status_list import StatusPurpose
from creditbank.credentials.places import Places
from creditbank.credentials.publish_list import ListSource
from creditbank.credentials.status_bits import CREDENTIAL_LISTS, set_bits_of
from creditbank.installation.former_names import FormerName, first_open_list
from creditbank.outcomes.status import ENDED, OutcomeStatus, outcomes_with
from creditbank.passes.tables import PassOutcomeRow, PassRow

FAMILY = f"pass-{StatusPurpose.REVOCATION.value}"
"""The family of lists by which those of passes are counted."""


def newest_places(connection: Connection, formers: Sequence[FormerName]) -> Places:
    """Give the list that is being filled, from 1, and the places taken in it.

    After a move it is a new one.
    """
    number = max(_newest(connection), first_open_list(formers, FAMILY))
    taken = select(col(PassRow.status_index)).where(col(PassRow.status_list) == number)
    indexes = (one for one in connection.scalars(taken) if one is not None)
    return Places(number=number, taken=frozenset(indexes))


def _newest(connection: Connection) -> int:
    return connection.scalar(select(func.max(col(PassRow.status_list)))) or 1


def _showing(*statuses: OutcomeStatus) -> ColumnElement[bool]:
    shown = select(col(PassOutcomeRow.pass_id)).where(
        col(PassOutcomeRow.outcome_id).in_(outcomes_with(*statuses))
    )
    return col(PassRow.id).in_(shown)


_PLACE = (col(PassRow.status_list), col(PassRow.status_index))


def _revoked() -> ColumnElement[bool]:
    return or_(
        col(PassRow.ended_at).is_not(None),
        _showing(OutcomeStatus.SUPERSEDED, *ENDED),
        func.length(col(PassRow.sealed_document)) == 0,
    )


PASS_LISTS = (
    ListSource(
        family=FAMILY,
        purpose=StatusPurpose.REVOCATION,
        newest=_newest,
        set_bits=lambda connection, number: set_bits_of(connection, _PLACE, number, _revoked()),
    ),
    ListSource(
        family="pass-suspension",
        purpose=StatusPurpose.SUSPENSION,
        newest=_newest,
        set_bits=lambda connection, number: set_bits_of(
            connection, _PLACE, number, _showing(OutcomeStatus.SUSPENDED)
        ),
    ),
)
"""The lists of passes; the first of each is always there."""

LISTS = {one.family: one for one in (*CREDENTIAL_LISTS, *PASS_LISTS)}
"""Every list that the bank publishes, by family."""
