"""Options that several commands share."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
InstitutionId = Annotated[
    str, typer.Option("--institution", help="Id of the institution that acts.")
]
COMMAND_LINE = "command-line"
"""What stands as `posted_with` for results that bank staff record at the command line."""
