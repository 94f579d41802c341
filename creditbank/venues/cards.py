"""Printed cards 打卡证: a code on paper for those without a phone; a lost one is ended at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

import orjson
from sqlalchemy import Connection, update
from sqlmodel import col

from certificates.token import new_token
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import account_states
from creditbank.venues.code_text import card_hash
from creditbank.venues.queries import StoredCard, cards_of, find_cards
from creditbank.venues.tables import CardRow
from creditbank.writer.command import Decision, Moment

CARDS_MAX = 5
"""How many cards of one learner hold at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The states of accounts, and how many cards of each hold."""

    accounts: dict[str, str]
    held: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCard:
    """Ask for a printed card of one account."""

    key: AccountKey

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the accounts that these commands name, and their cards."""
        named = {one.key.account_id for one in commands}
        held = dict.fromkeys(named, 0)
        for card in cards_of(connection, named):
            held[card.account_id] += card.ended_at is None
        return State(accounts=account_states(connection, named), held=held)

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Make it; the answer is its id.

        Raises `Refusal`: "account-not-in-use", "cards-too-many".
        """
        account_id = self.key.account_id
        require_in_use(state.accounts.get(account_id))
        if state.held[account_id] >= CARDS_MAX:
            raise Refusal("cards-too-many", most=CARDS_MAX)
        card_id, code = moment.entropy(16).hex(), new_token(moment.entropy)
        made_at = int(moment.now.timestamp())
        content = orjson.dumps({"code": code, "made_at": made_at})
        row = {
            "id": card_id,
            "code_hash": card_hash(code),
            "account_id": account_id,
            "made_at": made_at,
            "ended_at": None,
            "sealed_code": self.key.seal(card_place(card_id), content, moment.entropy),
        }
        held = {**state.held, account_id: state.held[account_id] + 1}
        return Decision(
            answer=card_id,
            state=State(accounts=state.accounts, held=held),
            rows={CardRow: [row]},
        )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep the card's id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCard:
    """Ask that a card check in nobody from now on; ending it again changes nothing."""

    card_id: str
    account_ids: Collection[str] | None
    """Whose card it must be, by all accounts of one person; None for staff at the counter."""

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> dict[str, StoredCard]:
        """Load the cards that these commands name."""
        return find_cards(connection, {one.card_id for one in commands})

    def decide(
        self, state: dict[str, StoredCard], moment: Moment
    ) -> Decision[dict[str, StoredCard], None]:
        """End it; raises `Refusal("card-unknown")`."""
        card = state.get(self.card_id)
        if card is None or card.account_id not in (self.account_ids or {card.account_id}):
            raise Refusal("card-unknown")
        ended = (
            update(CardRow)
            .where(col(CardRow.id) == self.card_id, col(CardRow.ended_at).is_(None))
            .values(ended_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[ended])


def card_place(card_id: str) -> bytes:
    """Name the place of a card's sealed code."""
    return place(str(CardRow.__tablename__), card_id, "sealed_code")


def card_code(card: StoredCard, key: AccountKey) -> str:
    """Open the code of a card; raises `SealBroken`."""
    opened = orjson.loads(key.open(card_place(card.id), card.sealed_code))
    return str(opened["code"])
