"""Row 3: one posted result with its receipt over HTTP, against a writer that answers at once."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

from banks import Engine, Founded, opened
from machine import resident_mb
from measure import Row, interleaved, rate, ratios, spread
from servers import CLIENTS, Loaded, bank_program, null_program, serving

from creditbank.learners.find import learner_tag
from creditbank.learners.open import Newcomer, OpenAccounts

LEARNERS = 1_000
_AT_ONCE = 250

_RESULT = {
    "course": "BBB",
    "term": "T@n",
    "result": "Pass",
    "grade": "86.5",
    "grade_scale": "percent",
    "credits": "4",
    "awarded_on": "2024-06-30",
}


def measure(engine: Engine, founded: Founded) -> Iterator[Row]:
    """Post results of learners who have accounts, then of learners who are new."""
    known = Founded(engine.copy(founded.settings, "post"), founded.institution, founded.api_key)
    open_accounts(known)
    for learner, what in (
        ("@m", "a learner with an account"),
        ("N@n", "a new learner: two leaves"),
    ):
        yield from _rows(engine, known, learner, what)


def open_accounts(founded: Founded) -> None:
    """Open the accounts of learners numbered from 0."""
    with opened(founded.settings) as bank:
        for first in range(0, LEARNERS, _AT_ONCE):
            numbers = [str(number) for number in range(first, first + _AT_ONCE)]
            tags = [
                learner_tag(bank.keystore.secrets, founded.institution, "learner_number", number)
                for number in numbers
            ]
            keys = bank.keystore.find_or_make(tags)
            newcomers = [
                Newcomer(key=keys[tag], learner_number=number, name=None)
                for tag, number in zip(tags, numbers, strict=True)
            ]
            command = OpenAccounts(opened_by=founded.institution, newcomers=newcomers)
            bank.writer.write(command)


def _rows(engine: Engine, founded: Founded, learner: str, what: str) -> Iterator[Row]:
    name = f"post_{len(learner)}"
    banks = [engine.copy(founded.settings, f"{name}_{side}") for side in ("ours", "null")]
    with ExitStack() as stack:
        started = [
            stack.enter_context(serving(settings, program))
            for settings, program in zip(
                banks, (bank_program(), null_program("writer")), strict=True
            )
        ]
        ours, other = [
            Loaded(
                process=process,
                port=port,
                path="/api/v1/outcomes",
                body=json.dumps({"learner": learner, **_RESULT}),
                headers=f"Authorization: Bearer {founded.api_key}\r\n",
                modulus=LEARNERS,
                status=201,
            )
            for process, port in started
        ]
        for side in (ours, other):
            side.run()
            side.forget()
        mine, theirs = interleaved(ours.run, other.run)
        resident = resident_mb(ours.process)
    yield Row(
        number="3",
        what=f"posted result with receipt, {CLIENTS} clients, {what}; writer that answers at once",
        engine=engine.name,
        ours=f"{rate(mine, 'requests')}, p50 {spread(ours.p50)} ms",
        other=f"{rate(theirs, 'requests')}, p50 {spread(other.p50)} ms",
        ratio=ratios(mine, theirs),
        land=0.35,
        aim=0.6,
    )
    yield Row(
        number="3",
        what="its p99",
        engine=engine.name,
        ours=f"{spread(ours.p99)} ms",
        other=f"{spread(other.p99)} ms",
        ratio=ratios(ours.p99, other.p99),
        land=3,
        aim=1.5,
        at_most=True,
    )
    yield Row(
        number="12",
        what=f"resident memory of the server after {ours.next:,} posts",
        engine=engine.name,
        ours=f"{resident:.0f} MB",
        other="",
    )
