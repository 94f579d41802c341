"""A rule of one of the five shapes goes into the rule sheet and comes out of it unchanged."""

import io
from typing import Any

import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from creditbank.conversion.cases import run_cases
from creditbank.conversion.rule_file import RuleDocument
from creditbank.errors import InvalidInput
from creditbank.outcomes.batches.cells import cell_text
from creditbank.outcomes.batches.workbooks import read_sheets
from creditbank.rules.sheets.columns import sheet_form
from creditbank.rules.sheets.compile import Grids, compile_sheets
from creditbank.rules.sheets.spread import spread
from creditbank.rules.sheets.write import write_book

NAMES = st.text(st.sampled_from("电工会计=+-'A1 a.0/（）é"), min_size=1, max_size=8).filter(
    lambda text: text == text.strip()
)
CODES = st.sampled_from(["A-1", "A-2", "007", "1E5", "2026-03-01", "=A1", "真"])
AMOUNTS = st.sampled_from(["1", "0.5", "4", "2.50", "16"])
DAYS = st.sampled_from(["2024-02-29", "2025-06-30", "2026-02-28"])
CLASSES = st.sampled_from(["formal", "vocational", "non_degree", "venue"])


def stated(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Give some of these fields, in any choice."""
    return st.fixed_dictionaries({}, optional=fields)


GRADES = st.one_of(
    st.fixed_dictionaries({"scale": NAMES, "at_least": st.sampled_from(["60", "75.5"])}),
    st.fixed_dictionaries({"scale": NAMES, "any_of": st.lists(CODES, min_size=1, max_size=2)}),
)
SOURCES = stated(
    classes=st.lists(CLASSES, min_size=1, max_size=2, unique=True),
    providers=st.lists(CODES, min_size=1, max_size=2),
    courses=st.lists(CODES, min_size=1, max_size=3),
    course_patterns=st.lists(st.sampled_from(["A-*", "?"]), min_size=1, max_size=2),
    certificate_series=st.lists(NAMES, min_size=1, max_size=2),
    levels=st.tuples(st.fixed_dictionaries({"framework": NAMES, "at_least": st.just("4")})).map(
        list
    ),
    grades=GRADES.map(lambda one: [one]),
    hours=st.fixed_dictionaries({"unit": st.just("hours"), "at_least": st.just("16")}),
    assurance_at_least=st.sampled_from(["declared", "supervised"]),
    awarded_from=DAYS,
)
TARGETS = st.fixed_dictionaries(
    {"code": CODES, "title": st.fixed_dictionaries({"zh": NAMES}), "credits": AMOUNTS},
    optional={
        "gives": st.sampled_from([{"kind": "exemption"}, {"kind": "fixed", "credits": "2"}]),
        "category": NAMES,
        "grade": st.sampled_from(["exempt", "pass", "copied"]),
    },
)
PARTS = st.fixed_dictionaries(
    {"name": NAMES, "sources": SOURCES}, optional={"at_least": st.sampled_from(["1", "2"])}
)
ELECTIVE = st.fixed_dictionaries(
    {"code": CODES, "title": st.fixed_dictionaries({"zh": NAMES})}, optional={"category": NAMES}
)
SHAPES = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("courses"),
         "targets": st.lists(TARGETS, min_size=1, max_size=3, unique_by=lambda one: one["code"])}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("bundle"),
         "parts": st.lists(PARTS, min_size=1, max_size=3, unique_by=lambda one: one["name"]),
         "targets": st.lists(TARGETS, min_size=1, max_size=2, unique_by=lambda one: one["code"])},
        optional={"within_months": st.just("12"), "year_begins": st.just("09-01")},
    ),
    st.fixed_dictionaries(
        {"kind": st.just("hours_pool"), "unit": st.sampled_from(["class_hours", "hours"]),
         "per_credit": st.just("16"), "quantum": st.just("0.5"), "target": ELECTIVE}
    ),
)  # fmt: skip
OUTCOMES = st.fixed_dictionaries(
    {"id": CODES, "class": CLASSES, "course": CODES, "awarded_on": DAYS},
    optional={
        "provider": CODES, "certificate_series": NAMES, "value": AMOUNTS, "class_hours": AMOUNTS,
        "hours": AMOUNTS, "status": st.sampled_from(["active", "revoked"]), "title": NAMES,
        "term": NAMES, "assurance": st.just("assessed"), "used": st.just("all"),
    },
)  # fmt: skip
CASES = st.fixed_dictionaries(
    {"name": NAMES, "filed_on": st.just("2026-03-01"),
     "outcomes": st.lists(OUTCOMES, min_size=1, max_size=3, unique_by=lambda one: one["id"])},
    optional={"targets": st.lists(CODES, min_size=1, max_size=2), "recognised": AMOUNTS},
)  # fmt: skip
RULES = st.fixed_dictionaries(
    {
        "format": st.just("creditbank/rule/v1"),
        "id": st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5})?", fullmatch=True),
        "version": st.sampled_from(["1", "1.0", "2024"]),
        "title": stated(en=NAMES).flatmap(lambda more: NAMES.map(lambda zh: {"zh": zh, **more})),
        "reason": NAMES, "reference": NAMES, "author": st.just("甲"), "approver": st.just("乙"),
        "effective_from": st.just("2020-01-01"),
        "sources": SOURCES, "shape": SHAPES,
        "consumption": st.just("anywhere"), "decided_by": st.just("automatic"),
        "tests": st.lists(CASES, min_size=1, max_size=2, unique_by=lambda one: one["name"]),
    },
    optional={
        "effective_until": st.just("2030-01-01"), "supersedes": st.just("0"),
        "valid_for_months": st.just("84"), "unit": st.sampled_from(["credits", "points"]),
        "caps": st.just([{"kind": "rule", "credits": "10"}]), "series": st.just("highest"),
    },
)  # fmt: skip


def proper(content: dict[str, Any]) -> RuleDocument | None:
    """Give the rule with what its cases give as what they expect; None where it is no rule."""
    try:
        tests = [{**one, "expect": {"credits": "0"}} for one in content["tests"]]
        document = RuleDocument.parse(rfc8785.dumps({**content, "tests": tests}))
    except InvalidInput:
        return None
    for case, result in zip(tests, run_cases(document), strict=True):
        codes = {"codes": list(result.codes)} if result.codes else {}
        case["expect"] = {"credits": str(result.credits), **codes}
    return RuleDocument.parse(rfc8785.dumps({**content, "tests": tests}))


def through_a_book(document: RuleDocument) -> Grids:
    """Write a rule as a workbook, and read that."""
    book = io.BytesIO(write_book([document]))
    sheets = read_sheets(book, file="book", sheets=sheet_form().sheets)
    return {name: [list(map(cell_text, row)) for row in rows] for name, rows in sheets.items()}


@given(RULES.map(proper).filter(lambda one: one is not None))
@settings(max_examples=80)
def test_a_rule_comes_back_as_it_was(document: RuleDocument) -> None:
    """Down to its hash, since every value is kept as it was written."""
    compiled = compile_sheets(spread([document]))
    assert compiled.problems == []
    assert [one for one, _ in compiled.rules] == [document]


@given(RULES.map(proper).filter(lambda one: one is not None))
@settings(max_examples=8, deadline=None)
def test_a_workbook_keeps_every_text_as_it_is(document: RuleDocument) -> None:
    """No figure, day or formula is made of a code."""
    assert [one for one, _ in compile_sheets(through_a_book(document)).rules] == [document]
