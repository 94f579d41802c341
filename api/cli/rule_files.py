"""Rule files at the terminal: every mistake with its file and line, and rules that fit together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from api.cli.forms import text_of
from api.cli.output import language
from creditbank.conversion.cases import CaseResult, run_cases
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.rule_set import OwnedRule, set_problems
from creditbank.errors import FieldProblem, InvalidInput

_FAILURE = {
    "zh": "应得 {expected}，实得 {found}；请更改规则或用例的 expect",
    "en": "must give {expected}, gives {found}; mend the rule, or what the case expects",
}


@contextmanager
def about(file: Path) -> Iterator[None]:
    """Name the file in what is wrong with a rule."""
    try:
        yield
    except InvalidInput as refused:
        raise InvalidInput(_named(file, refused.problems)) from None


def read_rules(files: Sequence[Path]) -> dict[Path, RuleDocument]:
    """Read rules that stand beside each other; raises `InvalidInput` for all of them at once."""
    documents: dict[Path, RuleDocument] = {}
    problems: list[FieldProblem] = []
    for file in files:
        try:
            documents[file] = RuleDocument.read(text_of(file))
        except InvalidInput as refused:
            problems += _named(file, refused.problems)
    for file, document in documents.items():
        others = [OwnedRule(rule=one.rule) for at, one in documents.items() if at != file]
        found = list(set_problems(OwnedRule(rule=document.rule), others))
        problems += _named(file, document.located(found))
    if problems:
        raise InvalidInput(problems)
    return documents


def case_lines(document: RuleDocument) -> Iterator[tuple[int, CaseResult]]:
    """Give the result of each case of a rule with the line on which the case begins."""
    places = [FieldProblem(field=f"tests.{n}", code="") for n in range(len(document.rule.tests))]
    for place, result in zip(document.located(places), run_cases(document), strict=True):
        yield int(str(place.facts.get("line", 1))), result


def told_failure(result: CaseResult) -> str:
    """Say what a case must give, what it gives, and what to do."""
    expect = result.case.expect
    expected = " ".join([str(expect.credits), *(code.value for code in expect.codes)])
    found = " ".join([str(result.credits), *result.codes])
    return _FAILURE[language()].format(expected=expected, found=found)


def _named(file: Path, problems: Sequence[FieldProblem]) -> list[FieldProblem]:
    return [replace(one, facts={**one.facts, "file": str(file)}) for one in problems]
