"""Look up codes of public lists by the year of the list. Files, read once; sources are beside them.

A code that a list does not have is unknown, never wrong: lists change every year, and somebody may
know a code before this bank does.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from creditbank.errors import Refusal

LIST_YEARS: Mapping[str, int] = MappingProxyType(
    {"regions": 2023, "universities": 2021, "occupations": 2022, "fields": 2013}
)
"""The lists there are, and the year of each: what a code is looked up in is said with it."""

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code with its name; an abolished one keeps that of its last year.

    `abolished` is the year in which it ended, and `merged_into` where what it named now belongs.
    """

    code: str
    name: str
    abolished: int | None = None
    merged_into: str | None = None


def list_year(name: str) -> int:
    """Give the year of a list; raises `Refusal("not-found")` for a list that there is not."""
    if name not in LIST_YEARS:
        raise Refusal("not-found")
    return LIST_YEARS[name]


def find_code(name: str, code: str) -> Code | None:
    """Give a code of a list, abolished ones too; None where the list of its year has none."""
    list_year(name)
    return _codes(name).get(code)


def codes_after(name: str, after: str, limit: int) -> Sequence[Code]:
    """Give the codes of a list that come after one, in order, at most `limit`."""
    list_year(name)
    following = (one for one in _ordered(name) if one.code > after)
    return list(islice(following, limit))


@cache
def _codes(name: str) -> Mapping[str, Code]:
    return MappingProxyType({one.code: one for one in _read(name)})


@cache
def _ordered(name: str) -> Sequence[Code]:
    return sorted(_codes(name).values(), key=lambda one: one.code)


def _read(name: str) -> Iterator[Code]:
    for file in (f"{name}.csv", f"{name}_abolished.csv"):
        path = _DATA.joinpath(file)
        if not path.exists():
            continue
        with path.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                yield Code(
                    code=row["code"],
                    name=row["name"],
                    abolished=int(row["abolished"]) if "abolished" in row else None,
                    merged_into=row.get("merged_into"),
                )
