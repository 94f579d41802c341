"""Filings 申请 at the terminal: filed at the counter, listed, and decided by who signs in."""

from typing import Annotated, Literal

import typer

from api.cli.forms import typed
from api.cli.options import AsJson, ReceivedOn
from api.cli.output import language, opened_bank, print_result, print_rows
from api.cli.person import AccountNumber, StaffLogin, at_counter, signed_in
from api.problems import load_problems
from api.v1.filings import FilingDecisionRequest, decision_command, list_filings, read_filing
from api.v1.own_filings import WordsRequest, answer_command, objection
from creditbank.access.actor import Scope
from creditbank.credits.request import Request
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.filings.file import FileRequest

app = typer.Typer(no_args_is_help=True, help="Requests for credit that persons decide.")

FilingId = Annotated[str, typer.Argument(metavar="FILING", help="Id of the filing.")]


@app.command("list")
def list_open(login: StaffLogin, *, as_json: AsJson = False) -> None:
    """List what is under way at one's institution and below it, by the last day of the step."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.FILINGS_DECIDE)
        found = list_filings(actor, bank, load_problems(), language())
    rows = [one.model_dump() for one in found.filings]
    if not as_json:
        told = ("id", "rule", "state", "step", "decides", "due_on", "late")
        rows = [{name: row[name] for name in told} for row in rows]
    print_rows("filings", rows, as_json=as_json)


@app.command()
def show(filing: FilingId, login: StaffLogin, *, as_json: AsJson = False) -> None:
    """Show a filing with what its rule says, its acts and its precedents."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.FILINGS_DECIDE)
        found = read_filing(filing, actor, bank, load_problems(), language())
    print_result(found.model_dump(), as_json=as_json)


@app.command("file")
def file_at_counter(
    account_number: AccountNumber,
    login: StaffLogin,
    rule: Annotated[str, typer.Option(help="Id of the rule.")],
    outcome: Annotated[list[str], typer.Option(help="Id of an outcome; may be repeated.")],
    target: Annotated[
        list[str] | None, typer.Option(help="Code of a course to fill; may be repeated.")
    ] = None,
    enrolment: Annotated[str | None, typer.Option(help="Id of the enrolment.")] = None,
    received_on: ReceivedOn = None,
    text: Annotated[str, typer.Option(help="What is said with it.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """File a request that was handed in on paper; the day that it was received counts."""
    with opened_bank() as bank:
        actor, key = at_counter(bank, login, account_number)
        command = FileRequest(
            key=key,
            secrets=bank.keystore.secrets,
            request=Request(
                rule_id=rule,
                outcome_ids=outcome,
                targets=target or [],
                received_on=None if received_on is None else received_on.date(),
                enrolment_id=enrolment,
            ),
            by=actor.person,
            text=text,
        )
        filing = bank.writer.write(command).answer
    print_result({"filing": filing}, as_json=as_json)


@app.command()
def answer(
    account_number: AccountNumber,
    filing: FilingId,
    login: StaffLogin,
    text: Annotated[str, typer.Option(help="What she answers.")],
    received_on: ReceivedOn = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Answer for her at the counter what was sent back to her 补正; its clock goes on."""
    with opened_bank() as bank:
        body = typed(WordsRequest, text=text)
        actor, key = at_counter(bank, login, account_number)
        day = None if received_on is None else received_on.date()
        command = answer_command(filing, body.text, key, actor.person, bank, day)
        state = bank.writer.write(command).answer
    print_result({"id": filing, "state": state.value}, as_json=as_json)


@app.command()
def decide(
    filing: FilingId,
    login: StaffLogin,
    decision: Annotated[
        Literal["passed", "returned", "refused", "objection_upheld", "objection_dismissed"],
        typer.Option(help="What is done at the step; passing the last one recognises the credit."),
    ],
    text: Annotated[str, typer.Option(help="What is said with it.")],
    code: Annotated[str | None, typer.Option(help="Of a refusal: the reason's code.")] = None,
    found: Annotated[
        list[str] | None,
        typer.Option(help="OUTCOME:CODE:yes|no, what was found out; may be repeated."),
    ] = None,
    departure: Annotated[
        str | None, typer.Option(help="Why this is decided otherwise than before.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take the step at which a filing is, as the person whom the chain asks."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.FILINGS_DECIDE)
        body = typed(
            FilingDecisionRequest,
            decision=decision,
            text=text,
            code=code,
            findings=[_finding(one) for one in found or ()],
            departure=departure,
        )
        decided = bank.writer.write(decision_command(filing, body, actor, bank)).answer
    shown = {"id": filing, "state": decided.state.value, "conversion": decided.conversion_id}
    print_result(shown, as_json=as_json)


@app.command("object")
def object_at_counter(
    filing: FilingId,
    login: StaffLogin,
    text: Annotated[str, typer.Option(help="The objection, and who raised it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Take down an objection to what is published 异议, for somebody at the counter."""
    with opened_bank() as bank:
        actor = signed_in(bank, login, Scope.ACCOUNTS_SERVE)
        state = bank.writer.write(objection(filing, text, actor.person, bank)).answer
    print_result({"id": filing, "state": state.value}, as_json=as_json)


def _finding(text: str) -> dict[str, object]:
    """Read OUTCOME:CODE:yes|no."""
    outcome, _, rest = text.partition(":")
    code, _, answer = rest.partition(":")
    if answer not in {"yes", "no"}:
        raise InvalidInput([FieldProblem(field="found", code="finding-unknown")])
    return {"outcome": outcome, "code": code, "met": answer == "yes"}
