"""The form of every JSON answer's body."""

from pydantic import BaseModel, ConfigDict


class Response(BaseModel):
    """An answer's body."""

    model_config = ConfigDict(frozen=True)
