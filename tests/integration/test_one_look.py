"""What a page reads in one look is read in one transaction, of its thread alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text

from creditbank.bank import Bank
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution


def lent(bank: Bank) -> Connection:
    """Give the connection that is lent for reading."""
    with bank.readers.reading() as connection:
        return connection


def test_all_that_is_read_in_one_look_is_read_in_one_transaction(bank: Bank) -> None:
    """Whoever reads within it borrows its connection and leaves it open."""
    with bank.readers.one_look():
        first = lent(bank)
        assert lent(bank) is first
        assert first.scalar(text("SELECT count(*) FROM account")) == 0
    assert first.closed
    assert lent(bank) is not first


def test_another_thread_and_a_snapshot_read_for_themselves(bank: Bank) -> None:
    """They would not know of the look."""
    with bank.readers.one_look(), ThreadPoolExecutor(1) as other:
        assert other.submit(lent, bank).result() is not lent(bank)
        with bank.readers.snapshot() as connection:
            assert connection is not lent(bank)


def failing(bank: Bank) -> None:
    """Begin a look, and end it with an error."""
    with bank.readers.one_look():
        raise ZeroDivisionError


def test_a_look_that_failed_is_over(bank: Bank) -> None:
    """What is read after it is read anew, and each time."""
    with pytest.raises(ZeroDivisionError):
        failing(bank)
    assert lent(bank) is not lent(bank)


def test_what_is_written_meanwhile_is_not_seen(bank: Bank) -> None:
    """Sums and what they are the sums of are of one moment, on either engine."""
    counted = text("SELECT count(*) FROM institution")

    def count() -> int:
        with bank.readers.reading() as connection:
            return int(connection.scalar(counted) or 0)

    registering = RegisterInstitution(kind=InstitutionKind.PROVIDER, name="市职业技能学校")
    with bank.readers.one_look():
        before = count()
        bank.writer.write(registering)
        assert count() == before
    assert count() == before + 1
