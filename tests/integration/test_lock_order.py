"""Two processes that want the same thing at the same moment: the head is locked before loading.

One writer is held between loading and writing; the other may not even load before it is done. Were
loading first and locking after, both would load the same state and both would decide to spend.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Self

import pytest
from sqlalchemy import Connection, func, select
from sqlmodel import col

from creditbank.access.tables import ApiKeyRow
from creditbank.bank import Bank, utc_now
from creditbank.database import open_writing_engine
from creditbank.errors import Refusal
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.record import RecordOutcome
from creditbank.writer.command import Decision, Moment
from creditbank.writer.writer import Writer
from ledger.leaf import LeafDraft, new_id
from ledger.spends import live_spends
from tests.fixtures.bank import Provider
from tests.integration.test_post_outcome import RESULT

NULLIFIER = b"\x5e" * 32
RULE = b"\x01" * 32
HELD_SECONDS = 1.0
DONE_SECONDS_MAX = 60.0


@dataclass
class Gate:
    """Tells that a command has loaded, and holds it until it is let go."""

    loaded: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def pass_through(self) -> None:
        """Stand between loading and deciding."""
        self.loaded.set()
        assert self.go.wait(DONE_SECONDS_MAX)


@dataclass(frozen=True, kw_only=True)
class Spend:
    """Spend one nullifier, unless it is live."""

    gate: Gate

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> bool:
        """Load whether the value is live, then stand at the gate."""
        is_live = NULLIFIER in live_spends(connection, [NULLIFIER])
        commands[0].gate.pass_through()
        return is_live

    def decide(self, state: bool, moment: Moment) -> Decision[bool, None]:  # noqa: FBT001 - the protocol's argument.
        """Spend it once."""
        if state:
            raise Refusal("already-spent")
        leaf = LeafDraft(
            t="convert",
            id=new_id(moment.now, moment.entropy),
            iss="bank",
            acct=RULE,
            stmt=RULE,
            rule=RULE,
            spend=(NULLIFIER,),
        )
        return Decision(answer=None, state=True, leaves=[leaf])


@dataclass(frozen=True, kw_only=True)
class UseLastPart:
    """Take the last part of a whole: a sum that no unique key guards, only the lock."""

    gate: Gate
    institution_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> int:
        """Count the parts that are taken, then stand at the gate."""
        mine = col(ApiKeyRow.institution_id) == commands[0].institution_id
        taken = connection.scalar(select(func.count()).select_from(ApiKeyRow).where(mine)) or 0
        commands[0].gate.pass_through()
        return taken

    def decide(self, state: int, moment: Moment) -> Decision[int, None]:
        """Take one beside the provider's own; there are two in all."""
        if state >= 2:
            raise Refusal("already-spent")
        row = {
            "id": moment.entropy(6).hex(),
            "institution_id": self.institution_id,
            "scopes": [],
            "secret_hash": moment.entropy(32),
            "created_at": int(moment.now.timestamp()),
        }
        return Decision(answer=None, state=state + 1, rows={ApiKeyRow: [row]})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHeld(RecordOutcome):
    """Record a result, held at the gate between loading and deciding."""

    gate: Gate

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Any:
        """Load as ever, then stand at the gate."""
        state = RecordOutcome.load(connection, commands)
        commands[0].gate.pass_through()
        return state


@pytest.fixture
def writers(bank: Bank) -> Iterator[tuple[Writer, Writer]]:
    """Two writers with engines of their own, as two processes have them."""
    first, second = (
        Writer(
            open_writing_engine(bank.settings.bank_database),
            signer=bank.signer,
            clock=utc_now,
            entropy=os.urandom,
        )
        for _ in range(2)
    )
    yield first, second
    first.close()
    second.close()


def race(writers: tuple[Writer, Writer], held: Any, other: Any) -> tuple[Future[Any], Future[Any]]:
    """Hold the first between loading and writing, give the second all the time to pass it."""
    first = writers[0].submit(held)
    assert held.gate.loaded.wait(DONE_SECONDS_MAX)
    other.gate.go.set()
    second = writers[1].submit(other)
    overtook = other.gate.loaded.wait(HELD_SECONDS)
    held.gate.go.set()
    first.exception(DONE_SECONDS_MAX)
    second.exception(DONE_SECONDS_MAX)
    assert not overtook, "the second loaded while the first held the head"
    return first, second


def test_one_nullifier_is_spent_once(bank: Bank, writers: tuple[Writer, Writer]) -> None:
    """The second sees it live and is refused by its own decision, not by the database."""
    first, second = race(writers, Spend(gate=Gate()), Spend(gate=Gate()))
    spent = first.result().receipts[0].index
    with pytest.raises(Refusal, match="already-spent"):
        second.result()
    with bank.readers.reading() as connection:
        assert live_spends(connection, [NULLIFIER]) == {NULLIFIER: spent}


def test_the_parts_of_a_whole_are_not_taken_twice(
    bank: Bank, provider: Provider, writers: tuple[Writer, Writer]
) -> None:
    """No unique key would have caught it."""
    institution = provider.institution
    first, second = race(
        writers,
        UseLastPart(gate=Gate(), institution_id=institution),
        UseLastPart(gate=Gate(), institution_id=institution),
    )
    assert first.result().answer is None
    with pytest.raises(Refusal, match="already-spent"):
        second.result()
    with bank.readers.reading() as connection:
        keys = select(func.count()).select_from(ApiKeyRow)
        assert connection.scalar(keys.where(col(ApiKeyRow.institution_id) == institution)) == 2


def test_one_natural_key_is_recorded_once(
    bank: Bank, provider: Provider, writers: tuple[Writer, Writer]
) -> None:
    """The second is told the first one's entry, as a duplicate."""

    def command() -> RecordHeld:
        prepared = prepare_posting(
            RESULT,
            institution_id=provider.institution,
            readers=bank.readers,
            keystore=bank.keystore,
            now=utc_now(),
        )
        return RecordHeld(
            institution_id=provider.institution,
            posted_with="key",
            posting=prepared.posting,
            gate=Gate(),
        )

    first, second = race(writers, command(), command())
    recorded, again = first.result().answer, second.result().answer
    assert not recorded.is_duplicate
    assert again.is_duplicate
    assert again.outcome_id == recorded.outcome_id
    assert again.entry_index == recorded.entry_index == list(first.result().receipts)[-1].index
