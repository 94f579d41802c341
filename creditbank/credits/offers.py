"""Recognised credit that is not applied: what of it fits now is offered, never applied by itself.

Room comes with a reversal, with what a school does not enter, or with another plan.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.applications.show import (
    applied_by_conversion,
    applied_so_far,
    opened_applications,
)
from creditbank.catalogue.enrolled_plans import EnrolledPlan, find_enrolled_plans
from creditbank.conversion.application import ApplicationInputs, apply_inputs, left_of
from creditbank.conversion.apply import Application
from creditbank.conversion.plan import CountedCredit
from creditbank.credits.apply_inputs import inputs_of
from creditbank.credits.counted import CountedBy, counted_by, standing
from creditbank.credits.queries import StoredConversion
from creditbank.credits.request import active_enrolment
from creditbank.keystore.account_key import AccountKey
from creditbank.rules.queries import StoredRule, rules_by_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A conversion of which credit is not applied: what is left, and what of it fits now."""

    conversion: StoredConversion
    rule: StoredRule
    inputs: ApplicationInputs
    fits: Application


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledCredit:
    """All that was recognised for enrolments and applied to them, as the ledger has it."""

    enrolled: Mapping[str, EnrolledPlan]
    counted: Sequence[CountedBy]
    rules: Mapping[str, StoredRule]
    applied: Mapping[str, Sequence[CountedCredit]]
    """What is applied, by enrolment."""
    applied_of: Mapping[str, Sequence[CountedCredit]]
    """What is applied, by conversion."""

    def after(self, offer: Offer) -> Self:
        """Give how things stand once what fits of an offer is applied."""
        conversion, enrolment = offer.conversion.id, offer.conversion.enrolment_id or ""
        credit = offer.fits.applied
        return replace(
            self,
            applied={**self.applied, enrolment: [*self.applied.get(enrolment, ()), *credit]},
            applied_of={
                **self.applied_of,
                conversion: [*self.applied_of.get(conversion, ()), *credit],
            },
        )

    def offer(self, enrolment_id: str, conversion_id: str) -> Offer | None:
        """Give what is left of one conversion that stands; None where nothing is left of it."""
        every = self.offers(enrolment_id)
        return next((one for one in every if one.conversion.id == conversion_id), None)

    def offers(self, enrolment_id: str) -> Iterator[Offer]:
        """Give what is left of each conversion for an enrolment, in the order of the ledger."""
        enrolled = self.enrolled[enrolment_id]
        so_far = self.applied.get(enrolment_id, ())
        for one in standing(self.counted, enrolment_id):
            left = list(left_of(one.granted, self.applied_of.get(one.conversion.id, ())))
            if left:
                rule = self.rules[one.conversion.rule_sha256]
                inputs = inputs_of(enrolled, rule.document.rule, left, so_far)
                yield Offer(
                    conversion=one.conversion,
                    rule=rule,
                    inputs=inputs,
                    fits=apply_inputs(inputs),
                )


def load_credit(
    connection: Connection, enrolment_ids: Sequence[str], keys: Sequence[AccountKey]
) -> EnrolledCredit:
    """Load what was recognised for these enrolments and applied to them."""
    counted = counted_by(connection, enrolment_ids, keys)
    applications = opened_applications(connection, enrolment_ids, keys)
    return EnrolledCredit(
        enrolled=find_enrolled_plans(connection, enrolment_ids),
        counted=counted,
        applied={one: applied_so_far(applications, one) for one in enrolment_ids},
        applied_of=applied_by_conversion(applications),
        rules=rules_by_hash(connection, {one.conversion.rule_sha256 for one in counted}),
    )


def offers_to(connection: Connection, key: AccountKey, enrolment_id: str) -> list[Offer]:
    """Give what is left to apply in an active enrolment of the account of this key.

    Raises a `Refusal`: "enrolment-unknown", "enrolment-not-active".
    """
    credit = load_credit(connection, [enrolment_id], [key])
    active_enrolment(credit.enrolled, enrolment_id, key.account_id)
    return list(credit.offers(enrolment_id))
