"""Which field of a posting a column's header means, in Chinese or English, where no mapping says.

The names are data, in `headers.yaml`; nothing is guessed: a header that is not listed is refused,
with the nearest listed one as a suggestion.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.rows import MAIN, REMARK
from creditbank.outcomes.posting import REQUIRED
from creditbank.outcomes.texts import LENGTHS
from creditbank.plain_yaml import load_plain_yaml

COLUMNS_MAX = 500
"""The most columns of a file without a mapping."""

PROBLEMS_MAX = 20
"""How many wrong headers a refusal names."""

_SHOWN_MAX = 60
_IGNORED = frozenset("()[]{}<>（）【】〔〕《》「」*:：_-·.、")


def fold(header: str) -> str:
    """Give what headers are compared by: NFKC, no case, spaces, brackets or separators."""
    text = unicodedata.normalize("NFKC", header).casefold()
    return "".join([one for one in text if not one.isspace() and one not in _IGNORED])


@cache
def headers_by_field() -> Mapping[str, Sequence[str]]:
    """Give the headers by which each field is known, its own name first."""
    listed = load_plain_yaml(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    assert isinstance(listed, dict)  # noqa: S101 - our own file
    return {field: (field, *map(str, listed.get(field, ()))) for field in LENGTHS}


@cache
def known_headers() -> Mapping[str, str]:
    """Give the field by every folded header that is known for it."""
    return {fold(name): field for field, names in headers_by_field().items() for name in names}


def best_header(field: str) -> str:
    """Give the header that a field is known best by in Chinese, or else its own name."""
    return headers_by_field()[field][:2][-1]


def sample_file() -> str:
    """Give a CSV file of one row with a known header."""
    return Path(__file__).with_name("sample.csv").read_text("utf-8")


def columns_by_field(header: Sequence[str]) -> dict[str, str]:
    """Give the column of each field that a header names, in the order of the file.

    Raises `InvalidInput` that names what is wrong: `header-too-wide`, `header-column-repeated`,
    `header-field-twice`, `header-column-similar`, `header-column-unknown`,
    `header-column-missing`.
    """
    if len(header) > COLUMNS_MAX:
        facts = {"columns_max": COLUMNS_MAX, "found": len(header)}
        raise InvalidInput([FieldProblem(field=MAIN, code="header-too-wide", facts=facts)])
    names = [name for name in header if not name.startswith(REMARK)]
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        field = known_headers().get(fold(name))
        if field is not None:
            found.setdefault(field, []).append(name)
    problems = [*_wrong_names(names), *_wrong_fields(found)][:PROBLEMS_MAX]
    if problems:
        raise InvalidInput(problems)
    return {field: columns[0] for field, columns in found.items()}


def _wrong_names(names: Sequence[str]) -> Iterator[FieldProblem]:
    for name, count in Counter(names).items():
        shown = name[:_SHOWN_MAX]
        if fold(name) not in known_headers():
            yield _unknown(shown)
        elif count > 1:
            yield _problem("header-column-repeated", column=shown)


def _wrong_fields(found: Mapping[str, Sequence[str]]) -> Iterator[FieldProblem]:
    for field, columns in found.items():
        if len(columns) > 1:
            yield _problem("header-field-twice", field=field, columns=tuple(columns))
    for field in REQUIRED:
        if field not in found:
            yield _problem("header-column-missing", column=f"{field} ({best_header(field)})")


def _unknown(shown: str) -> FieldProblem:
    near = get_close_matches(fold(shown), known_headers(), n=1)
    if not near:
        return _problem("header-column-unknown", column=shown)
    field = known_headers()[near[0]]
    suggestion = next(name for name in headers_by_field()[field] if fold(name) == near[0])
    return _problem("header-column-similar", column=shown, suggestion=suggestion)


def _problem(code: str, **facts: str | tuple[str, ...]) -> FieldProblem:
    return FieldProblem(field=MAIN, code=code, facts=facts)
