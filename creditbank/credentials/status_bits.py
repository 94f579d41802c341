"""Which status bits are set: read from how outcomes and applications stand, never kept twice."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, func, or_, select
from sqlmodel import col

from certificates.status_list import StatusPurpose
from creditbank.applications.status import (
    ApplicationStatus,
    applications_of_any,
    applications_with,
)
from creditbank.credentials.tables import CredentialRow
from creditbank.credits.status import ConversionStatus, conversions_with
from creditbank.outcomes.status import ENDED, OutcomeStatus, outcomes_with


def _revoked() -> ColumnElement[bool]:
    """Say of which credentials the achievement stands no more, or the holder is erased."""
    ended = outcomes_with(OutcomeStatus.SUPERSEDED, *ENDED)
    undone = applications_with(ApplicationStatus.DECLINED, ApplicationStatus.REVERSED)
    return or_(
        col(CredentialRow.outcome_id).in_(ended),
        col(CredentialRow.application_id).in_(undone),
        func.length(col(CredentialRow.sealed_document)) == 0,
    )


def _suspended() -> ColumnElement[bool]:
    frozen = conversions_with(ConversionStatus.FROZEN)
    return or_(
        col(CredentialRow.outcome_id).in_(outcomes_with(OutcomeStatus.SUSPENDED)),
        col(CredentialRow.application_id).in_(applications_of_any(frozen)),
    )


_SETTING: Mapping[StatusPurpose, ColumnElement[bool]] = MappingProxyType(
    {StatusPurpose.REVOCATION: _revoked(), StatusPurpose.SUSPENSION: _suspended()}
)


def set_bits(connection: Connection, purpose: StatusPurpose, number: int) -> frozenset[int]:
    """Give the places whose bit is set in this list today."""
    wanted = select(col(CredentialRow.status_index)).where(
        col(CredentialRow.status_list) == number, _SETTING[purpose]
    )
    return frozenset(connection.scalars(wanted))


def list_exists(connection: Connection, number: int) -> bool:
    """Say whether any credential has its place in this list; the first list is always there."""
    wanted = select(col(CredentialRow.id)).where(col(CredentialRow.status_list) == number).limit(1)
    return number == 1 or connection.scalar(wanted) is not None
