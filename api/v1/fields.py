"""Field types that several requests share; amounts are decimal strings, never numbers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Amount = Annotated[str, Field(max_length=20, examples=["3.5"])]
ShortText = Annotated[str, Field(max_length=200)]
Password = Annotated[str, Field(max_length=1_000, json_schema_extra={"format": "password"})]


class Request(BaseModel):
    """A request body: unknown fields and wrong types are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Response(BaseModel):
    """An answer's body."""

    model_config = ConfigDict(frozen=True)
