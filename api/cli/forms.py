"""What is typed or filed at the terminal is read by the forms of the API: one form, one refusal."""

from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError

from api.problem_answers import refusal_of
from api.v1.fields import Request
from creditbank.errors import Misconfigured, Refusal

FormT = TypeVar("FormT", bound=Request)
FormFile = Annotated[Path, typer.Argument(metavar="FILE", help="JSON as the API takes it.")]


def typed(form: type[FormT], **fields: object) -> FormT:
    """Fill in a form; raises `InvalidInput` that names each wrong field."""
    try:
        return form.model_validate(fields)
    except ValidationError as error:
        raise refusal_of(error.errors()) from None


def filed(form: type[FormT], file: Path) -> FormT:
    """Read a form from a JSON file.

    Raises `InvalidInput`, `Refusal("body-unreadable")`; `Misconfigured` without such a file.
    """
    try:
        return form.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise refusal_of(error.errors()) from None
    except OSError as error:
        raise Misconfigured(f"{file}: {error.strerror}") from None


def text_of(file: Path) -> str:
    """Read a text file (UTF-8); raises `Refusal("body-unreadable")`."""
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("body-unreadable") from None
