"""The writer answers everybody who waits, whatever the others do."""

from concurrent.futures import Future
from threading import Event

import pytest

from creditbank.bank import Bank, open_bank
from creditbank.errors import Refusal
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.outcomes.batches.find import get_batch
from creditbank.settings import Settings
from creditbank.writer.command import Decision, Moment
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
