"""Draft or publish rules by the thousand: some hundred a transaction, each refused on its own."""

from collections.abc import Iterator, Sequence

from creditbank.errors import Refusal
from creditbank.rules.draft import DraftRule
from creditbank.rules.publish import PublishRule
from creditbank.rules.queries import StoredRule
from creditbank.writer.writer import Writer

AT_ONCE = 200
"""How many wait for the writer at a time: single posts pass between."""


def write_many(
    writer: Writer, commands: Sequence[DraftRule] | Sequence[PublishRule]
) -> Iterator[StoredRule | Refusal]:
    """Write every command in order; gives the stored rule of each, or why it was refused."""
    for start in range(0, len(commands), AT_ONCE):
        waiting = [writer.submit(one) for one in commands[start : start + AT_ONCE]]
        for future in waiting:
            try:
                yield future.result().answer
            except Refusal as refusal:
                yield refusal
