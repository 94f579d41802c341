"""What a page asks the database does not grow with what somebody has."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from creditbank.bank import Bank
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.record import RecordOutcome
from tests.fixtures.bank import Provider
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen

A_PAGE, MANY = 20, 200
QUESTIONS_MAX = 16
BESIDE_PAGES = re.compile(r"FROM (ledger_head|ledger_checkpoint|outbox|webhook_delivery)\b")
"""What publishing and posting ask, every second or two."""


@contextmanager
def asked() -> Iterator[list[str]]:
    """Listen to what any database is asked; what begins a transaction is no question."""
    heard: list[str] = []

    def hear(*told: Any) -> None:
        if told[2].startswith("SELECT") and not BESIDE_PAGES.search(told[2]):
            heard.append(told[2])

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def post(bank: Bank, provider: Provider, citizen: Citizen, numbers: range) -> None:
    """Post a result a number, all of them at once."""
    waiting = []
    for number in numbers:
        fields = {
            "account_number": citizen.account_number,
            "course": "BBB",
            "term": f"T{number}",
            "result": "Pass",
            "credits": "4",
            "awarded_on": "2024-06-30",
        }
        prepared = prepare_posting(
            fields,
            institution_id=provider.institution,
            readers=bank.readers,
            keystore=bank.keystore,
            now=bank.clock(),
        )
        command = RecordOutcome(
            institution_id=provider.institution, posted_with="test", posting=prepared.posting
        )
        waiting.append(bank.writer.submit(command))
    for one in waiting:
        one.result()


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
def test_the_home_asks_no_more_of_200_outcomes_than_of_20(
    bank: Bank,
    provider: Provider,
    citizen: Citizen,
    signed_in: Callable[[dict[str, str]], Visitor],
) -> None:
    """No question an outcome: what is shown of all of them is asked at once."""
    her = signed_in(citizen.headers)
    questions = []
    for numbers in (range(A_PAGE), range(A_PAGE, MANY)):
        post(bank, provider, citizen, numbers)
        her.get("/me")  # A session is noted to be in use at its first page.
        with asked() as heard:
            page = her.get("/me")
        questions.append(len(heard))
        assert page.text.count('class="entry"') == A_PAGE
    assert "Page 1 of 10" in page.text
    assert questions[0] == questions[1] <= QUESTIONS_MAX
