"""Files of many rules (NDJSON, one document a line): tested, drafted and published together."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import typer

from api.cli.output import Exit, language, print_result, tell, told
from api.cli.rule_files import told_failure
from api.problems import load_problems
from creditbank.bank import Bank
from creditbank.conversion.cases import run_cases
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.rule_set import OwnedRule, RuleSet
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.rules.draft import DraftRule
from creditbank.rules.publish import PublishRule
from creditbank.rules.write_many import write_many

SUFFIXES = frozenset({".ndjson", ".jsonl"})


def is_rule_set(file: Path) -> bool:
    """Say whether a file holds many rules."""
    return file.suffix.lower() in SUFFIXES


def read_rule_set(file: Path) -> list[RuleDocument]:
    """Read every rule; raises `InvalidInput` that names the first wrong line and its places."""
    return list(_documents(file.read_text("utf-8")))


def _documents(text: str) -> Iterator[RuleDocument]:
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            yield RuleDocument.read_line(line)
        except InvalidInput as error:
            raise InvalidInput([_in_line(number, one) for one in error.problems]) from None


def _in_line(number: int, problem: FieldProblem) -> FieldProblem:
    return replace(problem, facts={**problem.facts, "line": number})


def run_rule_set_cases(file: Path, *, as_json: bool) -> None:
    """Run the cases of every rule, and see that the rules fit each other.

    The exit code is 0 only when all of them hold.
    """
    documents = read_rule_set(file)
    _require_fitting(documents)
    cases, failing = 0, []
    for number, document in enumerate(documents, start=1):
        results = list(run_cases(document))
        cases += len(results)
        at = f"{file}:{number}: {document.rule.id}: "
        failing += [at + told_failure(one) for one in results if not one.has_passed]
    counts = {"rules": len(documents), "cases": cases, "failed": len(failing)}
    print_result(counts, as_json=as_json)
    for one in failing:
        tell(one)
    if failing:
        raise typer.Exit(Exit.NEGATIVE)


def _require_fitting(documents: Sequence[RuleDocument]) -> None:
    """Raise `InvalidInput` that names every line that contradicts the others, and where."""
    owned = [OwnedRule(rule=one.rule) for one in documents]
    rules = RuleSet(owned)
    problems = [
        _in_line(number, problem)
        for number, one in enumerate(owned, start=1)
        for problem in rules.problems(one)
    ]
    if problems:
        raise InvalidInput(problems)


def import_rule_set(bank: Bank, file: Path, institution: str, *, as_json: bool) -> None:
    """Store the drafts, each in the name of its author."""
    _write(
        bank,
        file,
        [
            DraftRule(institution_id=institution, document=one, by=one.rule.author)
            for one in read_rule_set(file)
        ],
        as_json=as_json,
    )


def publish_rule_set(bank: Bank, file: Path, *, as_json: bool) -> None:
    """Publish the drafts, each in the name of its approver."""
    documents = read_rule_set(file)
    commands = [PublishRule(document=one, by=one.rule.approver) for one in documents]
    _write(bank, file, commands, as_json=as_json)


def _write(
    bank: Bank, file: Path, commands: Sequence[DraftRule] | Sequence[PublishRule], *, as_json: bool
) -> None:
    """Write all, tell each refusal with its line of the set, and count what stands now."""
    counts = {"rules": len(commands), "drafts": 0, "published": 0, "refused": 0}
    answers = write_many(bank.writer, commands)
    documents = (one.document for one in commands)
    for number, (one, answer) in enumerate(zip(documents, answers, strict=True), start=1):
        if isinstance(answer, Refusal):
            counts["refused"] += 1
            told_so = told(answer, load_problems(), language())
            tell(f"{file}:{number}: {one.rule.id}: {told_so}")
        else:
            counts["drafts" if answer.entry_index is None else "published"] += 1
    print_result(counts, as_json=as_json)
    if counts["refused"]:
        raise typer.Exit(Exit.PARTIAL)
