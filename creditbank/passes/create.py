"""Create a learning pass: the citizen picks outcomes and an expiry, the bank signs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self, cast

from sqlalchemy import Connection

from certificates.issue import issue_pass
from certificates.keys import SigningKey
from certificates.pass_claims import OUTCOMES_MAX, PASS_ID_BYTES, PassClaims, PassOutcome
from certificates.status_list import BITS
from certificates.token import new_token, token_hash
from creditbank.access.passwords import hash_pin
from creditbank.conversion.amounts import ClassHours, Credits
from creditbank.credentials.places import Places
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.installation.found import find_installation
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.status import OutcomeStatus
from creditbank.outcomes.texts import text_problem
from creditbank.passes.status_bits import newest_places
from creditbank.passes.tables import PassOutcomeRow, PassRow
from creditbank.writer.command import Decision, Moment
from ledger.statement import JSONValue

LIFETIME_MAX = timedelta(days=180)
"""As long as an application or a search for work takes; a holder makes a new one, or a grant."""
OPTIONAL_FIELDS = frozenset(
    {
        "awarded_on",
        "grade",
        "grade_scale",
        "credits",
        "minutes",
        "class_hours",
        "title_en",
        "provider_en",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The outcomes that passes are wanted of, who wants them, and the next place in a list."""

    outcomes: Mapping[str, StoredOutcome]
    accounts: Mapping[str, StoredAccount]
    places: Places
    issuer_did: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePass:
    """Ask for a pass over these outcomes of one person, showing `shown` of the optional fields.

    `others` are the keys of accounts that were merged into hers, by account.
    """

    key: AccountKey
    outcome_ids: Sequence[str]
    expires_at: datetime
    issuer: str
    signing_key: SigningKey
    shown: Collection[str] = OPTIONAL_FIELDS
    holder: str | None = None
    purpose: str | None = None
    audience: str | None = None
    pin: str | None = field(default=None, repr=False)
    others: Mapping[str, AccountKey] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the outcomes that these commands name."""
        named = {outcome_id for command in commands for outcome_id in command.outcome_ids}
        holders = {command.key.account_id for command in commands}
        holders.update(one for command in commands for one in command.others)
        installation = find_installation(connection)
        return State(
            outcomes=find_outcomes(connection, named),
            accounts=find_accounts(connection, holders),
            places=newest_places(connection, () if installation is None else installation.formers),
            issuer_did=None if installation is None else installation.issuer_did,
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Sign the pass; the answer is its id, and `passes.show` opens it.

        Raises a `Refusal` for outcomes of others or that no longer stand, for past dates, for an
        account that is not in use, and in a process that was started before the bank moved.
        """
        if state.issuer_did != self.issuer:
            raise Refusal("issuer-moved")
        account = state.accounts.get(self.key.account_id)
        require_in_use(None if account is None else account.state)
        self._require_sound(state, moment)
        pass_id, token = moment.entropy(PASS_ID_BYTES), new_token(moment.entropy)
        number, index, places = state.places.draw(moment.entropy)
        claims = PassClaims(
            issuer=self.issuer,
            log=moment.log,
            pass_id=pass_id,
            issued_at=moment.now.replace(microsecond=0),
            expires_at=self.expires_at.replace(microsecond=0),
            holder=self.holder,
            purpose=self.purpose,
            audience=self.audience,
            status_place=number * BITS + index,
            outcomes=tuple(
                self._shown(state.outcomes[outcome_id]) for outcome_id in self.outcome_ids
            ),
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

    def _require_sound(self, state: State, moment: Moment) -> None:
        known, hers = state.outcomes, self._accounts(state)
        if len(set(self.outcome_ids)) != len(self.outcome_ids):
            raise InvalidInput([FieldProblem(field="outcomes", code="outcomes-duplicated")])
        own = [
            outcome_id
            for outcome_id in self.outcome_ids
            if outcome_id in known
            and known[outcome_id].account_id in hers
            and known[outcome_id].status == OutcomeStatus.ACTIVE
        ]
        if not 0 < len(own) == len(self.outcome_ids) <= OUTCOMES_MAX:
            raise Refusal("pass-outcomes-wrong")
        texts = {"purpose": self.purpose, "audience": self.audience, "holder": self.holder}
        found = [text_problem(name, text) for name, text in texts.items() if text is not None]
        if problems := [one for one in found if one is not None]:
            raise InvalidInput(problems)
        unknown = sorted(set(self.shown) - OPTIONAL_FIELDS)
        if unknown:
            facts = {"known": tuple(sorted(OPTIONAL_FIELDS))}
            raise InvalidInput([FieldProblem(field="shown", code="shown-unknown", facts=facts)])
        if not moment.now < self.expires_at <= moment.now + LIFETIME_MAX:
            raise InvalidInput([FieldProblem(field="expires_at", code="expiry-out-of-range")])

    def _accounts(self, state: State) -> set[str]:
        """Give her account and those that are merged into it still."""
        merged = {
            one
            for one in self.others
            if one in state.accounts and state.accounts[one].merged_into == self.key.account_id
        }
        return {self.key.account_id, *merged}

    def _shown(self, outcome: StoredOutcome) -> PassOutcome:
        key = self.others.get(outcome.account_id, self.key)
        statement = open_statement(key, "outcome", outcome.id, outcome.sealed_statement)
        stated = fields_of(statement)
        return pass_outcome(outcome.entry_index, stated, self.shown)

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


def pass_outcome(
    index: int, stated: Mapping[str, JSONValue], shown: Collection[str]
) -> PassOutcome:
    """Give what a pass shows of a statement: title, provider, class, result, and what is chosen."""

    def text(name: str, field: str | None = None) -> str | None:
        is_shown = name not in OPTIONAL_FIELDS or name in shown
        return cast("str | None", stated.get(field or name)) if is_shown else None

    posted_credits, hours = text("credits"), text("class_hours")
    minutes = stated.get("minutes") if "minutes" in shown else None
    return PassOutcome(
        index=index,
        title=str(stated["title"]),
        title_en=text("title_en"),
        provider=str(stated["provider"]),
        provider_en=text("provider_en"),
        outcome_class=str(stated["class"]),
        awarded_on=text("awarded_on"),
        result=str(stated["result"]),
        grade=text("grade"),
        grade_scale=text("grade_scale"),
        credits=None if posted_credits is None else Credits.parse(posted_credits).milli,
        minutes=cast("int | None", minutes),
        class_hours=None if hours is None else ClassHours.parse(hours).milli,
    )
