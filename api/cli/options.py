"""Options that several commands share."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
InstitutionId = Annotated[
    str, typer.Option("--institution", help="Id of the institution that acts.")
]
