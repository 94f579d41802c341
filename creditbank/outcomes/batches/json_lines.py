"""Reading `application/x-ndjson`: one posting an object, its values texts, `attempt` a number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from creditbank.outcomes.batches.rows import Open, RawRow, broken
from creditbank.outcomes.posting import LENGTHS

LINE_BYTES_MAX = 1 << 16
FIELDS = tuple(LENGTHS)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLinesFile:
    """A file of postings, one JSON object a line."""

    open: Open

    def header(self) -> list[str]:
        """Give the fields that a line may have."""
        return list(FIELDS)

    def rows(self, columns: Sequence[str]) -> Iterator[RawRow]:
        """Read the lines; raises `InvalidInput` where one is no flat object of known fields."""
        with self.open() as stream:
            number = 0
            while line := stream.readline(LINE_BYTES_MAX + 1):
                number += 1
                values = _values(line, number)
                yield RawRow(number, tuple(values.get(name, "") for name in columns))


def _values(line: bytes, number: int) -> dict[str, str]:
    if len(line) > LINE_BYTES_MAX:
        raise broken(number, "line-too-long", length_max=LINE_BYTES_MAX)
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise broken(number, "json-broken", reason=str(error)) from None
    if not isinstance(content, dict):
        raise broken(number, "json-broken", reason="a line is an object")
    if type(content.get("attempt")) is int:
        content["attempt"] = str(content["attempt"])
    for name, value in content.items():
        if name not in FIELDS or not isinstance(value, str):
            raise broken(number, "json-field-wrong", field=name)
    return content
