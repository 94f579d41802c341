"""Deliver at least once: hand messages to endpoints, claim what is due, note what became of it.

An attempt is claimed by a commit before it is made, with a time after which it is made again:
whoever is killed in between loses nothing, and two processes rarely make the same one.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection, Executable, delete, update
from sqlmodel import SQLModel, col

from creditbank.webhooks.endpoint import Endpoint
from creditbank.webhooks.queries import (
    Delivery,
    due_deliveries,
    find_deliveries,
    live_endpoints,
)
from creditbank.webhooks.schedule import CHANCES, KEPT_FOR, seconds_before_next
from creditbank.webhooks.tables import WebhookDeliveryRow, WebhookEndpointRow
from creditbank.writer.command import Decision, Moment, Rows
from creditbank.writer.outbox import Message, sent_on, unsent_messages, without_old
from ledger.leaf import new_id

MESSAGES_AT_ONCE = 200
CLAIMED_FOR = timedelta(minutes=2)
"""After so long an attempt of which nobody noted anything is made again."""

_LOOKED_AT = 200
_CHANCE_BYTES = 4


class Answer(StrEnum):
    """What became of an attempt; a status is told by its class alone."""

    TAKEN = "taken"  # 2xx
    REDIRECTED = "redirected"  # 3xx; nothing is followed
    REFUSED = "refused"  # 4xx
    GONE = "gone"  # 410: it is not asked again
    FAILED = "failed"  # 5xx, or a status that there is not
    UNREACHABLE = "unreachable"  # nothing answered that speaks HTTP, in time
    WITHHELD = "withheld"  # not sent: what is stored is not what its institution asked for


FINAL = (Answer.GONE, Answer.WITHHELD)
"""After these nothing is tried again."""


def answer_of(status: int) -> Answer:
    """Give the answer that a status of HTTP is."""
    if status == 410:  # noqa: PLR2004 - Gone
        return Answer.GONE
    classes = {2: Answer.TAKEN, 3: Answer.REDIRECTED, 4: Answer.REFUSED}
    return classes.get(status // 100, Answer.FAILED)


def delivery_row(message: Message, endpoint_id: str, moment: Moment) -> dict[str, object]:
    """Give a message on its way to an endpoint, to be tried at once."""
    now = int(moment.now.timestamp())
    return {
        "id": new_id(moment.now, moment.entropy).hex(),
        "endpoint_id": endpoint_id,
        "institution_id": message.institution_id,
        "message_id": message.id,
        "kind": message.kind,
        "subject_id": message.subject_id,
        "facts": None if message.facts is None else dict(message.facts),
        "told_at": message.created_at,
        "created_at": now,
        "attempts": 0,
        "next_at": now,
        "tried_at": None,
        "answer": None,
        "delivered_at": None,
        "given_up_at": None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """Messages of which no endpoint was told, and the live endpoints by institution."""

    messages: Sequence[Message]
    endpoints: Mapping[str, Sequence[Endpoint]]


@dataclass(frozen=True, slots=True)
class SendOn:
    """Ask that the oldest messages be delivered to the endpoints that ask for their kind.

    An endpoint is told what came to be since it is there.
    """

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Unsent:
        """Load the messages and the endpoints of their institutions."""
        del commands
        messages = unsent_messages(connection, MESSAGES_AT_ONCE)
        endpoints: dict[str, list[Endpoint]] = defaultdict(list)
        for one in live_endpoints(connection, {one.institution_id for one in messages}):
            endpoints[one.institution_id].append(one)
        return Unsent(messages=messages, endpoints=endpoints)

    def decide(self, state: Unsent, moment: Moment) -> Decision[Unsent, int]:
        """Do it; the answer is how many messages were looked at."""
        if not state.messages:
            return Decision(answer=0, state=state)
        rows: dict[type[SQLModel], Rows] = {
            WebhookDeliveryRow: [
                delivery_row(message, endpoint.id, moment)
                for message in state.messages
                for endpoint in state.endpoints.get(message.institution_id, ())
                if message.kind in endpoint.kinds and endpoint.created_at <= message.created_at
            ]
        }
        told = [one.id for one in state.messages]
        return Decision(
            answer=len(told),
            state=Unsent(messages=(), endpoints=state.endpoints),
            rows=rows,
            changes=[sent_on(told, int(moment.now.timestamp()))],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Ask for up to `limit` deliveries that are due at `now`, each endpoint's share bounded.

    `in_hand` says how many of each endpoint are being tried already.
    """

    now: int
    limit: int
    per_endpoint: int
    in_hand: Mapping[str, int]

    @property
    def full(self) -> Collection[str]:
        """The endpoints that have their share."""
        return [one for one, count in self.in_hand.items() if count >= self.per_endpoint]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> list[Delivery]:
        """Load what is due; each process has one command under way."""
        found = {
            due.id: due
            for one in commands
            for due in due_deliveries(connection, one.now, one.full, _LOOKED_AT)
        }
        return list(found.values())

    def decide(self, state: list[Delivery], moment: Moment) -> Decision[list[Delivery], list[str]]:
        """Claim them; the answer is their ids."""
        counts = Counter(self.in_hand)
        claimed: list[str] = []
        for one in state:
            if len(claimed) < self.limit and counts[one.endpoint_id] < self.per_endpoint:
                counts[one.endpoint_id] += 1
                claimed.append(one.id)
        if not claimed:
            return Decision(answer=claimed, state=state)
        now = int(moment.now.timestamp())
        change = update(WebhookDeliveryRow).where(col(WebhookDeliveryRow.id).in_(claimed))
        again_at = now + int(CLAIMED_FOR.total_seconds())
        tried = col(WebhookDeliveryRow.attempts) + 1
        return Decision(
            answer=claimed,
            state=[one for one in state if one.id not in claimed],
            changes=[change.values(attempts=tried, next_at=again_at, tried_at=now)],
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the attempt at a delivery."""

    delivery_id: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class NoteAnswers:
    """Ask that what became of these attempts be noted, and when each is tried again."""

    answers: Sequence[Answered]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Mapping[str, Delivery]:
        """Load the deliveries."""
        ids = {one.delivery_id for command in commands for one in command.answers}
        return find_deliveries(connection, ids)

    def decide(
        self, state: Mapping[str, Delivery], moment: Moment
    ) -> Decision[Mapping[str, Delivery], None]:
        """Note it; what another process delivered meanwhile stays delivered."""
        known = [
            (state[one.delivery_id], one.answer)
            for one in self.answers
            if one.delivery_id in state and state[one.delivery_id].delivered_at is None
        ]
        changes = [_noted(one, answer, moment) for one, answer in known]
        return Decision(answer=None, state=state, changes=[*changes, *_standing(known, moment)])


@dataclass(frozen=True, slots=True)
class ForgetOld:
    """Ask that deliveries be forgotten after their time, and messages that are kept no longer."""

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """Forget them."""
        before = int((moment.now - KEPT_FOR).timestamp())
        old = delete(WebhookDeliveryRow).where(col(WebhookDeliveryRow.created_at) < before)
        return Decision(answer=None, state=state, changes=[old, without_old(before)])


def _noted(delivery: Delivery, answer: Answer, moment: Moment) -> Executable:
    now = int(moment.now.timestamp())
    values: dict[str, object] = {"answer": answer.value, "next_at": None, "tried_at": now}
    wait = None if answer in FINAL else seconds_before_next(delivery.attempts, _chance(moment))
    if answer is Answer.TAKEN:
        values["delivered_at"] = now
    elif wait is None:
        values["given_up_at"] = now
    else:
        values["next_at"] = now + wait
    return (
        update(WebhookDeliveryRow).where(col(WebhookDeliveryRow.id) == delivery.id).values(values)
    )


def _standing(known: Collection[tuple[Delivery, Answer]], moment: Moment) -> Iterator[Executable]:
    """Note since when endpoints take nothing, or that they take what is sent again."""
    now, failing = int(moment.now.timestamp()), col(WebhookEndpointRow.failing_since)
    taken = {one.endpoint_id for one, answer in known if answer is Answer.TAKEN}
    missed = {one.endpoint_id for one, _ in known} - taken
    for ids, condition, since in (
        (taken, failing.is_not(None), None),
        (missed, failing.is_(None), now),
    ):
        if ids:
            standing = update(WebhookEndpointRow).where(
                col(WebhookEndpointRow.id).in_(sorted(ids)), condition
            )
            yield standing.values(failing_since=since)


def _chance(moment: Moment) -> int:
    return int.from_bytes(moment.entropy(_CHANCE_BYTES), "big") % CHANCES
