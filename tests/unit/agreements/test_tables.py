"""Tables of agreements become rules, or each row says why a person must read it."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from creditbank.agreements.mapping import TableMapping, read_mapping
from creditbank.agreements.reading import ReadRow, read_table
from creditbank.agreements.table import Table
from creditbank.agreements.tally import Tally, tally_by_form
from creditbank.conversion.cases import run_cases
from creditbank.conversion.rule import Rule
from creditbank.errors import InvalidInput

FOLDER = Path(__file__).parents[3] / "examples" / "agreements"
NAMES = ("transfer", "exam", "certificate", "other-headers")
HEADER = "source,subject,course_code,destination,detail,effective_start,effective_end\n"


def opened(name: str) -> Table:
    """Open a table of the examples, with the mapping that stands beside it, if one does."""
    mapping = FOLDER / f"{name}.yaml"
    stated = read_mapping(mapping.read_text("utf-8")) if mapping.exists() else None
    table = Table.read((FOLDER / f"{name}.csv").read_text("utf-8"), stated)
    if name != "certificate":
        return table
    rules = replace(table.mapping.rules, effective_from=date(2020, 1, 1))
    return replace(table, mapping=replace(table.mapping, rules=rules))


def read(*details: str, starts: str = "Sep/10", **changes: object) -> list[ReadRow]:
    """Read agreements of the courses MATH 1, MATH 2, … of SFA for SFB."""
    lines = [f'SFA,MATH,{at},SFB,"{one}",{starts},present' for at, one in enumerate(details, 1)]
    table = Table.read(HEADER + "\n".join(lines))
    return read_table(replace(table, mapping=replace(table.mapping, **changes)))


def rules_of(*details: str, **changes: object) -> list[Rule]:
    """Give the rules of agreements that a rule can say."""
    return [one.rule for row in read(*details, **changes) for one in row.rules]


@pytest.mark.parametrize("name", NAMES)
def test_each_row_becomes_what_the_file_says_of_it(name: str) -> None:
    """The first column of the constructed files says what must come of their rows."""
    rows = read_table(opened(name))
    told = [row.why.value if row.why else row.outcome for row in rows]
    assert told == [row.row.cells[0] for row in rows]
    assert len(rows) > 4


@pytest.mark.parametrize("name", NAMES)
def test_the_counts_add_up(name: str) -> None:
    """No row is lost, and none counts twice."""
    rows = read_table(opened(name))
    lines = (FOLDER / f"{name}.csv").read_text("utf-8").splitlines()
    assert Tally.of(rows).rows == len(rows) == len(lines) - 1
    assert sum(one.rows for one in tally_by_form(rows).values()) == len(rows)
    for row in rows:
        assert bool(row.rules) == (row.outcome == "as_rules")


def test_every_rule_holds_its_own_cases_and_has_a_name_of_its_own() -> None:
    """So that it can be published: no two are one rule, none contradicts itself."""
    rules = [one for name in NAMES for row in read_table(opened(name)) for one in row.rules]
    assert max(Counter(one.rule.id for one in rules).values()) == 1
    assert len(rules) > 40
    for one in rules:
        results = list(run_cases(one))
        assert len(results) > 1
        assert all(result.has_passed for result in results)


def test_the_same_row_is_the_same_rule_again() -> None:
    """A table that is read again drafts nothing new."""
    first, again = (read_table(opened("certificate")) for _ in range(2))
    assert [one.rules for one in first] == [one.rules for one in again]


def test_a_bundle_asks_for_all_and_any_two_for_two() -> None:
    """For an institution that gives credit for courses together only."""
    (every,) = rules_of("SFA MATH 1 (3) & SFA MATH 2 (3) = SFB MATH 9 (3)")
    (two,) = rules_of(
        "Any 2 of SFA MATH 1 (3) or SFA MATH 2 (3) or SFA MATH 3 (3) = SFB MATH 9 (6)"
    )
    assert every.shape.kind == two.shape.kind == "bundle"
    assert [part.sources.courses for part in every.shape.parts] == [("MATH 1",), ("MATH 2",)]
    assert [(part.at_least, len(part.sources.courses)) for part in two.shape.parts] == [(2, 3)]


def test_alternatives_are_rules_that_use_the_same_outcome_up() -> None:
    """Who takes one of them cannot take the other too."""
    one, other = rules_of("SFB MATH 9 (3) or SFB MATH 1XX (4)")
    assert one.sources == other.sources
    assert one.id != other.id
    assert {one.consumption, other.consumption} == {"anywhere"}


def test_unassigned_credit_is_credit_in_a_category() -> None:
    """Several courses may give it: no slot is taken by the first."""
    first, second = rules_of("SFB MATH 1XX (3)", "SFB MATH 1XX (3)")
    targets = [one.shape.targets[0] for one in (first, second)]
    assert {one.category for one in targets} == {"SFB MATH 1XX"}
    assert len({one.code for one in targets}) == 2


def test_days_bound_the_award() -> None:
    """An agreement holds for what was taken while it held, whenever that is filed."""
    (rule,) = rules_of("SFB MATH 9 (3)", starts="May/99")
    assert rule.sources.awarded_from == date(1999, 5, 1)
    assert rule.sources.awarded_until is None
    filed = [one.rule for row in read_table(opened("other-headers")) for one in row.rules]
    assert {one.effective_until for one in filed} == {None, date(2025, 9, 1)}


def test_conditions_in_words_become_predicates() -> None:
    """A grade by its scale, an age in months, an exemption without credit."""
    (grade,) = rules_of("SFB MATH 9 (3), Must have B or better to transfer.")
    assert grade.sources.grades[0].any_of == ("A+", "A", "A-", "B+", "B")
    (years,) = rules_of("SFB MATH 9 (3), must be completed within the last 5 years")
    assert years.valid_for_months == 60
    (exempt,) = rules_of("SFB MATH 1XX (3), Exempt SFB MATH 8.")
    assert [one.gives and one.gives.kind for one in exempt.shape.targets] == [None, "exemption"]


def test_a_label_is_read_only_where_the_mapping_states_it() -> None:
    """What a word means is said by whoever knows the table, never guessed."""
    (row,) = read("SFB MATH 9 (3), Field C")
    assert (row.why and row.why.value, row.found) == ("agreement-words-unknown", ", field c")
    (rule,) = rules_of("SFB MATH 9 (3), Field C", labels=("Field C",))
    assert rule.shape.targets[0].title.zh == "SFB MATH 9 (Field C)"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file-empty"),
        ("a,b\n1,2\n", "agreement-table-unknown"),
    ],
)
def test_a_table_that_no_mapping_fits_is_refused(text: str, code: str) -> None:
    """Before any row is read."""
    with pytest.raises(InvalidInput) as refused:
        Table.read(text)
    assert [one.code for one in refused.value.problems] == [code]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("  course: 课程\n", "", "columns.course"),
        ("  course: 课程\n", "  course: 课程\n  colour: 色\n", "columns.colour"),
        ("period: filed", "period: sometimes", "rules.period"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_field(old: str, new: str, field: str) -> None:
    """Whoever wrote it sees where."""
    text = (FOLDER / "other-headers.yaml").read_text("utf-8")
    assert old in text
    with pytest.raises(InvalidInput) as refused:
        read_mapping(text.replace(old, new))
    assert field in {one.field for one in refused.value.problems}


def test_a_mapping_whose_column_is_missing_is_refused() -> None:
    """The column is named."""
    mapping: TableMapping = opened("other-headers").mapping
    with pytest.raises(InvalidInput) as refused:
        Table.read(HEADER, mapping)
    assert refused.value.problems[0].code == "header-column-missing"


def test_the_command_counts_writes_rules_and_lists_what_is_for_a_person(tmp_path: Path) -> None:
    """Its exit code says that a person is needed."""
    rules, person = tmp_path / "rules.ndjson", tmp_path / "person.csv"
    files = ("--rules", str(rules), "--person", str(person))
    table = str(FOLDER / "transfer.csv")
    done = CliRunner().invoke(app, ["agreements", "read", table, *files, "--json"])
    assert done.exit_code == 3, done.output
    counts = json.loads(done.stdout)
    assert len(rules.read_bytes().splitlines()) == counts["rules"]
    assert len(person.read_text("utf-8-sig").splitlines()) == counts["for_a_person"] + 1
    tested = CliRunner().invoke(app, ["rules", "test", str(rules), "--json"])
    assert tested.exit_code == 0
    assert json.loads(tested.stdout)["rules"] == counts["rules"]
