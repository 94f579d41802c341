"""What a command would meet, asked before a person confirms it; the writer decides anew."""

from typing import Any

from creditbank.bank import Bank
from creditbank.writer.command import Command, Moment


def rehearse(command: Command[Any, Any], bank: Bank) -> None:
    """Decide a command on what is there now and write nothing; raises the `Refusal` it meets."""
    with bank.readers.reading() as connection:
        state = command.load(connection, [command])
    moment = Moment(
        now=bank.clock(),
        log=bank.signer.name,
        next_index=0,
        entropy=bank.entropy,
        calendar=lambda: bank.working_days,
    )
    command.decide(state, moment)
