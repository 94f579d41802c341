"""Outcomes as rules see them: opened with their learner's key, with the unit behind each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import definitions_by_id
from creditbank.conversion.alike import with_title
from creditbank.conversion.amounts import ClassHours, StudyTime
from creditbank.conversion.filing import Outcome, Use
from creditbank.credits.units import Unit, unit_of, unit_tag
from creditbank.institutions.history import History
from creditbank.institutions.queries import find_with_all_above
from creditbank.institutions.tree import standing_above
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import open_fields
from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.status import OutcomeStatus
from ledger.statement import JSONValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An outcome of the account that offers it, the unit that using it uses up, and its tag."""

    outcome: Outcome
    account_id: str
    unit: Unit
    tag: bytes

    def used_by(self, uses: Mapping[bytes, Sequence[Use]]) -> Outcome:
        """Give the outcome with what earlier conversions used of its unit."""
        ordered = sorted(uses.get(self.tag, ()), key=lambda use: (use.entry, use.start))
        return replace(self.outcome, uses=tuple(ordered))


def load_offered(
    connection: Connection,
    ids: Collection[str],
    holders: Mapping[str, tuple[AccountKey, VaultSecrets]],
) -> dict[str, Offered]:
    """Load those of these outcomes that lie in the accounts of these holders, by id."""
    stored = find_outcomes(connection, ids)
    definitions = definitions_by_id(connection, {one.definition_id for one in stored.values()})
    institutions = find_with_all_above(connection, {one.institution_id for one in stored.values()})
    return {
        one.id: open_outcome(one, definitions[one.definition_id], institutions, *holder)
        for one in stored.values()
        if (holder := holders.get(one.account_id)) is not None
    }


def open_outcome(
    stored: StoredOutcome,
    definition: Definition,
    institutions: Mapping[str, History],
    key: AccountKey,
    secrets: VaultSecrets,
) -> Offered:
    """Open an outcome's statement; raises `SealBroken` under another account's key."""
    stated = open_fields(key, "outcome", stored.id, stored.sealed_statement)
    unit = unit_of(stored, stated)
    tag = unit_tag(secrets, unit)
    outcome = outcome_of(stored, stated, definition, group=tag.hex())
    outcome = under_institutions(outcome, institutions)
    return Offered(outcome=outcome, account_id=stored.account_id, unit=unit, tag=tag)


def under_institutions(outcome: Outcome, histories: Mapping[str, History]) -> Outcome:
    """Give an outcome with who stood above its provider on the last day it can be awarded on."""
    above = standing_above(histories, outcome.provider, outcome.awarded_last)
    return replace(outcome, provider_above=above)


def outcome_of(
    stored: StoredOutcome,
    stated: Mapping[str, JSONValue],
    definition: Definition,
    *,
    group: str,
) -> Outcome:
    """Give an outcome as rules see it, by what it states and what the catalogue says of it.

    Who stands above its provider is added by `under_institutions`.
    """
    series = stated.get("certificate_series")
    awarded = PartialDate.parse(str(stated["awarded_on"]), today=date.max)
    outcome = Outcome(
        id=stored.id,
        group=group,
        is_active=stored.status == OutcomeStatus.ACTIVE,
        outcome_class=stored.outcome_class,
        provider=stored.institution_id,
        course=definition.code,
        awarded_first=awarded.first_day,
        awarded_last=awarded.last_day,
        certificate_series=None if series is None else str(series),
        value=definition.credits,
        class_hours=None if stored.class_hours is None else ClassHours(milli=stored.class_hours),
        hours=None if stored.minutes is None else StudyTime(minutes=stored.minutes),
        level_framework=definition.level_framework,
        level=definition.level,
        grade=_text(stated.get("grade")),
        grade_scale=_text(stated.get("grade_scale")),
        assurance=_text(stated.get("assurance")),
    )
    return with_title(outcome, str(stated["title"]), _text(stated.get("term")))


def _text(fact: JSONValue) -> str | None:
    return None if fact is None else str(fact)
