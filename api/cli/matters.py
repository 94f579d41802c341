"""What citizens ask of an institution, decided at the terminal by a person who signs in."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.forms import filed, typed
from api.cli.options import AsJson, ReceivedOn
from api.cli.output import opened_bank, print_result, print_rows
from api.cli.person import AccountNumber, StaffLogin, at_counter, signed_in
from api.v1.appeals import Appealing, AppealRequest, appeal_command, kind_of
from api.v1.matters import (
    DecidesMatter,
    DecisionRequest,
    decision_command,
    list_undecided,
    read_matter,
)
from api.v1.outcome_forms import ResultRequest
from api.v1.own_matters import AnswerRequest, DisputeRequest, answer_command, dispute_command
from creditbank.access.actor import Scope
from creditbank.bank import Bank
from creditbank.credits.uphold_appeal import UpholdAppeal
from creditbank.filings.appeal import AppealFiling
from creditbank.outcomes.answer_dispute import AnswerCorrected
from creditbank.outcomes.attest import AttestMatter

app = typer.Typer(no_args_is_help=True, help="What citizens ask of an institution.")

Evidence = Annotated[
    list[str] | None, typer.Option(help="Id of a piece of her evidence; may be repeated.")
]
MatterId = Annotated[str, typer.Argument(metavar="MATTER", help="Id of the matter.")]


@app.command("list")
def list_matters(login: StaffLogin, *, as_json: AsJson = False) -> None:
    """List what one's institution and those below it have to decide, late ones first."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.MATTERS_DECIDE)
        found = list_undecided(actor, bank)
    rows = [one.model_dump() for one in found.matters]
    if not as_json:
        told = ("id", "kind", "state", "due_on", "late")
        rows = [{name: row[name] for name in told} for row in rows]
    print_rows("matters", rows, as_json=as_json)


@app.command()
def show(matter: MatterId, login: StaffLogin, *, as_json: AsJson = False) -> None:
    """Show a matter with its history, decided or not."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.MATTERS_DECIDE)
        found = read_matter(matter, actor, bank)
    print_result(found.model_dump(), as_json=as_json)


@app.command()
def decide(
    matter: MatterId,
    login: StaffLogin,
    decision: Annotated[
        Literal["attested", "corrected", "upheld", "refused", "returned"],
        typer.Option(help="What is decided."),
    ],
    text: Annotated[str, typer.Option(help="What the citizen is told.")],
    code: Annotated[str | None, typer.Option(help="Of a refusal: the reason's code.")] = None,
    result: Annotated[
        Path | None, typer.Option(help="Of an attestation: the result as it is to be recorded.")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(help="Of a dispute: the outcome that is right, posted anew.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Decide a matter: grant it as its kind asks, refuse it with a code, or return it."""
    with opened_bank() as bank:
        stated = None if result is None else filed(ResultRequest, result)
        said = {"decision": decision, "text": text, "code": code}
        body = typed(DecisionRequest, **said, result=stated, outcome=outcome)
        actor = signed_in(bank, login, Scope.MATTERS_DECIDE)
        decide_with(bank, decision_command(matter, body, actor, bank))
        state = read_matter(matter, actor, bank)
    result_shown = {"id": matter, "state": state.state, "outcome": state.outcome}
    print_result(result_shown, as_json=as_json)


def decide_with(bank: Bank, command: DecidesMatter) -> None:
    """Write what a person decided."""
    match command:
        case AttestMatter():
            bank.writer.write(command)
        case AnswerCorrected():
            bank.writer.write(command)
        case UpholdAppeal():
            bank.writer.write(command)
        case _:
            bank.writer.write(command)


@app.command()
def dispute(
    account: AccountNumber,
    login: StaffLogin,
    outcome: Annotated[str, typer.Option(help="Id of the outcome.")],
    field: Annotated[str, typer.Option(help="What of it is wrong, such as class_hours.")],
    should_be: Annotated[str | None, typer.Option(help="What it should be.")] = None,
    text: Annotated[str | None, typer.Option(help="Anything else that she says.")] = None,
    evidence: Evidence = None,
    received_on: ReceivedOn = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take down at the counter that a record of hers is wrong 异议; who posted it answers."""
    with opened_bank() as bank:
        said = {"outcome": outcome, "field": field, "should_be": should_be, "text": text}
        body = typed(DisputeRequest, kind="dispute", **said, evidence=evidence or [])
        actor, key = at_counter(bank, login, account)
        day = None if received_on is None else received_on.date()
        filed = bank.writer.write(dispute_command(body, key, actor.person, bank, day)).answer
    print_result({"kind": "matter", "id": filed}, as_json=as_json)


@app.command()
def answer(
    account: AccountNumber,
    matter: MatterId,
    login: StaffLogin,
    text: Annotated[str, typer.Option(help="What she answers.")],
    evidence: Evidence = None,
    received_on: ReceivedOn = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Answer for her at the counter what was sent back to her 补正; its clock goes on."""
    with opened_bank() as bank:
        body = typed(AnswerRequest, text=text, evidence=evidence or [])
        actor, key = at_counter(bank, login, account)
        day = None if received_on is None else received_on.date()
        command = answer_command(matter, body, key, actor.person, bank, day)
        state = bank.writer.write(command).answer
    print_result({"id": matter, "state": state.value}, as_json=as_json)


@app.command()
def appeal(
    account: AccountNumber,
    decision: Annotated[
        str, typer.Argument(metavar="DECISION", help="Id of a matter, filing or conversion.")
    ],
    login: StaffLogin,
    text: Annotated[str, typer.Option(help="Why she appeals.")],
    evidence: Evidence = None,
    received_on: ReceivedOn = None,
    *,
    as_json: AsJson = False,
) -> None:
    """File an appeal for her at the counter 申诉: other persons than before decide."""
    with opened_bank() as bank:
        body = typed(AppealRequest, text=text, evidence=evidence or [])
        actor, key = at_counter(bank, login, account)
        day = None if received_on is None else received_on.date()
        asked = Appealing(own=key, by=actor.person, body=body, received_on=day)
        command = appeal_command(decision, asked, bank)
        if isinstance(command, AppealFiling):
            filed = bank.writer.write(command).answer
        else:
            filed = bank.writer.write(command).answer
    print_result({"kind": kind_of(command), "id": filed}, as_json=as_json)
