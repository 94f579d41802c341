"""What was stated of something, as answers show it: texts, whole numbers, and awarding bodies."""

from collections.abc import Mapping
from typing import cast

from ledger.statement import JSONValue

Stated = dict[str, str | int | list[dict[str, str]]]


def shown(fields: Mapping[str, JSONValue]) -> Stated:
    """Give the fields of a statement; the bank states nothing of another form."""
    return cast("Stated", dict(fields))
