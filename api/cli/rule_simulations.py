"""Simulate a rule file: what its earlier versions decided, and what is held, decided by it."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.forms import text_of
from api.cli.options import AsJson
from api.cli.output import language, opened_bank, print_result, tell
from api.cli.rule_files import about
from api.v1.rule_simulations import (
    HistoryView,
    SimulationView,
    kept_command,
    simulated,
    simulation_view,
)
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.conversion.rule_file import RuleDocument
from creditbank.rules.queries import StoredRule, versions_of
from creditbank.statistics.simulate import Question

_ALL = 1_000_000_000
_TOLD_EACH = 10_000


def simulate_rule(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="Rule (YAML or JSON), stored or not."),
    ],
    newest: Annotated[
        int, typer.Option(min=1, help="How many of each kind, the newest first; all without.")
    ] = _ALL,
    *,
    keep: Annotated[
        bool,
        typer.Option(help="Keep the result beside the draft of this file, in its author's name."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a version would have given instead of earlier ones, and gives for what is held.

    Every conversion is decided again from its recorded inputs, each account by what is known today.
    """
    with opened_bank() as bank, about(file):
        document = RuleDocument.read(text_of(file))
        asked = Question(
            version=_version(bank, document),
            today=civil_day(bank.clock()),
            conversions=newest,
            refusals=newest,
            accounts=newest,
        )
        result = simulated(asked, bank, _tell)
        if keep:
            bank.writer.write(kept_command(asked, result, document.rule.author))
        found = simulation_view(asked, result, bank, language())
    print_result(found.model_dump() if as_json else _summary(found), as_json=as_json)
    if not as_json:
        for name, history in _histories(found):
            _show(name, history)


def _version(bank: Bank, document: RuleDocument) -> StoredRule:
    """Give the version as it would be stored, for the institution whose rule it is."""
    rule = document.rule
    with bank.readers.reading() as connection:
        known = versions_of(connection, [rule.id]).get(rule.id, ())
    owner = known[0].institution_id if known else bank.installation.institution_id
    return StoredRule(
        id=rule.id,
        version=rule.version,
        institution_id=owner,
        content=document.content,
        sha256=document.sha256,
        drafted_by=rule.author,
        published_by=None,
        entry_index=None,
    )


def _tell(done: int, of: int) -> None:
    if done and (done == of or done % _TOLD_EACH == 0):
        tell(f"{done}/{of}")


def _histories(found: SimulationView) -> tuple[tuple[str, HistoryView], ...]:
    return (
        ("conversions", found.conversions),
        ("refused_filings", found.refused_filings),
        ("holders", found.holders),
    )


def _summary(found: SimulationView) -> dict[str, object]:
    counts = {name: f"{history.computed}/{history.known}" for name, history in _histories(found)}
    return {
        "rule": found.rule,
        "version": found.rule_version,
        "sha256": found.rule_sha256,
        "ledger_size": found.ledger.size,
        "checkpoint_size": found.ledger.checkpoint_size,
        **counts,
        "kept": None if found.kept is None else found.kept.at,
    }


def _show(name: str, history: HistoryView) -> None:
    for one in history.effects:
        sums = f"credits {one.credits_before} → {one.credits_after or '-'}"
        if (one.points_before, one.points_after) not in {("0", "0"), ("0", None)}:
            sums = f"{sums}, points {one.points_before} → {one.points_after or '-'}"
        typer.echo(f"  {name}: {one.effect} {one.decisions}: {sums}")
    for reason in history.reasons:
        typer.echo(f"  {name}: {reason.code} {reason.decisions}: {reason.text}")
