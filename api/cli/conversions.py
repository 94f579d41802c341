"""Conversions at the counter, and the replay of every conversion ever made."""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.opportunities import missing, opportunities
from api.cli.options import AsJson
from api.cli.output import Exit, language, opened_bank, print_result
from api.cli.person import AccountNumber, StaffLogin, numbered, signed_in
from api.decision_view import decision_view, line_text
from api.problems import load_problems
from api.v1.conversions import judged_preview
from api.v1.coverage import coverage_view
from creditbank.access.actor import COMMAND_LINE, Scope
from creditbank.audits.replay import replay_bank
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.conversion.decision import Decision
from creditbank.conversion.plan import total_of
from creditbank.credits.proposals import propose_conversions
from creditbank.credits.recognise import RecogniseCredit
from creditbank.credits.request import Request
from creditbank.credits.show import get_conversion
from creditbank.errors import Refusal
from creditbank.outcomes.queries import find_outcomes

app = typer.Typer(no_args_is_help=True, help="Recognised credit.")
app.command("missing")(missing)
app.command("opportunities")(opportunities)

_DIFFERENCES_SHOWN = 20

RuleId = Annotated[str, typer.Option("--rule", help="Id of the rule.")]
OutcomeIds = Annotated[
    list[str], typer.Option("--outcome", help="Id of an outcome offered; repeat for more.")
]
Targets = Annotated[
    list[str] | None, typer.Option("--target", help="Code of a course to fill; repeat for more.")
]
ReceivedOn = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day on which the form was received, if not today."),
]


FiledOn = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day of filing, if not today."),
]
KnownOn = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="By what the ledger held at the end of this day."),
]
EnrolmentId = Annotated[
    str | None, typer.Option("--enrolment", help="Id of the enrolment that the credit is for.")
]


@app.command("create")
def create(
    rule: RuleId,
    outcome: OutcomeIds,
    target: Targets = None,
    received_on: ReceivedOn = None,
    enrolment: EnrolmentId = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Have credit recognised for outcomes of one account."""
    with opened_bank() as bank:
        asked = (rule, outcome, target, received_on, enrolment)
        command = _command(bank, _request(*asked))
        conversion = bank.writer.write(command).answer
        with bank.readers.reading() as connection:
            opened = get_conversion(connection, command.key, conversion)
    entry = {"conversion": conversion, "entry_index": opened.stored.entry_index}
    _print_decision(opened.decision, entry, as_json=as_json)


@app.command("preview")
def preview_conversion(
    rule: RuleId,
    outcome: OutcomeIds,
    target: Targets = None,
    filed_on: FiledOn = None,
    known_on: KnownOn = None,
    enrolment: EnrolmentId = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what a request would get, today or on a day that is past; nothing is written."""
    with opened_bank() as bank:
        asked = (rule, outcome, target, filed_on, enrolment)
        command = _command(bank, _request(*asked))
        known = None if known_on is None else known_on.date()
        judged = judged_preview(bank, command, known)
    _print_decision(judged.judgement, {}, as_json=as_json)
    if not judged.judgement.grants:
        raise typer.Exit(Exit.NEGATIVE)


@app.command("propose")
def propose(
    account: AccountNumber,
    enrolment: Annotated[str, typer.Option("--enrolment", help="Id of the enrolment.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Propose the conversions that apply the most credit in an enrolment; nothing is written."""
    with opened_bank() as bank:
        key = numbered(bank, account)
        with bank.readers.reading() as connection:
            proposed = propose_conversions(
                connection, key, bank.keystore.secrets, enrolment, civil_day(bank.clock())
            )
    proposals = [
        {
            "applied": str(one.application.credits),
            "recognised": str(one.recognised),
            "is_proved": one.is_proved,
            "steps": [
                {"rule": step.document.rule.id, "outcomes": step.outcomes, "targets": step.targets}
                for step in one.steps
            ],
        }
        for one in proposed.proposals
    ]
    today = {"applied_today": str(total_of(proposed.today))}
    print_result({**today, "proposals": proposals} if as_json else today, as_json=as_json)
    if not as_json:
        for number, one in enumerate(proposals, start=1):
            typer.echo(f"  {number}. +{one['applied']} ({one['recognised']})")
            for step in proposed.proposals[number - 1].steps:
                named = f"{', '.join(step.outcomes)} → {', '.join(step.targets)}"
                typer.echo(f"     {step.document.rule.id}: {named}")


@app.command()
def coverage(login: StaffLogin, *, as_json: AsJson = False) -> None:
    """Say what no rule takes, which rules nobody used, and why persons refused filings."""
    with opened_bank() as bank:
        found = coverage_view(signed_in(bank, login, Scope.AUDIT_READ), bank)
    shown = found.model_dump()
    if as_json:
        print_result(shown, as_json=True)
        return
    lists = ("uncovered", "unused", "refused")
    counted = {name: len(shown[name]) for name in lists}
    told = ("day", "definitions_held", "rules_in_force")
    print_result({**{name: shown[name] for name in told}, **counted}, as_json=False)
    for name in lists:
        for one in shown[name]:
            typer.echo(f"  {name}: {' '.join(str(fact) for fact in one.values())}")


@app.command("replay")
def replay_conversions(*, as_json: AsJson = False) -> None:
    """Compute every conversion ever made again; the exit code is 0 only when all are explained.

    Those of erased accounts stay sealed: the tombstones tell of them.
    """
    with opened_bank() as bank, bank.readers.snapshot() as connection:
        found = replay_bank(connection, bank.keystore)
    counts: dict[str, object] = {
        "conversions": found.report.conversions,
        "applications": found.report.applications,
        "differing": found.differing,
        "sealed": found.report.sealed,
        "tombstones": found.tombstones,
        "unexplained": len(found.unexplained),
    }
    shown = [
        {"entry": one.entry, "conversion": one.conversion_id, "problem": one.problem}
        for one in [*found.report.differences, *found.unexplained][:_DIFFERENCES_SHOWN]
    ]
    print_result({**counts, "differences": shown} if as_json else counts, as_json=as_json)
    if not as_json:
        for one in shown:
            typer.echo(f"  {one['entry']} {one['conversion']}: {one['problem']}")
    if shown:
        raise typer.Exit(Exit.NEGATIVE)


def _request(
    rule: str,
    outcomes: list[str],
    targets: list[str] | None,
    received_on: datetime | None,
    enrolment: str | None,
) -> Request:
    return Request(
        rule_id=rule,
        outcome_ids=outcomes,
        targets=targets or [],
        received_on=None if received_on is None else received_on.date(),
        enrolment_id=enrolment,
    )


def _command(bank: Bank, request: Request) -> RecogniseCredit:
    with bank.readers.reading() as connection:
        offered = find_outcomes(connection, request.outcome_ids)
        accounts = {one.account_id for one in offered.values()}
    keys = bank.keystore.get(accounts)
    if len(accounts) != 1 or len(keys) != 1:
        raise Refusal("conversion-outcomes-wrong")
    key = keys.popitem()[1]
    return RecogniseCredit(key=key, secrets=bank.keystore.secrets, request=request, by=COMMAND_LINE)


def _print_decision(decision: Decision, entry: dict[str, object], *, as_json: bool) -> None:
    problems, spoken = load_problems(), language()
    view = {**entry, **decision_view(decision, problems, spoken)}
    if as_json:
        print_result(view, as_json=True)
        return
    told = ("conversion", "entry_index", "credits")
    print_result({name: view[name] for name in told if name in view}, as_json=False)
    for line in decision.trace:
        mark = "✓" if line.has_passed else "✗"
        typer.echo(f"  {mark} {line.subject or ''} {line_text(line, problems, spoken)}")
