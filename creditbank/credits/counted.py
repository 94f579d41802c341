"""What was recognised for an enrolment already, as caps count it."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import Connection

from creditbank.conversion.apply import Applying, credit_granted
from creditbank.conversion.plan import CountedCredit
from creditbank.credits.conflicts import in_conflict
from creditbank.credits.queries import StoredConversion, conversions_for_enrolments
from creditbank.credits.show import OpenedConversion, open_conversion
from creditbank.credits.status import HOLDING
from creditbank.keystore.account_key import AccountKey, SealBroken
from ledger.errors import LedgerError


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedBy:
    """Credit that a conversion recognised for an enrolment."""

    conversion: StoredConversion
    granted: tuple[Applying, ...]
    is_in_conflict: bool = False

    @property
    def credit(self) -> tuple[CountedCredit, ...]:
        """The same as caps count it."""
        return tuple(one.credit for one in self.granted)


def counted_by(
    connection: Connection, enrolment_ids: Collection[str], keys: Iterable[AccountKey]
) -> list[CountedBy]:
    """Give what each conversion for these enrolments recognised, in the order of the ledger.

    Reversed ones are among them; those of accounts without a key here are not.
    """
    by_account = {key.account_id: key for key in keys}
    made = conversions_for_enrolments(connection, enrolment_ids)
    conflicts = in_conflict(connection, [one.id for one in made])
    return [
        CountedBy(
            conversion=stored,
            granted=_granted_by(open_conversion(stored, key)),
            is_in_conflict=stored.id in conflicts,
        )
        for stored in made
        if (key := by_account.get(stored.account_id)) is not None
    ]


def readable_counted(
    connection: Connection, enrolment_ids: Collection[str], keys: Iterable[AccountKey]
) -> list[CountedBy]:
    """Give the same, leaving out what does not open: an audit names that where it belongs."""
    by_account = {key.account_id: key for key in keys}
    found: list[CountedBy] = []
    for stored in conversions_for_enrolments(connection, enrolment_ids):
        with suppress(SealBroken, LedgerError, ValidationError, KeyError):
            opened = open_conversion(stored, by_account[stored.account_id])
            found.append(CountedBy(conversion=stored, granted=_granted_by(opened)))
    return found


def standing(counted: Iterable[CountedBy], enrolment_id: str) -> list[CountedBy]:
    """Give those of the conversions that stand, in no conflict, and are for an enrolment."""
    return [
        one
        for one in counted
        if one.conversion.enrolment_id == enrolment_id
        and one.conversion.status in HOLDING
        and not one.is_in_conflict
    ]


def _granted_by(opened: OpenedConversion) -> tuple[Applying, ...]:
    return tuple(credit_granted(opened.filing, opened.decision, opened.stored.rule_id))
