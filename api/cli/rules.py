"""Conversion rules: import a draft, run its cases, print it for the committee, publish it."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.forms import text_of
from api.cli.options import AsJson
from api.cli.output import Exit, answering, opened_bank, print_result
from api.cli.rule_files import about, case_lines, read_rules, told_failure
from api.cli.rule_sets import (
    import_rule_set,
    is_rule_set,
    publish_rule_set,
    run_rule_set_cases,
)
from api.cli.rule_sheets import app as sheets
from api.cli.rule_simulations import simulate_rule
from api.rule_words.pages import rule_changes, rule_page
from creditbank.conversion.rule_file import RuleDocument
from creditbank.rules.draft import DraftRule
from creditbank.rules.publish import PublishRule

app = typer.Typer(no_args_is_help=True, help="Conversion rules.")
app.add_typer(sheets, name="sheet")
app.command("simulate")(simulate_rule)

RuleFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Rule (YAML or JSON).")]
RuleFiles = Annotated[
    Path,
    typer.Argument(
        exists=True, dir_okay=False, help="Rule (YAML or JSON), or many of them (NDJSON)."
    ),
]


@app.command("import")
def import_rule(
    file: RuleFiles,
    institution: Annotated[
        str | None, typer.Option(help="Whose rule it is; the bank's own without.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Store a draft in the name of the author that the file states; it is not in force yet."""
    with opened_bank() as bank, about(file):
        owner = institution or bank.installation.institution_id
        if is_rule_set(file):
            import_rule_set(bank, file, owner, as_json=as_json)
            return
        document = RuleDocument.read(text_of(file))
        draft = DraftRule(institution_id=owner, document=document, by=document.rule.author)
        stored = bank.writer.write(draft).answer
    state = "draft" if stored.entry_index is None else "published"
    print_result(
        {"rule": stored.id, "version": stored.version, "sha256": stored.sha256, "state": state},
        as_json=as_json,
    )


@app.command("test")
def run_rule_cases(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, help="Rules (YAML or JSON), or one file of many (NDJSON)."
        ),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Run the own cases of rules, and see that the rules fit each other.

    The exit code is 0 only when all of them hold.
    """
    with answering():
        if len(files) == 1 and is_rule_set(files[0]):
            with about(files[0]):
                run_rule_set_cases(files[0], as_json=as_json)
            return
        documents = read_rules(files)
        results = [
            (file, place, one)
            for file, document in documents.items()
            for place, one in case_lines(document)
        ]
    failed = [(file, line, one) for file, line, one in results if not one.has_passed]
    found: dict[str, object] = {"cases": len(results), "failed": len(failed)}
    told = [
        {
            "file": str(file),
            "line": line,
            "name": one.case.name,
            "expected": {"credits": str(one.case.expect.credits), "codes": one.case.expect.codes},
            "found": {"credits": str(one.credits), "codes": one.codes},
        }
        for file, line, one in failed
    ]
    print_result({**found, "failures": told} if as_json else found, as_json=as_json)
    if not as_json:
        for file, line, one in failed:
            typer.echo(f"  {file}:{line}: {told_failure(one)}")
    if failed:
        raise typer.Exit(Exit.NEGATIVE)


@app.command("publish")
def publish_rule(file: RuleFiles, *, as_json: AsJson = False) -> None:
    """Publish the draft of this file in the name of the approver that it states."""
    with opened_bank() as bank, about(file):
        if is_rule_set(file):
            publish_rule_set(bank, file, as_json=as_json)
            return
        document = RuleDocument.read(text_of(file))
        command = PublishRule(document=document, by=document.rule.approver)
        stored = bank.writer.write(command).answer
    print_result(
        {
            "rule": stored.id,
            "version": stored.version,
            "sha256": stored.sha256,
            "entry_index": stored.entry_index,
        },
        as_json=as_json,
    )


@app.command("print")
def print_rule(file: RuleFile, *, as_json: AsJson = False) -> None:
    """Print the rule as one page of plain 中文 with its hash and places to sign."""
    with answering(), about(file):
        document = RuleDocument.read(text_of(file))
    if as_json:
        print_result({"sha256": document.sha256, "page": rule_page(document)}, as_json=True)
    else:
        typer.echo(rule_page(document))


@app.command("diff")
def compare_rules(old: RuleFile, new: RuleFile, *, as_json: AsJson = False) -> None:
    """Say in plain 中文 what a version of a rule says otherwise than an earlier one."""
    with answering():
        earlier, later = (RuleDocument.read(text_of(one)) for one in (old, new))
    changes = rule_changes(earlier.rule, later.rule, "zh")
    if as_json:
        versions = {"old": earlier.sha256, "new": later.sha256}
        print_result({**versions, "changes": changes}, as_json=True)
        return
    for line in changes:
        typer.echo(line)
