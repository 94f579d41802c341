"""Field types that several requests share; amounts are decimal strings, never numbers."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from creditbank.conversion.amounts import AmountError, Credits
from creditbank.errors import FieldProblem, InvalidInput

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _seen(text: str) -> str:
    """Refuse what nobody sees and no paper prints, but for what breaks and indents lines.

    Among it are NUL, which PostgreSQL cannot store, and halves of characters, which no file can.
    """
    if _UNSEEN.search(text):
        raise PydanticCustomError("text_unseen", "has a control character")
    return text


def _moment(value: object) -> object:
    """Read a time as RFC 3339 writes it; JSON has no type of its own for it."""
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return value


Text = Annotated[str, AfterValidator(_seen)]
Amount = Annotated[Text, Field(max_length=20, examples=["3.5"])]
ShortText = Annotated[Text, Field(max_length=200)]
Instant = Annotated[AwareDatetime, BeforeValidator(_moment)]
Password = Annotated[str, Field(max_length=1_000, json_schema_extra={"format": "password"})]


def one_of(values: Iterable[StrEnum]) -> str:
    """Say in a field's description which values there are."""
    return f"One of: {', '.join(one.value for one in values)}."


class Request(BaseModel):
    """A request body: unknown fields and wrong types are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def parse_credits(text: str | None, field: str = "credits") -> Credits | None:
    """Read stated credits; raises `InvalidInput` with the code of what is wrong."""
    try:
        return None if text is None else Credits.parse(text)
    except AmountError as error:
        raise InvalidInput([FieldProblem(field=field, code=error.code)]) from None
