"""Compute the reviews that corrections opened, one after the other."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from creditbank.conversion.days import civil_day
from creditbank.credits.queries import find_conversions
from creditbank.credits.review import ExamineReview
from creditbank.credits.reviews import opened_reviews
from creditbank.database import Readers
from creditbank.keystore.store import KeyStore
from creditbank.writer.writer import Writer


class Parts(Protocol):
    """What examining works with; a bank has them all."""

    @property
    def readers(self) -> Readers:
        """Short read transactions."""
        ...

    @property
    def writer(self) -> Writer:
        """The one writer."""
        ...

    @property
    def keystore(self) -> KeyStore:
        """The learners' keys."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """The present moment."""
        ...


def examine_opened(parts: Parts) -> None:
    """Compute every review that was opened; safe to repeat."""
    with parts.readers.reading() as connection:
        opened = [one.conversion_id for one in opened_reviews(connection)]
        conversions = find_conversions(connection, opened)
    keys = parts.keystore.get({one.account_id for one in conversions.values()})
    for one in sorted(conversions.values(), key=lambda one: one.entry_index):
        if one.account_id in keys:
            parts.writer.write(
                ExamineReview(
                    conversion_id=one.id,
                    key=keys[one.account_id],
                    secrets=parts.keystore.secrets,
                    on=civil_day(parts.clock()),
                )
            )
