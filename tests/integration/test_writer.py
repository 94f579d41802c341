"""The writer answers everybody who waits, whatever the others do."""

import os
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Event

import pytest
from sqlalchemy import Engine, event

from creditbank.bank import Bank, open_bank, utc_now
from creditbank.database import Readers, open_writing_engine
from creditbank.errors import Refusal
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.outcomes.batches.find import get_batch
from creditbank.settings import Settings
from creditbank.writer.command import Decision, Moment
from creditbank.writer.writer import Writer
from ledger.checkpoint import Signer
from ledger.read import read_head, read_leaf
from ledger.receipt import verify_receipt
from tests.fixtures.bank import Provider
from tests.fixtures.lived_bank import import_rows


class Waits:
    """A command that holds the writer until it is told to go on."""

    def __init__(self) -> None:
        self.reached, self.go_on = Event(), Event()

    @classmethod
    def load(cls, _connection: object, _commands: object) -> None:
        """Load nothing."""

    def decide(self, state: None, _moment: Moment) -> Decision[None, None]:
        """Wait."""
        self.reached.set()
        assert self.go_on.wait(30)
        return Decision(answer=None, state=state)


@dataclass(frozen=True)
class WatchfulSigner:
    """Signs for the log, and notes what size it signed and what size others could read then."""

    signer: Signer
    readers: Readers
    signed: list[tuple[int, int]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The log's origin."""
        return self.signer.name

    @property
    def public(self) -> bytes:
        """The public key."""
        return self.signer.public

    def sign(self, data: bytes) -> bytes:
        """Look, then sign."""
        size = int(data.split(b"\n")[1])
        with self.readers.reading() as connection:
            self.signed.append((size, read_head(connection).size))
        return self.signer.sign(data)


@pytest.fixture
def signer(bank: Bank) -> WatchfulSigner:
    """The bank's signer, watched."""
    return WatchfulSigner(bank.signer, bank.readers)


@pytest.fixture
def engine(bank: Bank) -> Iterator[Engine]:
    """A writing engine of its own, as another process has it."""
    opened = open_writing_engine(bank.settings.bank_database)
    yield opened
    opened.dispose()


@pytest.fixture
def writer(engine: Engine, signer: WatchfulSigner) -> Iterator[Writer]:
    """A writer that signs under watch."""
    opened = Writer(engine, signer=signer, clock=utc_now, entropy=os.urandom)
    yield opened
    opened.close()


def register(name: str) -> RegisterInstitution:
    """Give a command that succeeds."""
    return RegisterInstitution(kind=InstitutionKind.PROVIDER, name=name)


def test_a_caller_that_gives_up_leaves_the_others_their_answers(bank: Bank) -> None:
    """A program that is stopped while its request waits must not stop the bank."""
    waits = Waits()
    first = bank.writer.submit(waits)
    assert waits.reached.wait(30)
    given_up: Future[object] = bank.writer.submit(register("甲"))  # type: ignore[assignment]
    other = bank.writer.submit(register("乙"))
    assert given_up.cancel()
    waits.go_on.set()

    first.result(30)
    assert other.result(30).answer.name == "乙"
    assert bank.writer.write(register("丙")).answer.name == "丙"


def test_a_closed_writer_takes_nothing_more(settings: Settings) -> None:
    """Nobody waits for ever."""
    opened = open_bank(settings)
    opened.close()
    with pytest.raises(Refusal, match="unavailable"):
        opened.writer.submit(register("甲"))


def test_a_tree_is_signed_only_when_it_is_durable(
    bank: Bank, writer: Writer, signer: WatchfulSigner
) -> None:
    """A receipt that was signed before its commit would prove what a crash takes back."""
    written = [writer.write(register(name)) for name in ("甲", "乙")]
    for one in written:
        [receipt] = one.receipts
        with bank.readers.reading() as connection:
            leaf = read_leaf(connection, receipt.index)
        verify_receipt(receipt.text, leaf, bank.verifier_keys)
    writer.close()

    assert len(signer.signed) >= 2
    assert all(size <= durable for size, durable in signer.signed)


def test_what_could_not_be_committed_is_neither_answered_nor_signed(
    bank: Bank, engine: Engine, writer: Writer, signer: WatchfulSigner
) -> None:
    """Its caller hears of the failure, and the next one is served."""
    with bank.readers.reading() as connection:
        size = read_head(connection).size

    def fail(_connection: object) -> None:
        event.remove(engine, "commit", fail)
        raise ConnectionResetError

    event.listen(engine, "commit", fail)
    with pytest.raises(ConnectionResetError):
        writer.write(register("甲"))
    with bank.readers.reading() as connection:
        assert read_head(connection).size == size
    assert all(signed <= size for signed, _ in signer.signed)
    assert writer.write(register("乙")).answer.name == "乙"


def test_one_number_with_two_names_is_refused_also_within_one_file(
    bank: Bank, provider: Provider
) -> None:
    """As it is when the rows come one after the other; and the file can be sent again."""
    rows = (
        "learner,learner_name,course,term,result,awarded_on,credits\n"
        "77,示例甲,BBB,2014B,Pass,2014-09-23,30\n"
        "77,示例乙,BBB,2014J,Pass,2015-01-23,30\n"
    )
    counts = []
    for _ in range(2):
        batch_id = import_rows(bank, provider, rows)
        with bank.readers.reading() as connection:
            batch = get_batch(connection, batch_id, provider.institution)
        counts.append((batch.accepted, batch.duplicate, batch.rejected))
    assert counts == [(1, 0, 1), (0, 1, 1)]
