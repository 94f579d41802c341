"""Create a learning pass: the citizen picks outcomes and an expiry, the bank signs."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Self

from sqlalchemy import Connection

from certificates.issue import issue_pass
from certificates.pass_claims import PASS_ID_BYTES, PassClaims
from certificates.status_list import BITS
from certificates.token import new_token, token_hash
from creditbank.access.passwords import hash_pin
from creditbank.credentials.places import Places
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import place
from creditbank.passes.choose import Choice, Choosable, find_choosable
from creditbank.passes.status_bits import newest_places
from creditbank.passes.tables import PassOutcomeRow, PassRow
from creditbank.writer.command import Decision, Moment

LIFETIME_MAX = timedelta(days=180)
"""As long as an application or a search for work takes; a holder makes a new one, or a grant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The outcomes that passes are wanted of, who wants them, and the next place in a list."""

    known: Choosable
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePass(Choice):
    """Ask for a pass over what was chosen."""

    audience: str | None = None
    pin: str | None = field(default=None, repr=False)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the outcomes that these commands name."""
        known = find_choosable(connection, commands)
        installation = known.installation
        formers = () if installation is None else installation.formers
        return State(known=known, places=newest_places(connection, formers))

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Sign the pass; the answer is its id, and `passes.show` opens it.

        Raises a `Refusal` for outcomes of others or that no longer stand, for past dates, for an
        account that is not in use, and in a process that was started before the bank moved.
        """
        self.require_sound(state.known, audience=self.audience)
        if not moment.now < self.expires_at <= moment.now + LIFETIME_MAX:
            raise InvalidInput([FieldProblem(field="expires_at", code="expiry-out-of-range")])
        pass_id, token = moment.entropy(PASS_ID_BYTES), new_token(moment.entropy)
        number, index, places = state.places.draw(moment.entropy)
        claims = self.claims(
            state.known,
            moment,
            pass_id=pass_id,
            audience=self.audience,
            status_place=number * BITS + index,
        )
        row = self._row(token, claims, moment)
        return Decision(
            answer=pass_id.hex(),
            state=replace(state, places=places),
            rows={
                PassRow: [row],
                PassOutcomeRow: [
                    {"pass_id": pass_id.hex(), "outcome_id": outcome_id}
                    for outcome_id in self.outcome_ids
                ],
            },
        )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep the pass's id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result

    def _row(self, token: str, claims: PassClaims, moment: Moment) -> dict[str, object]:
        pass_id = claims.pass_id.hex()

        def seal(column: str, content: bytes) -> bytes:
            at = place(str(PassRow.__tablename__), pass_id, column)
            return self.key.seal(at, content, moment.entropy)

        return {
            "id": pass_id,
            "token_hash": token_hash(token),
            "account_id": self.key.account_id,
            "issued_at": int(claims.issued_at.timestamp()),
            "expires_at": int(claims.expires_at.timestamp()),
            "ended_at": None,
            "pin_hash": None if self.pin is None else hash_pin(self.pin, moment.entropy),
            **place_in_list(claims),
            "sealed_token": seal("sealed_token", token.encode()),
            "sealed_document": seal("sealed_document", issue_pass(claims, self.signing_key)),
        }


def place_in_list(claims: PassClaims) -> dict[str, int | None]:
    """Give list and index of a pass's status bit, None for a pass of before there were lists."""
    if claims.status_place is None:
        return {"status_list": None, "status_index": None}
    number, index = divmod(claims.status_place, BITS)
    return {"status_list": number, "status_index": index}
