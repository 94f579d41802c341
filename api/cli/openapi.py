"""Print the description of the API."""

import json

import typer

from api.app import create_app
from api.openapi import describe


def openapi() -> None:
    """Print what every route takes and answers (OpenAPI 3.1, JSON); no bank is needed."""
    typer.echo(json.dumps(describe(create_app()), ensure_ascii=False, indent=2))
