"""Which status bits are set: read from how outcomes and applications stand, never kept twice."""

from sqlalchemy import ColumnElement, Connection, SQLColumnExpression, and_, func, or_, select
from sqlmodel import col

from certificates.status_list import StatusPurpose
from certificates.token import hash_urn
from creditbank.applications.status import (
    ApplicationStatus,
    applications_of_any,
    applications_with,
)
from creditbank.credentials.key_events import cut_offs
from creditbank.credentials.publish_list import ListSource
from creditbank.credentials.queries import newest_number
from creditbank.credentials.tables import CredentialRow
from creditbank.credits.status import ConversionStatus, conversions_with
from creditbank.outcomes.status import ENDED, OutcomeStatus, outcomes_with


def _revoked() -> ColumnElement[bool]:
    """Say of which the achievement stands no more, the holder ended it or is erased."""
    ended = outcomes_with(OutcomeStatus.SUPERSEDED, *ENDED)
    undone = applications_with(ApplicationStatus.DECLINED, ApplicationStatus.REVERSED)
    return or_(
        col(CredentialRow.outcome_id).in_(ended),
        col(CredentialRow.application_id).in_(undone),
        col(CredentialRow.ended_at).is_not(None),
        func.length(col(CredentialRow.sealed_document)) == 0,
    )


def _suspended(connection: Connection) -> ColumnElement[bool]:
    """Say of which credentials the achievement is suspended, or the key that signed was stolen."""
    frozen = conversions_with(ConversionStatus.FROZEN)
    signed_after = (
        and_(
            or_(col(CredentialRow.kid) == one.kid, col(CredentialRow.jwt_kid) == one.kid),
            col(CredentialRow.entry_index) >= one.from_index,
        )
        for one in cut_offs(connection)
    )
    return or_(
        col(CredentialRow.outcome_id).in_(outcomes_with(OutcomeStatus.SUSPENDED)),
        col(CredentialRow.application_id).in_(applications_of_any(frozen)),
        *signed_after,
    )


def revoked_urns(connection: Connection) -> list[str]:
    """Give the URN of every credential whose revocation bit is set, in an order that says nothing.

    A credential whose `id` is its link has one too, which stands in no document.
    """
    hashed = col(CredentialRow.token_hash)
    found = connection.scalars(select(hashed).where(_revoked()).distinct().order_by(hashed))
    return [hash_urn(one) for one in found]


def set_bits_of(
    connection: Connection,
    place: tuple[SQLColumnExpression[int | None], SQLColumnExpression[int | None]],
    number: int,
    is_set: ColumnElement[bool],
) -> frozenset[int] | None:
    """Give the places whose bit is set in a list, None where there is no such list.

    `place` are the columns that say the list and the index of what has its bit there; the first
    list is always there.
    """
    in_list = place[0] == number
    if connection.scalar(select(place[1]).where(in_list).limit(1)) is None:
        return frozenset() if number == 1 else None
    found = connection.scalars(select(place[1]).where(in_list, is_set))
    return frozenset(one for one in found if one is not None)


_PLACE = (col(CredentialRow.status_list), col(CredentialRow.status_index))

CREDENTIAL_LISTS = (
    ListSource(
        family="revocation",
        purpose=StatusPurpose.REVOCATION,
        newest=newest_number,
        set_bits=lambda connection, number: set_bits_of(connection, _PLACE, number, _revoked()),
    ),
    ListSource(
        family="suspension",
        purpose=StatusPurpose.SUSPENSION,
        newest=newest_number,
        set_bits=lambda connection, number: set_bits_of(
            connection, _PLACE, number, _suspended(connection)
        ),
    ),
)
"""The lists of credentials; the first of each is always there."""
