"""Read the real tables of agreements that may not be shipped: `trial_agreements.py FOLDER`.

Prints the table of docs/agreements.md, and ten samples of each form, each with what its rules say,
to be checked by eye. Fails where a file is missing, counts do not add up, or a rule's case fails.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from creditbank.agreements.reading import ReadRow, read_table
from creditbank.agreements.table import Table
from creditbank.agreements.tally import Tally, tally_by_form
from creditbank.conversion.cases import run_cases
from creditbank.conversion.rule import Rule
from creditbank.conversion.shapes import Bundle, CourseTarget, HoursPool
from creditbank.conversion.sources import Sources

FILES = (
    "bc-transfer/agreements.csv",
    "exam-credit/clep_lewis_clark_state_college.csv",
    "exam-credit/kr_credit_bank_certificates.csv",
)
UNDATED_FROM = date(2020, 1, 1)
"""The examinations and certificates state no day; nothing in the table depends on which it is."""
SAMPLES = 10
HEADER = (
    "form",
    "rows",
    "as rules",
    "no credit",
    "individual",
    "repeated",
    "for a person",
    "rules",
)


def main(folder: Path) -> None:
    """Read every file and print what became of its rows."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        sys.exit(f"{folder} lacks {', '.join(missing)}")
    rows = [row for name in FILES for row in _read(folder / name)]
    for form in tally_by_form(rows):
        _print_samples(form.value, [one for one in rows if one.form is form])
    _print_table(rows)
    _require_sound(rows, sum(_lines(folder / name) for name in FILES))


def _read(file: Path) -> list[ReadRow]:
    table = Table.read(file.read_text("utf-8"))
    stated = table.mapping.rules
    if "starts" not in table.mapping.columns:
        stated = replace(stated, effective_from=UNDATED_FROM)
    return read_table(replace(table, mapping=replace(table.mapping, rules=stated)))


def _lines(file: Path) -> int:
    """Count the data lines of a file that has one row a line."""
    return len([line for line in file.read_text("utf-8").splitlines() if line]) - 1


def _print_table(rows: Sequence[ReadRow]) -> None:
    print(f"| {' | '.join(HEADER)} | why for a person |")
    print("|" + " --- |" * (len(HEADER) + 1))
    lines = {form.value: one for form, one in tally_by_form(rows).items()}
    for name, one in {**lines, "**all**": Tally.of(rows)}.items():
        counts = (one.rows, *one.counts.values(), one.rules)
        why = ", ".join(f"{code.removeprefix('agreement-')} {n}" for code, n in one.reasons.items())
        print(f"| {name} | {' | '.join(f'{count:,}' for count in counts)} | {why} |")


def _print_samples(form: str, rows: Sequence[ReadRow]) -> None:
    """Print ten rows, evenly apart, those for a person too."""
    print(f"\n== {form}")
    step = max(1, len(rows) // SAMPLES)
    for one in rows[::step][:SAMPLES]:
        print(f"{one.row.number}: {' | '.join(one.row.cells)}")
        for document in one.rules:
            print(f"    rule: {said_by(document.rule)}")
        if not one.rules:
            print(f"    {one.outcome} {one.why or ''} {one.found} {one.repeats or ''}")


def said_by(rule: Rule) -> str:
    """Say what a rule takes and gives, from the rule alone."""
    shape, own = rule.shape, rule.sources
    if isinstance(shape, HoursPool):
        raise TypeError("no agreement is a pool of hours")
    parts = [_asked(own, 1)]
    if isinstance(shape, Bundle):
        parts = [_asked(one.sources, one.at_least) for one in shape.parts]
    beside = [
        *(f"{one.scale} ≥ {one.at_least or one.any_of[-1]}" for one in own.grades),
        *(f"{one.framework} ≥ {one.at_least}" for one in own.levels),
        *([f"within {rule.valid_for_months} months"] if rule.valid_for_months else []),
    ]
    window = f"{own.awarded_from or rule.effective_from}…{own.awarded_until or ''}"
    given = " + ".join(map(_given, shape.targets))
    return f"{' + '.join(parts)} {' '.join(beside)} [{window}] → {given}"


def _asked(sources: Sources, needed: int) -> str:
    names = " or ".join((*sources.courses, *sources.certificate_series))
    whose = "/".join(sources.providers)
    return f"{needed} of ({whose}: {names})"


def _given(target: CourseTarget) -> str:
    what = "exemption" if target.credits is None else str(target.credits)
    return f"{target.title.zh} = {what}" + (" unassigned" if target.category else "")


def _require_sound(rows: Sequence[ReadRow], lines: int) -> None:
    """Refuse a count that does not add up, a rule that has two ids, and a case that fails."""
    rules = [one for row in rows for one in row.rules]
    failing = [rule.rule.id for rule in rules if not all(one.has_passed for one in run_cases(rule))]
    twice = len(rules) - len({rule.rule.id for rule in rules})
    if failing or twice or Tally.of(rows).rows != lines:
        sys.exit(f"{len(failing)} rules fail, {twice} ids twice, {lines} lines")
    counts = " + ".join(f"{count:,} {name}" for name, count in Tally.of(rows).counts.items())
    print(f"\n{lines:,} rows = {counts}; {len(rules):,} rules, no case of which fails")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
