"""Accept an offer: have what fits of a conversion's credit applied to its enrolment, as asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.applications.apply import ToApply, apply_conversion
from creditbank.credits.offers import EnrolledCredit, Offer, load_credit
from creditbank.credits.request import active_enrolment
from creditbank.errors import FieldProblem, ReasonedRefusal, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import account_states
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What is known of the credit that commands name, and the states of their holders."""

    credit: EnrolledCredit
    states: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer:
    """Ask that what fits of a conversion be applied to its enrolment.

    `key` is that of the account that both are of, `holder_id` the account that goes on for it.
    """

    key: AccountKey
    holder_id: str
    conversion_id: str
    enrolment_id: str
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Offered:
        """Load what these commands name; the head is locked, so nothing slips between."""
        enrolments = sorted({command.enrolment_id for command in commands})
        return Offered(
            credit=load_credit(connection, enrolments, [one.key for one in commands]),
            states=account_states(connection, {command.holder_id for command in commands}),
        )

    def decide(self, state: Offered, moment: Moment) -> Decision[Offered, str]:
        """Apply what fits; the answer is the application's id.

        Raises a `Refusal`: "account-not-in-use", "enrolment-unknown", "enrolment-not-active",
        "offer-unknown" where nothing is left of the conversion, and "nothing-applied" with every
        failing test where nothing fits.
        """
        require_in_use(state.states.get(self.holder_id))
        active_enrolment(state.credit.enrolled, self.enrolment_id, self.key.account_id)
        offer = state.credit.offer(self.enrolment_id, self.conversion_id)
        if offer is None:
            raise Refusal("offer-unknown")
        applied = apply_conversion(self.key, self._asked(offer, state), moment)
        if applied.application_id is None:
            raise _refusal(offer)
        return Decision(
            answer=applied.application_id,
            state=replace(state, credit=state.credit.after(offer)),
            rows=applied.rows,
            leaves=applied.leaves,
        )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep the application's id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result

    def _asked(self, offer: Offer, state: Offered) -> ToApply:
        return ToApply(
            conversion_id=offer.conversion.id,
            conversion_index=offer.conversion.entry_index,
            rule_sha256=offer.rule.sha256,
            enrolled=state.credit.enrolled[self.enrolment_id],
            inputs=offer.inputs,
            by=self.by,
        )


def _refusal(offer: Offer) -> ReasonedRefusal:
    failed = (line for line in offer.fits.trace if not line.has_passed)
    problems = [
        FieldProblem(field=line.subject or "application", code=line.code, facts=line.shown)
        for line in failed
    ]
    return ReasonedRefusal("nothing-applied", problems)
