"""A rule or plan of a wrong form is told in words of ours: no library speaks to a person."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from api.problems import LANGUAGES, load_problems
from creditbank.conversion.form_problems import form_problem
from creditbank.conversion.plan_document import read_plan
from creditbank.conversion.rule_file import RuleDocument
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.plain_yaml import load_plain_yaml
from tests.fixtures.rules import RULES

WRONG: tuple[Any, ...] = (
    "", "§", "-1", "3 h", "9" * 501, [], ["a"], {}, {"kind": "x"}, None, 1, 1.5, True,
)  # fmt: skip
"""What stands where something else is expected."""
FORMS: dict[str, Any] = {
    file.stem: load_plain_yaml(file.read_text("utf-8")) for file in RULES.glob("*.yaml")
}
MANY_CASES = FORMS["class-hours"]["tests"] * 200


def places(content: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give every place of a document; of a list its first entry stands for the others."""
    yield at
    inner = content.items() if isinstance(content, dict) else ()
    inner = enumerate(content[:1]) if isinstance(content, list) else inner
    for name, one in inner:
        yield from places(one, (*at, name))


def with_wrong(content: Any, at: tuple[str | int, ...], wrong: Any) -> Any:
    """Put something else into a place of a document."""
    if not at:
        return wrong
    changed = copy.copy(content)
    changed[at[0]] = with_wrong(content[at[0]], at[1:], wrong)
    return changed


def spoken(problem: FieldProblem) -> list[str]:
    """Say it in both languages."""
    return [str(load_problems().field(problem, one)["detail"]) for one in LANGUAGES]


def problems_of(content: Any) -> tuple[FieldProblem, ...]:
    """Give what is wrong with a rule; nothing where it is none the worse for it."""
    try:
        RuleDocument.parse(json.dumps(content).encode())
    except InvalidInput as refused:
        return refused.problems
    return ()


def different_places() -> Iterator[tuple[Any, tuple[str | int, ...]]]:
    """Give each place of the form once, in the first example that has it, by its kind too."""
    seen = set()
    for name in sorted(FORMS):
        kind = FORMS[name]["shape"]["kind"]
        for at in places(FORMS[name]):
            named = (kind if at[:1] == ("shape",) else "", *(one for one in at if one != 0))
            if named not in seen:
                seen.add(named)
                yield FORMS[name], at


def test_whatever_is_wrong_with_a_rule_has_words_of_its_own() -> None:
    """Every place of the examples, with everything that may stand there instead."""
    told = set()
    for content, at in different_places():
        for wrong in WRONG:
            for problem in problems_of(with_wrong(content, at, wrong)):
                told.add(problem.code)
                assert problem.code != "rule-wrong", (at, wrong)
                assert "reason" not in problem.facts, (at, wrong)
                assert not any("{" in one for one in spoken(problem)), (at, problem)
    assert len(told) > 20


@pytest.mark.parametrize(
    ("at", "wrong", "place", "code", "said"),
    [
        (("title", "zh"), [], "title.zh", "rule-not-text", "一段文本"),
        (("effective_from",), "2026-02-30", "effective_from", "rule-day-wrong", "2026-03-01"),
        (("shape",), "x", "shape", "rule-not-mapping", "字段"),
        (("shape", "kind"), "x", "shape.kind", "kind-unknown", "hours_pool、courses、bundle"),
        (("shape",), {}, "shape.kind", "field-missing", "必填"),
        (("shape", "quantum"), "1e3", "shape.quantum", "rule-decimal-wrong", "小数至多 3 位"),
        (("sources", "classes"), ["x"], "sources.classes.0", "kind-unknown", "venue"),
        (
            ("tests",),
            FORMS["class-hours"]["tests"] * 200,
            "tests",
            "rule-list-too-long",
            "最多填写",
        ),
        (("id",), "x" * 65, "id", "text-too-long", "最多 64 个字符"),
    ],
)
def test_it_says_where_and_what_to_write_instead(
    at: tuple[str, ...], wrong: Any, place: str, code: str, said: str
) -> None:
    """Figures and the words that may stand there are facts."""
    found = problems_of(with_wrong(FORMS["class-hours"], at, wrong))
    assert (place, code) in [(one.field, one.code) for one in found]
    assert said in " ".join(spoken(one)[0] for one in found if one.field == place)


def test_a_plan_speaks_as_a_rule_does() -> None:
    """Its places are those of its file, without the kinds of its caps."""
    plan = {"programme": "p", "version": "1", "credits": "x", "caps": [{"kind": "programme",
            "credits": "1e3"}]}  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        read_plan(plan)
    found = [(one.field, one.code) for one in refused.value.problems]
    assert found == [("credits", "rule-decimal-wrong"), ("caps.0.credits", "rule-decimal-wrong")]


def test_a_mistake_that_nobody_foresaw_is_still_told_in_our_words() -> None:
    """The library's own are left out."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(int).validate_python("x", strict=True)
    problem = form_problem(refused.value.errors()[0])
    assert (problem.code, problem.facts) == ("rule-wrong", {})


def test_a_line_that_is_no_json_and_a_text_that_is_no_yaml_are_told_in_our_words() -> None:
    """What the parsers say is left out."""
    for read, text in ((RuleDocument.read_line, "{"), (RuleDocument.read, "a: [")):
        with pytest.raises(InvalidInput) as refused:
            read(text)
        assert set(refused.value.problems[0].facts) <= {"line"}
