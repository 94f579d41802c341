"""Why a credential no longer holds, as the bank knows it this moment."""

from sqlalchemy import Connection

from creditbank.applications.queries import find_applications
from creditbank.applications.status import STANDING as APPLIED
from creditbank.credentials.key_events import cut_offs
from creditbank.credentials.queries import StoredCredential
from creditbank.credits.queries import find_conversions
from creditbank.credits.status import ConversionStatus
from creditbank.outcomes.queries import find_outcomes, superseding_outcomes
from creditbank.outcomes.status import OutcomeStatus
from creditbank.verification.report import Reason, Successor


def reason_of(connection: Connection, stored: StoredCredential) -> Reason | None:
    """Give why it no longer holds, None while it does; what was taken back comes first."""
    reason = _of_achievement(connection, stored)
    if reason not in {None, Reason.SUSPENDED}:
        return reason
    return Reason.SUSPENDED if _is_cut_off(connection, stored) else reason


def successor_of(connection: Connection, stored: StoredCredential) -> Successor | None:
    """Give the entry of the outcome that corrects the one that it is of, if there is one."""
    later = superseding_outcomes(connection, [stored.outcome_id] if stored.outcome_id else [])
    found = find_outcomes(connection, {*later.keys(), *later.values()})
    for old, new in later.items():
        return Successor(index=found[old].entry_index, superseded_by=found[new].entry_index)
    return None


def _of_achievement(connection: Connection, stored: StoredCredential) -> Reason | None:
    if stored.outcome_id is not None:
        status = find_outcomes(connection, [stored.outcome_id])[stored.outcome_id].status
        return None if status == OutcomeStatus.ACTIVE else Reason(status)
    if stored.application_id is None:
        return None if stored.ended_at is None else Reason.SHARE_ENDED
    application_id = stored.application_id
    application = find_applications(connection, [application_id])[application_id]
    if application.status not in APPLIED:
        return Reason.REVOKED
    used = application.conversion_id
    conversion = find_conversions(connection, [used])[used]
    return Reason.SUSPENDED if conversion.status == ConversionStatus.FROZEN else None


def _is_cut_off(connection: Connection, stored: StoredCredential) -> bool:
    """Say whether a key that signed it was stolen, and it was signed after that."""
    return any(
        one.kid in {stored.kid, stored.jwt_kid} and stored.entry_index >= one.from_index
        for one in cut_offs(connection)
    )
