"""Who acts, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An institution acting through one of its API keys."""

    institution_id: str
    key_id: str
