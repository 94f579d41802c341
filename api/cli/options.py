"""Options that several commands share."""

from datetime import datetime
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
InstitutionId = Annotated[
    str, typer.Option("--institution", help="Id of the institution that acts.")
]
ReceivedOn = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day on which the form was received, if not today."),
]
