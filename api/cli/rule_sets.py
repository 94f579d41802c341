"""Files of many rules (NDJSON, one document a line): tested, drafted and published together."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from api.cli.output import Exit, language, print_result, tell, told
from api.problems import load_problems
from creditbank.bank import Bank
from creditbank.conversion.cases import run_cases
from creditbank.conversion.rule_file import RuleDocument
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
    return FieldProblem(field=f"{number}: {problem.field}", code=problem.code, facts=problem.facts)


def run_rule_set_cases(file: Path, *, as_json: bool) -> None:
    """Run the cases of every rule; the exit code is 0 only when all of them hold."""
    rules, cases, failing = 0, 0, []
    for document in read_rule_set(file):
        results = list(run_cases(document))
        rules, cases = rules + 1, cases + len(results)
        failing += [f"{document.rule.id}: {one.case.name}" for one in results if not one.has_passed]
    print_result({"rules": rules, "cases": cases, "failed": len(failing)}, as_json=as_json)
    for one in failing:
        tell(one)
    if failing:
        raise typer.Exit(Exit.NEGATIVE)


def import_rule_set(bank: Bank, file: Path, institution: str, *, as_json: bool) -> None:
    """Store the drafts, each in the name of its author."""
    _write(
        bank,
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
    _write(bank, commands, as_json=as_json)


def _write(
    bank: Bank, commands: Sequence[DraftRule] | Sequence[PublishRule], *, as_json: bool
) -> None:
    """Write all, tell each refusal, and count what stands now."""
    counts = {"rules": len(commands), "drafts": 0, "published": 0, "refused": 0}
    answers = write_many(bank.writer, commands)
    for document, answer in zip((one.document for one in commands), answers, strict=True):
        if isinstance(answer, Refusal):
            counts["refused"] += 1
            tell(f"{document.rule.id}: {told(answer, load_problems(), language())}")
        else:
            counts["drafts" if answer.entry_index is None else "published"] += 1
    print_result(counts, as_json=as_json)
    if counts["refused"]:
        raise typer.Exit(Exit.PARTIAL)
