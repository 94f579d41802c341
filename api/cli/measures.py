"""What an institution decides about many outcomes at once: see whom it concerns, take it, look."""

from typing import Annotated

import typer

from api.cli.forms import FormFile, filed
from api.cli.options import AsJson, InstitutionId
from api.cli.output import opened_bank, print_result
from api.cli.person import operator
from api.v1.outcome_measures import (
    ChoiceRequest,
    MeasureRequest,
    asked_measure,
    measure_command,
    measure_view,
    preview_view,
)
from creditbank.measures.go_on import go_on_with_measure
from creditbank.measures.preview import preview_measure
from creditbank.measures.queries import running_measures

app = typer.Typer(no_args_is_help=True, help="Measures over many outcomes at once.")

MeasureId = Annotated[str, typer.Argument(metavar="MEASURE", help="Id of the measure.")]


@app.command()
def preview(file: FormFile, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Say whom a measure would concern; nothing is written."""
    with opened_bank() as bank:
        asked = asked_measure(filed(ChoiceRequest, file), operator(institution), bank)
        with bank.readers.reading() as connection:
            found = preview_measure(connection, asked, int(bank.clock().timestamp()))
    view = preview_view(found).model_dump(mode="json")
    shown = {name: value for name, value in view.items() if as_json or name != "first"}
    print_result(shown, as_json=as_json)


@app.command()
def take(file: FormFile, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Take a measure and see it through; safe to repeat after an interruption."""
    with opened_bank() as bank:
        command = measure_command(filed(MeasureRequest, file), operator(institution), bank)
        taken = bank.writer.write(command).answer
        with bank.readers.reading() as connection:
            running = running_measures(connection)
        for one in running:
            go_on_with_measure(bank, one)
    result = {"measure": taken.measure_id, "outcomes": taken.outcomes}
    print_result(result, as_json=as_json)


@app.command()
def show(measure: MeasureId, institution: InstitutionId, *, as_json: AsJson = False) -> None:
    """Show a measure and how far it is."""
    with opened_bank() as bank:
        view = measure_view(measure, operator(institution), bank).model_dump(mode="json")
    told = ("id", "act", "state", "measure", "outcomes", "pending")
    print_result(view if as_json else {name: view[name] for name in told}, as_json=as_json)
