"""Rules from the rows of the rule sheet; mistakes are named by cell, and good rules stay good."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import rfc8785

from creditbank.conversion.cases import case_problem, run_cases
from creditbank.conversion.rule_file import RuleDocument
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.rules.sheets.columns import (
    CASES,
    LINK,
    PARTS,
    RULES,
    TARGETS,
    NotInSheet,
    sheet_form,
)
from creditbank.rules.sheets.places import Content, put
from creditbank.rules.sheets.rows import SheetRow, header_problems, sheet_rows
from creditbank.rules.sheets.spread import ONCE_CAPS

_KINDS = {
    "one_to_one": "courses",
    "one_to_many": "courses",
    "all_of": "bundle",
    "some_of": "bundle",
    "hours_pool": "hours_pool",
}
_COUNTS = {
    "one_to_one": ((1, 1), (0, 0)),
    "one_to_many": ((2, 999), (0, 0)),
    "all_of": ((1, 999), (2, 999)),
    "some_of": ((1, 999), (1, 1)),
    "hours_pool": ((1, 1), (0, 0)),
}
"""How many targets, and how many parts, a shape has: at least and at most."""

Grids = Mapping[str, Sequence[Sequence[str]]]
"""The cells of each sheet as texts, from A1 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The rules that are right, with their plain content, and what is wrong with others."""

    rules: Sequence[tuple[RuleDocument, Content]]
    problems: Sequence[FieldProblem]


def compile_sheets(grids: Grids) -> Compiled:
    """Compile every rule of a workbook and run its own cases."""
    rows = {name: sheet_rows(name, grids.get(name, ())) for name in sheet_form().sheets}
    problems = [one for name, grid in grids.items() for one in header_problems(name, grid)]
    known = {rule_id for row in rows[RULES] if (rule_id := _id_of(row))}
    belonging = {name: _by_rule(rows[name], known, problems) for name in (PARTS, TARGETS, CASES)}
    found: list[tuple[RuleDocument, Content]] = []
    seen: set[str] = set()
    for row in rows[RULES]:
        rule_id = _id_of(row)
        if rule_id in seen:
            problems.append(FieldProblem(field=row.cell("id"), code="rule-sheet-repeated"))
            continue
        seen.add(rule_id)
        draft = _Draft(row)
        draft.fill({name: by_rule.get(rule_id, []) for name, by_rule in belonging.items()})
        document = None if draft.problems else draft.document()
        problems += draft.problems
        if document is not None:
            found.append((document, draft.content))
    return Compiled(rules=found, problems=problems)


def _id_of(row: SheetRow) -> str:
    columns = sheet_form().sheets[row.sheet]
    return row.text(columns[0])


def _by_rule(
    rows: Sequence[SheetRow], known: set[str], problems: list[FieldProblem]
) -> Mapping[str, list[SheetRow]]:
    found: dict[str, list[SheetRow]] = defaultdict(list)
    for row in rows:
        rule_id = _id_of(row)
        if rule_id not in known:
            facts = {"name": rule_id or "-"}
            problem = FieldProblem(field=row.cell(LINK), code="rule-sheet-unknown", facts=facts)
            problems.append(problem)
        found[rule_id].append(row)
    return found


@dataclass(slots=True)
class _Draft:
    """One rule while it is compiled: its content, and the cell of each place."""

    row: SheetRow
    content: Content = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)

    def fill(self, rows: Mapping[str, Sequence[SheetRow]]) -> None:
        """Take what the rows of the rule say."""
        self._take(self.row, "")
        form = self.content.pop("form", "")
        counts = (len(rows[TARGETS]), len(rows[PARTS]))
        self._require_form(form, counts)
        for place, row in enumerate(rows[PARTS]):
            self._take(row, f"shape.parts.{place}.")
        for place, row in enumerate(rows[TARGETS]):
            self._take(row, "shape.target." if form == "hours_pool" else f"shape.targets.{place}.")
        self._cases(rows[CASES])
        self._caps()
        put(self.content, "shape.kind", _KINDS.get(form, ""))
        self.content |= {"format": "creditbank/rule/v1", "decided_by": "automatic"}
        self.content.setdefault("sources", {})
        for part in self.content["shape"].get("parts", []):
            part.setdefault("sources", {})

    def document(self) -> RuleDocument | None:
        """Read the rule and run its cases; None where either fails."""
        try:
            document = RuleDocument.parse(rfc8785.dumps(self.content))
        except InvalidInput as refused:
            self.problems += [replace(one, field=self._cell(one.field)) for one in refused.problems]
            return None
        for place, result in enumerate(run_cases(document)):
            if not result.has_passed:
                problem = case_problem(place, result)
                cell = self._cell(f"{problem.field}.name")
                self.problems.append(replace(problem, field=cell))
        return None if self.problems else document

    def _require_form(self, form: str, counts: tuple[int, int]) -> None:
        """Ask for as many targets and parts as the shape has."""
        if not form:
            self._refuse("form", "field-missing")
            return
        asked = zip((TARGETS, PARTS), counts, _COUNTS[form], strict=True)
        for sheet, count, (least, most) in asked:
            if not least <= count <= most:
                facts: dict[str, str | int] = {"sheet": sheet, "least": least, "count": count}
                code = "rule-sheet-too-few" if count < least else "rule-sheet-too-many"
                self._refuse("form", code, **facts | {"most": most})

    def _take(self, row: SheetRow, at: str) -> None:
        for column in sheet_form().sheets[row.sheet]:
            if column.path != LINK:
                self._put(row, column.path, f"{at}{column.path}")

    def _put(self, row: SheetRow, name: str, path: str) -> None:
        [column] = [one for one in sheet_form().sheets[row.sheet] if one.path == name]
        self.cells[path] = row.cell(name)
        text = row.text(column)
        if not text:
            return
        try:
            put(self.content, path, column.read(text))
        except NotInSheet as refused:
            self._refuse(path, "rule-sheet-word", known=refused.known)

    def _cases(self, rows: Sequence[SheetRow]) -> None:
        """Take cases: rows of one name are one case, which is described by the first of them."""
        numbers: dict[str, int] = {}
        outcomes: dict[int, int] = defaultdict(int)
        columns = {one.path: one for one in sheet_form().sheets[CASES]}
        for row in rows:
            name = row.text(columns["case.name"])
            is_first = name not in numbers
            case = numbers.setdefault(name, len(numbers))
            at = f"tests.{case}"
            for path, column in columns.items():
                kind, _, rest = path.partition(".")
                if kind == "outcome":
                    self._put(row, path, f"{at}.outcomes.{outcomes[case]}.{rest}")
                elif kind == "case" and is_first:
                    self._put(row, path, f"{at}.{rest}")
                elif kind == "case" and rest != "name" and row.text(column):
                    self.problems.append(
                        FieldProblem(field=row.cell(path), code="rule-sheet-first-row")
                    )
            outcomes[case] += 1

    def _caps(self) -> None:
        stated = self.content.pop("caps", {})
        for kind in ONCE_CAPS:
            if kind in stated:
                place = len(self.content.setdefault("caps", []))
                more = {} if kind == "certificate_value" else stated[kind]
                self.content["caps"].append({"kind": kind, **more})
                own = next(one for one in self.cells if one.startswith(f"caps.{kind}."))
                self.cells[f"caps.{place}"] = self.cells[own]

    def _refuse(self, path: str, code: str, **facts: str | int | tuple[str, ...]) -> None:
        self.problems.append(FieldProblem(field=self._cell(path), code=code, facts=facts))

    def _cell(self, path: str) -> str:
        """Give the cell of a place, or of the nearest one that is known."""
        return next(self._near(path), self.row.cell("id"))

    def _near(self, path: str) -> Iterator[str]:
        while path:
            if path in self.cells:
                yield self.cells[path]
            yield from (cell for one, cell in self.cells.items() if one.startswith(f"{path}."))
            path = path.rpartition(".")[0]
