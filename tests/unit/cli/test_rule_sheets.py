"""Rules are filled in as a workbook, and each mistake is named by its cell."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner, Result

from api.cli.main import app
from creditbank.conversion.rule_file import RuleDocument
from creditbank.rules.sheets.columns import sheet_form
from tests.fixtures.rules import RULES
from tests.fixtures.workbooks import saved

EXAMPLES = 5


def run(*arguments: object) -> Result:
    """Run a command of the rule sheet."""
    return CliRunner().invoke(app, ["rules", "sheet", *map(str, arguments)])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A new sheet."""
    file = tmp_path_factory.mktemp("sheet") / "rules.xlsx"
    assert run("write", file).exit_code == 0
    return file.read_bytes()


def compiled(tmp_path: Path, content: bytes) -> tuple[Result, list[str]]:
    """Compile a workbook; gives the result and the rules that were written."""
    file, into = tmp_path / "rules.xlsx", tmp_path / "rules"
    file.write_bytes(content)
    done = run("compile", file, "--into", into)
    return done, sorted(one.stem for one in into.glob("*.yaml"))


def changed(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    """Give a workbook as somebody changed it."""
    book = load_workbook(io.BytesIO(content))
    change(book)
    return saved(book)


def place(sheet: str, header: str) -> int:
    """Give the number of a column."""
    return [one.header for one in sheet_form().sheets[sheet]].index(header) + 1


def test_a_new_sheet_compiles_to_a_rule_of_each_shape(tmp_path: Path, written: bytes) -> None:
    """Whoever fills it in begins with what holds already; the rules pass their own test."""
    done, rules = compiled(tmp_path, written)
    assert done.exit_code == 0, done.output
    assert len(rules) == EXAMPLES
    files = [str(tmp_path / "rules" / f"{one}.yaml") for one in rules]
    tested = CliRunner().invoke(app, ["rules", "test", *files])
    assert tested.exit_code == 0, tested.output


def test_headers_carry_notes_and_words_are_offered(written: bytes) -> None:
    """Nobody needs another document to fill the sheet in."""
    book = load_workbook(io.BytesIO(written))
    assert book.sheetnames == ["说明", *sheet_form().sheets]
    for name, columns in sheet_form().sheets.items():
        sheet = book[name]
        assert [one.value for one in sheet[1]] == [one.header for one in columns]
        assert all(one.comment is not None for one in sheet[1])
        offered = [one.formula1 for one in sheet.data_validations.dataValidation]
        assert offered == [
            f'"{",".join(one.words)}"' for one in columns if one.words and not one.is_list
        ]


BAD = [
    ("规则", "形态", 2, "一对三", "规则!C2", "is none of 一对一"),
    ("规则", "形态", 2, "一对多", "规则!C2", "needs at least 2 row(s) in the sheet 目标"),
    ("规则", "生效日", 2, "2026-13-01", "规则!J2", "is no day; write it as 2026-03-01"),
    ("规则", "批准人", 2, "学分标准编制组", "规则!I2", "Author and approver"),
    ("规则", "名称", 2, None, "规则!D2", "is required"),
    ("规则", "每学分学时", 6, "16学时", "规则!AN6", "a field of its own"),
    ("规则", "累计学时单位", 6, None, "规则!AM6", "name the unit"),
    ("规则", "每人上限", 6, -1, "规则!AF6", "state zero or more"),
    ("规则", "规则编号", 3, "example-one-to-one", "规则!A3", "stands twice"),
    ("目标", "规则编号", 2, "no-such-rule", "目标!A2", "no rule of the sheet"),
    ("目标", "学分", 2, "三", "目标!E2", "is no amount"),
    ("组成", "至少门数", 2, "0", "组成!C2", "is no whole number from 1 to 999"),
    ("用例", "应得学分", 4, "5", "用例!B4", "must give 5 and gives 4"),
    ("用例", "申请日", 5, "2026-03-01", "用例!C5", "first row of the case"),
    ("用例", "成果类别", 2, "正规", "用例!I2", "is none of 学历教育"),
    ("规则", "规则编号", 1, "编号", "规则!A1", "is no header of this sheet"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "header", "row", "value", "cell", "remedy"), BAD)
def test_a_mistake_is_named_by_its_cell_and_good_rules_are_compiled(
    tmp_path: Path,
    written: bytes,
    sheet: str,
    header: str,
    row: int,
    value: object,
    cell: str,
    remedy: str,
) -> None:
    """With what to do; no other rule is held up, unless no rule can be told apart."""

    def change(book: Workbook) -> None:
        book[sheet].cell(row, place(sheet, header)).value = value

    done, rules = compiled(tmp_path, changed(written, change))
    assert done.exit_code == 1
    told = next(one for one in done.stderr.splitlines() if f"  {cell}: " in one)
    assert remedy in told
    assert len(rules) in ({0} if row == 1 else {EXAMPLES - 1, EXAMPLES - 2})


def test_numbers_and_days_of_a_spreadsheet_are_read_as_they_are_shown(
    tmp_path: Path, written: bytes
) -> None:
    """A clerk's program makes numbers and days of what she types."""

    def change(book: Workbook) -> None:
        cell = book["目标"].cell(2, place("目标", "学分"))
        cell.value, cell.number_format = 3, "General"
        first = book["规则"].cell(2, place("规则", "生效日"))
        first.value, first.number_format = date(2026, 2, 28), "yyyy/m/d"

    done, rules = compiled(tmp_path, changed(written, change))
    assert (done.exit_code, len(rules)) == (0, EXAMPLES)
    text = (tmp_path / "rules" / "example-one-to-one.yaml").read_text("utf-8")
    assert RuleDocument.read(text).rule.effective_from == date(2026, 2, 28)


def test_what_is_no_workbook_or_none_of_these_is_refused(tmp_path: Path) -> None:
    """By the same bounds as files of results."""
    for content, code in (b"PK no workbook", "no readable XLSX"), (saved(Workbook()), "sheet"):
        done, rules = compiled(tmp_path, content)
        assert (done.exit_code, rules) == (2, [])
        assert code in done.stderr


def test_rules_become_a_sheet_and_the_same_rules_again(tmp_path: Path) -> None:
    """Down to their hash; what has no column is refused by its name."""
    rule, book = RULES / "class-hours.yaml", tmp_path / "rules.xlsx"
    assert run("from", rule, "--out", book).exit_code == 0
    _, [name] = compiled(tmp_path, book.read_bytes())
    again = (tmp_path / "rules" / f"{name}.yaml").read_text("utf-8")
    assert RuleDocument.read(again) == RuleDocument.read(rule.read_text("utf-8"))

    done = run("from", RULES / "museum-walk.yaml", RULES / "minimum-grade.yaml", "--out", book)
    assert done.exit_code == 2
    assert "  museum-walk: tests.0.plan" in done.stderr
    assert "  minimum-grade: sources.grades.1" in done.stderr
