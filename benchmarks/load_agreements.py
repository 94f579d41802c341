"""Row 10: a rule set of 30,000 agreements, loaded and indexed, against a parser alone."""

import csv
import io
import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from random import Random

import yaml
from machine import resident_mb
from measure import Row, interleaved, rate, ratios, written

from creditbank.agreements.reading import ReadRow, read_table
from creditbank.agreements.table import Table
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.shapes import Bundle

AGREEMENTS = 30_000
COURSES, DESTINATIONS = 1_500, 20
HEADER = "source,subject,course_code,destination,detail,effective_start,effective_end\n"
DETAILS = (
    *("{to} MATH {n} (3)",) * 4,
    *("{to} MATH 1XX (3)",) * 4,
    "{to} MATH {n} (3) & {to} MATH 2nd (1.5)",
    "{to} MATH {n} (3) or {to} MATH 2XX (4)",
    "SFA MATH {own} (3) & SFA CHEM {n} (3) = {to} MATH {n} (6)",
    "Any 2 of SFA MATH {own} (3) or SFA CHEM {n} (3) or SFA PHYS {n} (3) = {to} MATH 1XX (6)",
    "{to} MATH {n} (3), Exempt {to} MATH 99.",
    "{to} MATH {n} (3), Must have C+ or better to transfer.",
)
"""The forms of the real tables, in about their proportions."""


def measure() -> Iterator[Row]:
    """Load the rules of 30,000 constructed agreements from a file, one a line, by source course."""
    lines, reading = constructed_rules()
    parsing = _seconds_of_csv(_table())

    def ours() -> float:
        start = time.perf_counter()
        _indexed(lines)
        return len(lines) / (time.perf_counter() - start)

    def other() -> float:
        start = time.perf_counter()
        for line in lines:
            yaml.load(line, Loader=yaml.CBaseLoader)  # noqa: S506 - text only
        return len(lines) / (time.perf_counter() - start)

    mine, theirs = interleaved(ours, other)
    yield Row(
        number="10",
        what=f"rule set of {AGREEMENTS:,} agreements, loaded and indexed; libyaml alone",
        engine="",
        ours=rate(mine, "rules"),
        other=rate(theirs, "rules"),
        ratio=ratios(mine, theirs),
        land=0.3,
        aim=0.6,
    )
    yield Row(
        number="10",
        what="the same; the json library alone",
        engine="",
        ours=rate(mine, "rules"),
        other=f"{written(len(lines) / _seconds_of_json(lines))} rules/s",
    )
    yield Row(
        number="10",
        what="their table made into rules, each with its cases run, once; the csv library alone",
        engine="",
        ours=f"{written(AGREEMENTS / reading)} rows/s",
        other=f"{written(AGREEMENTS / parsing)} rows/s",
    )
    kept = _indexed(lines)
    yield Row(
        number="10",
        what=f"resident memory with the rules by {len(kept):,} source courses",
        engine="",
        ours=f"{resident_mb(os.getpid()):.0f} MB",
        other="",
    )


@cache
def constructed_rules() -> tuple[list[str], float]:
    """Give the rules of all agreements, one a line, and the seconds that reading them took."""
    table = _table()
    began = time.perf_counter()
    read = read_table(Table.read(table))
    reading = time.perf_counter() - began
    return _lines(read), reading


def _table() -> str:
    chance = Random(10)
    rows = [
        f'SFA,MATH,{own},SF{chr(ord("B") + to)},"{_detail(chance, own, to)}",Sep/10,present'
        for own in range(1_000, 1_000 + COURSES)
        for to in range(DESTINATIONS)
    ]
    return HEADER + "\n".join(rows)


def _detail(chance: Random, own: int, to: int) -> str:
    form = chance.choice(DETAILS)
    return form.format(to=f"SF{chr(ord('B') + to)}", own=own, n=chance.randrange(100, 400))


def _lines(rows: list[ReadRow]) -> list[str]:
    """Give the rules as the file has them; every row must have become some."""
    if len(rows) != AGREEMENTS or not all(row.rules for row in rows):
        raise ValueError("a constructed agreement was not read")
    return [one.content.decode() for row in rows for one in row.rules]


def _indexed(lines: list[str]) -> dict[str, list[RuleDocument]]:
    """Load each rule, checked whole, and find it by every course that it takes."""
    found: dict[str, list[RuleDocument]] = defaultdict(list)
    for line in lines:
        document = RuleDocument.read_line(line)
        for code in _taken(document.rule):
            found[code].append(document)
    return found


def _taken(rule: Rule) -> Iterator[str]:
    yield from rule.sources.courses
    if isinstance(rule.shape, Bundle):
        for part in rule.shape.parts:
            yield from part.sources.courses


def _seconds_of_json(lines: list[str]) -> float:
    start = time.perf_counter()
    for line in lines:
        json.loads(line)
    return time.perf_counter() - start


def _seconds_of_csv(table: str) -> float:
    start = time.perf_counter()
    for _ in csv.DictReader(io.StringIO(table, newline="")):
        pass
    return time.perf_counter() - start
