"""Row 4: verify of a pass over HTTP, against the same route answering one constant report."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

from banks import Engine, Founded, opened
from measure import Row, interleaved, rate, ratios, spread
from post_result import open_accounts
from servers import CLIENTS, Loaded, bank_program, null_program, serving

from api.cli.passes import create_pass
from api.pass_links import pass_link
from creditbank.bank import Bank
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.record import RecordOutcome

OUTCOMES = 3


def measure(engine: Engine, founded: Founded) -> Iterator[Row]:
    """Verify one pass over three outcomes again and again."""
    known = Founded(engine.copy(founded.settings, "verify"), founded.institution, founded.api_key)
    open_accounts(known)
    with opened(known.settings) as bank:
        outcomes = [_record(bank, known.institution, f"T{number}") for number in range(OUTCOMES)]
        link = pass_link(bank, create_pass(bank, outcomes, days=90).token)
    banks = [engine.copy(known.settings, f"verify_{side}") for side in ("ours", "null")]
    programs = (bank_program(), null_program("verifier"))
    with ExitStack() as stack:
        ours, other = [
            Loaded(
                *stack.enter_context(serving(settings, program)),
                path="/api/v1/verify",
                body=json.dumps({"document": link}),
                headers="",
                modulus=1,
                status=200,
            )
            for settings, program in zip(banks, programs, strict=True)
        ]
        for side in (ours, other):
            side.run()
            side.forget()
        mine, theirs = interleaved(ours.run, other.run)
    yield Row(
        number="4",
        what=f"verify of a pass with {OUTCOMES} outcomes, {CLIENTS} clients; one constant report",
        engine=engine.name,
        ours=f"{rate(mine, 'requests')}, p99 {spread(ours.p99)} ms",
        other=f"{rate(theirs, 'requests')}, p99 {spread(other.p99)} ms",
        ratio=ratios(mine, theirs),
        land=0.5,
        aim=0.8,
    )


def _record(bank: Bank, institution: str, term: str) -> str:
    prepared = prepare_posting(
        {
            "learner": "0",
            "course": "BBB",
            "term": term,
            "result": "Pass",
            "credits": "4",
            "awarded_on": "2024-06-30",
        },
        institution_id=institution,
        readers=bank.readers,
        keystore=bank.keystore,
        now=bank.clock(),
    )
    command = RecordOutcome(
        institution_id=institution, posted_with="benchmark", posting=prepared.posting
    )
    return bank.writer.write(command).answer.outcome_id
