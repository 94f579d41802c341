"""Decide a conversion anew with the outcomes as they stand now, as if it had not been made.

What it used, filled and was counted for is left out of what is known, so that it is compared with
nothing but what all others hold today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Connection

from creditbank.applications.show import applied_so_far, opened_applications
from creditbank.conversion.amounts import Credits
from creditbank.conversion.decision import Grant
from creditbank.conversion.filing import FilledTarget, Use
from creditbank.conversion.plan import CountedCredit
from creditbank.credits.counted import counted_by, standing
from creditbank.credits.queries import grants_of
from creditbank.credits.recognise import RecogniseCredit
from creditbank.credits.request import ByPersons, Knowledge, Request
from creditbank.credits.reversal import Standing
from creditbank.credits.show import open_conversion
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import fields_of
from creditbank.outcomes.chains import with_superseding

PlaceT = TypeVar("PlaceT")
MadeT = TypeVar("MadeT", Use, FilledTarget)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redecidable:
    """A conversion, what it granted, the same request with today's outcomes, and what is known."""

    standing: Standing
    granted: frozenset[Grant]
    command: RecogniseCredit
    known: Knowledge


def load_redecidable(
    connection: Connection, one: Standing, key: AccountKey, secrets: VaultSecrets
) -> Redecidable:
    """Load what deciding a conversion anew takes; raises `SealBroken`."""
    conversion = one.conversion
    opened = open_conversion(conversion, key)
    filing, filed_as = opened.filing, fields_of(opened.statement).get("filed_as")
    chains = with_superseding(connection, [outcome.id for outcome in filing.outcomes])
    found = (replace(each, outcome=chains[each.outcome][-1]) for each in filing.findings)
    by_persons = None
    if filed_as is not None:
        by_persons = ByPersons(
            filing_id=str(filed_as), rule_sha256=conversion.rule_sha256, findings=tuple(found)
        )
    command = RecogniseCredit(
        key=key,
        secrets=secrets,
        request=Request(
            rule_id=conversion.rule_id,
            outcome_ids=[chains[outcome.id][-1] for outcome in filing.outcomes],
            targets=filing.targets,
            received_on=filing.filed_on,
            enrolment_id=conversion.enrolment_id,
        ),
        by=conversion.decided_with,
        persons=by_persons,
        made_anew=True,
    )
    granted = frozenset(grants_of(connection, [conversion.id])[conversion.id])
    known = RecogniseCredit.load(connection, [command])
    return Redecidable(
        standing=one,
        granted=granted,
        command=command,
        known=replace(
            known,
            uses=_others(known.uses, conversion.entry_index),
            filled=_others(known.filled, conversion.entry_index),
            recognised=_less(known, one, granted),
            counted=_counted(connection, one, key),
            applied=_applied(connection, one, key),
        ),
    )


def _less(known: Knowledge, one: Standing, granted: frozenset[Grant]) -> dict[Any, Credits]:
    """Give what each rule gave, less what this conversion did; one in conflict is not in it."""
    conversion = one.conversion
    if one.is_in_conflict:
        return dict(known.recognised)
    place = (conversion.account_id, conversion.rule_id, conversion.scope)
    before = known.recognised.get(place, Credits(milli=0)).milli
    own = sum(grant.credits.milli for grant in granted)
    return {**known.recognised, place: Credits(milli=before - own)}


def _counted(
    connection: Connection, one: Standing, key: AccountKey
) -> dict[str, list[CountedCredit]]:
    enrolment = one.conversion.enrolment_id
    if enrolment is None:
        return {}
    counted = standing(counted_by(connection, [enrolment], [key]), enrolment)
    others = [each for each in counted if each.conversion.id != one.conversion.id]
    return {enrolment: [credit for each in others for credit in each.credit]}


def _applied(
    connection: Connection, one: Standing, key: AccountKey
) -> dict[str, list[CountedCredit]]:
    """Give what is applied to the enrolment, less what of this conversion is."""
    enrolment = one.conversion.enrolment_id
    if enrolment is None:
        return {}
    opened = opened_applications(connection, [enrolment], [key])
    others = [each for each in opened if each.stored.conversion_id != one.conversion.id]
    return {enrolment: applied_so_far(others, enrolment)}


def _others(known: Mapping[PlaceT, Sequence[MadeT]], entry: int) -> dict[PlaceT, list[MadeT]]:
    """Leave out what the conversion at an index of the ledger used or filled."""
    return {place: [each for each in some if each.entry != entry] for place, some in known.items()}
