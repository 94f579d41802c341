"""Rule files at the terminal: every mistake with its file and line, and rules that fit together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from api.cli.forms import text_of
from api.cli.output import language
from api.problems import load_problems
from creditbank.conversion.cases import CaseResult, case_problem, run_cases
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.rule_set import OwnedRule, RuleSet
from creditbank.errors import FieldProblem, InvalidInput, ReasonedRefusal


@contextmanager
def about(file: Path) -> Iterator[None]:
    """Name the file in what is wrong with a rule."""
    try:
        yield
    except ReasonedRefusal as refused:
        refused.problems = tuple(_named(file, refused.problems))
        raise


def read_rules(files: Sequence[Path]) -> dict[Path, RuleDocument]:
    """Read rules that stand beside each other; raises `InvalidInput` for all of them at once."""
    documents: dict[Path, RuleDocument] = {}
    problems: list[FieldProblem] = []
    for file in files:
        try:
            documents[file] = RuleDocument.read(text_of(file))
        except InvalidInput as refused:
            problems += _named(file, refused.problems)
    beside = {file: OwnedRule(rule=one.rule) for file, one in documents.items()}
    rules = RuleSet(beside.values())
    for file, document in documents.items():
        problems += _named(file, document.located(list(rules.problems(beside[file]))))
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
    return str(load_problems().field(case_problem(0, result), language())["detail"])


def _named(file: Path, problems: Sequence[FieldProblem]) -> list[FieldProblem]:
    return [replace(one, facts={**one.facts, "file": str(file)}) for one in problems]
