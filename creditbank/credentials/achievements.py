"""What a credential can be of: an outcome, or credit that a school entered."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial

from sqlalchemy import Connection

from certificates.open_badge import Badge
from creditbank.applications.queries import find_applications, find_entries
from creditbank.applications.show import open_application
from creditbank.applications.status import ApplicationStatus
from creditbank.catalogue.enrol import find_enrolments
from creditbank.catalogue.levels import frameworks_by_id
from creditbank.catalogue.programmes import find_programmes
from creditbank.catalogue.queries import definitions_by_id
from creditbank.credentials.badge import Achieved, Issue, badge_of_outcome
from creditbank.credentials.credit_badge import Entered, badge_of_application
from creditbank.credentials.issuer import CredentialIssuer
from creditbank.errors import Refusal
from creditbank.institutions.queries import find_institutions
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import open_fields
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.standing import Fields, validity_ends
from creditbank.outcomes.status import OutcomeStatus


class CredentialKind(StrEnum):
    """What a credential is of."""

    OUTCOME = "outcome"  # 学习成果
    APPLICATION = "application"  # 已入册的认定学分


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """One thing that a credential can be of; `refusal` says why there can be no badge of it now."""

    id: str
    account_id: str
    entry_index: int
    badge: Callable[[CredentialIssuer, Issue], Badge] | None
    refusal: Refusal | None = None


def load_achievements(
    connection: Connection,
    wanted: Mapping[CredentialKind, Collection[str]],
    keys: Mapping[str, AccountKey],
) -> dict[tuple[CredentialKind, str], Achievement]:
    """Open those of these achievements whose accounts' keys are at hand; raises `SealBroken`."""
    loads = {
        CredentialKind.OUTCOME: _outcomes,
        CredentialKind.APPLICATION: _applications,
    }
    return {
        (kind, one.id): one
        for kind, ids in wanted.items()
        for one in loads[kind](connection, ids, keys)
    }


def account_of(connection: Connection, kind: CredentialKind, achievement_id: str) -> str | None:
    """Give the account of an achievement, None where there is no such one."""
    if kind is CredentialKind.OUTCOME:
        outcome = find_outcomes(connection, [achievement_id]).get(achievement_id)
        return None if outcome is None else outcome.account_id
    application = find_applications(connection, [achievement_id]).get(achievement_id)
    return None if application is None else application.account_id


def _outcomes(
    connection: Connection, ids: Collection[str], keys: Mapping[str, AccountKey]
) -> list[Achievement]:
    found = find_outcomes(connection, ids).values()
    hers = {one.id: one for one in found if one.account_id in keys}
    stated = {name: _opened(one, keys[one.account_id]) for name, one in hers.items()}
    owners = {name: keys[one.account_id] for name, one in hers.items()}
    ends = validity_ends(connection, stated, owners)
    definitions = definitions_by_id(connection, {one.definition_id for one in hers.values()})
    frameworks = frameworks_by_id(connection)
    return [
        Achievement(
            id=one.id,
            account_id=one.account_id,
            entry_index=one.entry_index,
            badge=partial(
                badge_of_outcome,
                Achieved(
                    outcome=one,
                    stated=stated[one.id],
                    definition=definitions[one.definition_id],
                    frameworks=frameworks,
                    valid_until=ends.get(one.id),
                ),
            ),
            refusal=_not_standing(one),
        )
        for one in hers.values()
    ]


def _not_standing(outcome: StoredOutcome) -> Refusal | None:
    if outcome.status == OutcomeStatus.ACTIVE:
        return None
    return Refusal("outcome-not-active", status=outcome.status)


def _applications(
    connection: Connection, ids: Collection[str], keys: Mapping[str, AccountKey]
) -> list[Achievement]:
    found = find_applications(connection, ids).values()
    hers = [one for one in found if one.account_id in keys]
    entries = find_entries(connection, [one.id for one in hers])
    enrolments = find_enrolments(connection, {one.enrolment_id for one in hers if one.enrolment_id})
    programmes = find_programmes(connection, {one.programme_id for one in enrolments.values()})
    schools = find_institutions(connection, {one.institution_id for one in hers})
    made = []
    for one in hers:
        entry, enrolment = entries.get(one.id), enrolments.get(one.enrolment_id or "")
        badge = None
        if one.status == ApplicationStatus.ENTERED and entry is not None and enrolment is not None:
            day = date.fromisoformat(entry.entered_on)
            entered = Entered(
                opened=open_application(one, keys[one.account_id]),
                entered_on=day,
                programme=programmes[enrolment.programme_id],
                school=schools[one.institution_id].on(day),
            )
            badge = partial(badge_of_application, entered)
        made.append(
            Achievement(
                id=one.id,
                account_id=one.account_id,
                entry_index=one.entry_index,
                badge=badge,
                refusal=None if badge else Refusal("application-not-entered", state=one.status),
            )
        )
    return made


def _opened(outcome: StoredOutcome, key: AccountKey) -> Fields:
    return open_fields(key, "outcome", outcome.id, outcome.sealed_statement)
