"""Credit applied to enrolments: what a school enters, by hand or by a file, at the terminal."""

from pathlib import Path
from typing import Annotated

import typer

from api.application_sheet import sheet
from api.cli.options import AsJson, InstitutionId
from api.cli.output import Exit, language, opened_bank, print_result, print_rows, tell
from api.cli.person import AccountNumber, numbered, operator
from api.problems import load_problems
from api.v1.applications import ApplicationView, every_application, seen_by
from api.v1.offers import enrolled_key
from creditbank.access.actor import COMMAND_LINE
from creditbank.applications.confirm_file import confirm_file
from creditbank.applications.queries import find_applications
from creditbank.applications.status import ApplicationStatus
from creditbank.conversion.amounts import Credits
from creditbank.credits.accept import AcceptOffer
from creditbank.credits.offers import offers_to

app = typer.Typer(no_args_is_help=True, help="Credit applied to enrolments.")

State = Annotated[ApplicationStatus, typer.Option(help="Where the applications stand.")]
EnrolmentId = Annotated[str, typer.Option("--enrolment", help="Id of the enrolment.")]


@app.command("list")
def list_applications(
    institution: InstitutionId,
    state: State = ApplicationStatus.TO_ENTER,
    *,
    as_json: AsJson = False,
) -> None:
    """List what was applied to enrolments at an institution and below it."""
    with opened_bank() as bank:
        seen = seen_by(operator(institution), None, bank)
        found = [ApplicationView.of(one) for one in every_application(seen, state, bank)]
    rows = [one.model_dump() for one in found]
    if not as_json:
        told = ("id", "state", "student_number", "programme", "credits")
        rows = [{name: row[name] for name in told} for row in rows]
    print_rows("applications", rows, as_json=as_json)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The sheet to write (CSV).")],
    institution: InstitutionId,
    state: State = ApplicationStatus.TO_ENTER,
    *,
    as_json: AsJson = False,
) -> None:
    """Write the sheet of what a school has to enter, a row a place."""
    with opened_bank() as bank:
        seen = seen_by(operator(institution), None, bank)
        lines = list(sheet(every_application(seen, state, bank)))
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(lines)
    print_result({"file": str(file), "rows": len(lines) - 1}, as_json=as_json)


@app.command("confirm")
def confirm(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    institution: InstitutionId,
    *,
    as_json: AsJson = False,
) -> None:
    """Take the sheet back with what was entered, and what not; good rows are recorded."""
    with opened_bank() as bank:
        found = confirm_file(bank, file.read_bytes(), institution, COMMAND_LINE)
    problems = load_problems()
    for row in found.rejected:
        for one in row.problems:
            said = problems.field(one, language())
            tell(f"{row.number}: {said['field']} {said['detail']}")
    counts = {
        "entered": found.entered,
        "declined": found.declined,
        "unchanged": found.unchanged,
        "waiting": found.waiting,
        "rejected": len(found.rejected),
    }
    print_result(counts, as_json=as_json)
    if found.rejected:
        raise typer.Exit(Exit.PARTIAL)


@app.command("offers")
def list_offers(account: AccountNumber, enrolment: EnrolmentId, *, as_json: AsJson = False) -> None:
    """List what is recognised for an enrolment and not applied, and what of it fits now."""
    with opened_bank() as bank:
        key = enrolled_key(enrolment, numbered(bank, account), bank)
        with bank.readers.reading() as connection:
            offers = offers_to(connection, key, enrolment)
    rows = [
        {
            "conversion": one.conversion.id,
            "rule": one.conversion.rule_id,
            "fits": str(one.fits.credits),
            "codes": list(one.fits.codes),
        }
        for one in offers
    ]
    print_rows("offers", rows, as_json=as_json)


@app.command("accept")
def accept(
    conversion: Annotated[str, typer.Argument(metavar="CONVERSION", help="Id of the conversion.")],
    account: AccountNumber,
    enrolment: EnrolmentId,
    *,
    as_json: AsJson = False,
) -> None:
    """Have what fits of a conversion applied to its enrolment, as its learner asks."""
    with opened_bank() as bank:
        holder = numbered(bank, account)
        command = AcceptOffer(
            key=enrolled_key(enrolment, holder, bank),
            holder_id=holder.account_id,
            conversion_id=conversion,
            enrolment_id=enrolment,
            by=COMMAND_LINE,
        )
        application = bank.writer.write(command).answer
        with bank.readers.reading() as connection:
            stored = find_applications(connection, [application])[application]
    applied = {"application": application, "entry_index": stored.entry_index}
    print_result({**applied, "credits": str(Credits(milli=stored.credits))}, as_json=as_json)
