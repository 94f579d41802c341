"""The columns of the rule sheet, read from `columns.yaml`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast

from creditbank.plain_yaml import load_plain_yaml

RULES, PARTS, TARGETS, CASES = "规则", "组成", "目标", "用例"
LINK = "rule"
"""The column by which the rows of the other sheets belong to a rule."""

Value: TypeAlias = str | list[str]

_SEPARATORS = re.compile("[、,，;；\n]")
_NOT_KEPT = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]|_x[0-9A-Fa-f]{4}_")
"""What a workbook does not give back as it was."""

_CELL_LENGTH_MAX = 32_767


class NotInSheet(Exception):
    """A value that no cell of this column can say; `known` are the words that it has."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        super().__init__()
        self.known = tuple(known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its header, where its value stands in a rule, and what a cell may say."""

    header: str
    path: str
    note: str
    is_list: bool = False
    words: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str) -> Value:
        """Give the value of a cell that is not empty; raises `NotInSheet`."""
        if not self.is_list:
            return self._code(text)
        pieces = (one.strip() for one in _SEPARATORS.split(text))
        return [self._code(one) for one in pieces if one]

    def write(self, value: Any) -> str:
        """Give the cell of a value; raises `NotInSheet` where it would be read otherwise."""
        codes = {code: word for word, code in self.words.items()}
        values = value if self.is_list and isinstance(value, list) else [value]
        if not all(isinstance(one, str) for one in values):
            raise NotInSheet
        text = "、".join(codes.get(one, str(one)) for one in values)
        is_kept = text == text.strip() != "" and len(text) <= _CELL_LENGTH_MAX
        if not is_kept or _NOT_KEPT.search(text) or self.read(text) != value:
            raise NotInSheet
        return text

    def _code(self, text: str) -> str:
        if not self.words:
            return text
        if text not in self.words:
            raise NotInSheet(tuple(self.words))
        return self.words[text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The sheets with their columns, and what is said to whoever fills them in."""

    about: Sequence[str]
    sheets: Mapping[str, Sequence[Column]]


@cache
def sheet_form() -> Form:
    """Read the form once."""
    text = Path(__file__).with_name("columns.yaml").read_text("utf-8")
    listed = cast("dict[str, Any]", load_plain_yaml(text))  # Our own file.
    sheets = {
        name: tuple(
            Column(
                header=one["header"],
                path=one["path"],
                note=one["note"],
                is_list="list" in one,
                words=one.get("words", {}),
            )
            for one in columns
        )
        for name, columns in listed["sheets"].items()
    }
    return Form(about=listed["about"], sheets=sheets)
