"""Give a standing grant: a named employer may look at chosen outcomes, again and again.

A grant is the document of a pass, signed and sealed alike, that nobody carries: it has neither code
nor status bit, for the bank itself answers each look. It is a choice of what to show and states
nothing of learning, so it has no leaf.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from sqlalchemy import Connection

from certificates.issue import issue_pass
from certificates.pass_claims import PASS_ID_BYTES, PassClaims
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.grants.queries import document_place
from creditbank.grants.tables import GrantOutcomeRow, GrantRow
from creditbank.institutions.history import History, InstitutionKind
from creditbank.institutions.queries import find_institutions
from creditbank.passes.choose import Choice, Choosable, find_choosable
from creditbank.writer.command import Decision, Moment

LIFETIME_MIN = timedelta(days=1)
"""A look of today is what a pass is for; a grant is for looking again."""
LIFETIME_MAX = timedelta(days=3 * 365 + 1)
"""Three years, the usual term of a labour contract: whoever stays longer is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The outcomes that grants are wanted of, who gives them, and the employers."""

    known: Choosable
    employers: Mapping[str, History]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveGrant(Choice):
    """Ask that an employer may look at what was chosen, until it expires."""

    employer_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the outcomes and the institutions that these commands name."""
        named = {command.employer_id for command in commands}
        return State(
            known=find_choosable(connection, commands),
            employers=find_institutions(connection, named),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Sign and seal the grant; the answer is its id.

        Raises a `Refusal` as a pass does; `InvalidInput` also for what is no employer or has ended,
        and for a term that is not of `LIFETIME_MIN` to `LIFETIME_MAX`.
        """
        self.require_sound(state.known)
        employer = self._employer(state, moment)
        if not LIFETIME_MIN < self.expires_at - moment.now <= LIFETIME_MAX:
            facts = {"days_max": LIFETIME_MAX.days}
            problem = FieldProblem(field="expires_at", code="grant-term-out-of-range", facts=facts)
            raise InvalidInput([problem])
        grant_id = moment.entropy(PASS_ID_BYTES)
        claims = self.claims(state.known, moment, pass_id=grant_id, audience=employer)
        return Decision(
            answer=grant_id.hex(),
            state=state,
            rows={
                GrantRow: [self._row(claims, moment)],
                GrantOutcomeRow: [
                    {"grant_id": grant_id.hex(), "outcome_id": outcome_id}
                    for outcome_id in self.outcome_ids
                ],
            },
        )

    def _employer(self, state: State, moment: Moment) -> str:
        """Give the name that the employer has today."""
        today, found = civil_day(moment.now), state.employers.get(self.employer_id)
        if found is None or found.registered.kind != InstitutionKind.EMPLOYER:
            raise InvalidInput([FieldProblem(field="employer", code="employer-unknown")])
        if found.is_over(today):
            raise InvalidInput([FieldProblem(field="employer", code="institution-over")])
        return found.on(today).name

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep the grant's id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result

    def _row(self, claims: PassClaims, moment: Moment) -> dict[str, object]:
        grant_id = claims.pass_id.hex()
        document = issue_pass(claims, self.signing_key)
        at = document_place(grant_id, self.employer_id, moment.next_index)
        return {
            "id": grant_id,
            "account_id": self.key.account_id,
            "institution_id": self.employer_id,
            "given_at": int(claims.issued_at.timestamp()),
            "expires_at": int(claims.expires_at.timestamp()),
            "ended_at": None,
            "ledger_size": moment.next_index,
            "sealed_document": self.key.seal(at, document, moment.entropy),
        }
