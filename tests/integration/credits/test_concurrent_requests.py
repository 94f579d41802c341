"""Two banks over one database: an outcome is used once, whoever is faster."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import pytest
from sqlalchemy import Connection

from creditbank.bank import open_bank
from creditbank.conversion.amounts import Credits
from creditbank.credits.balances import recognised_total
from creditbank.credits.recognise import RecogniseCredit
from creditbank.credits.request import Knowledge
from creditbank.errors import Refusal
from creditbank.settings import Settings
from ledger.store_audit import audit_store
from tests.fixtures.recognition import Recognition


class SlowRequest(RecogniseCredit):
    """A request whose process pauses between loading and writing."""

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Knowledge:
        """Load, then wait long enough for the other process to have loaded too."""
        known = super().load(connection, commands)
        time.sleep(0.5)
        return known


@pytest.mark.parametrize("rule", ["certificate-courses", "class-hours"])
def test_of_two_processes_that_use_one_outcome_exactly_one_succeeds(
    recognition: Recognition, settings: Settings, rule: str
) -> None:
    """T8: the other is told which entry used it; loading before the lock would let both in."""
    is_certificate = rule == "certificate-courses"
    outcome = recognition.certificate() if is_certificate else recognition.hours("16", "2025春")
    key = recognition.key(recognition.school if is_certificate else recognition.centre)
    asked = recognition.command(key, rule, [outcome], ["DG-101"] if is_certificate else [])
    slow = SlowRequest(key=key, secrets=asked.secrets, request=asked.request, by="first")
    other = open_bank(settings)
    try:
        with ThreadPoolExecutor(2) as threads:
            first = threads.submit(recognition.bank.writer.write, slow)
            second = threads.submit(other.writer.write, slow)
            errors = [first.exception(), second.exception()]
    finally:
        other.close()

    refusals = [error for error in errors if isinstance(error, Refusal)]
    assert errors.count(None) == 1
    assert [refusal.code for refusal in refusals] == ["already-consumed"]
    with recognition.bank.readers.reading() as connection:
        total = recognised_total(connection, key.account_id)
        assert audit_store(connection, recognition.bank.verifier_keys).is_sound
    assert total == Credits(milli=4_000 if is_certificate else 1_000)
    assert isinstance(refusals[0].facts["entry"], int)
