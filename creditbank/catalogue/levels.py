"""Levels: ordinals with printed names within a framework, and maps between frameworks as data.

Two levels are compared within one framework, or by a published map; nothing is ever derived.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, delete, select
from sqlmodel import col

from creditbank.catalogue.tables import LevelFrameworkRow
from creditbank.database import table_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.plain_yaml import load_plain_yaml
from creditbank.writer.command import Decision, Moment

Text = Annotated[str, Field(min_length=1, max_length=200)]
Ordinal = Annotated[int, Field(ge=0, le=99)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(_Strict):
    """One level as printed; the higher the ordinal, the higher it is in its own framework."""

    ordinal: Ordinal
    name: Text
    name_en: Text | None = None


class LevelMap(_Strict):
    """What the levels of a framework are in another, by a published source."""

    to: Text
    source: Text
    pairs: dict[Ordinal, Ordinal]


class Framework(_Strict):
    """A framework of levels; `source` is the document that it is taken from."""

    id: Text
    title: Text
    title_en: Text | None = None
    source: Text
    levels: Annotated[list[Level], Field(min_length=1)]
    maps: list[LevelMap] = []


class _LevelsFile(_Strict):
    format: Literal["creditbank/levels/v1"]
    frameworks: list[Framework]


def read_levels(text: str) -> list[Framework]:
    """Read a file of frameworks (YAML); raises `InvalidInput` naming every wrong place."""
    try:
        return _LevelsFile.model_validate(load_plain_yaml(text)).frameworks
    except ValidationError as error:
        raise InvalidInput(
            [
                FieldProblem(
                    field=".".join(map(str, one["loc"])),
                    code="field-wrong",
                    facts={"reason": one["msg"]},
                )
                for one in error.errors()
            ]
        ) from None


def ordinal_in(
    frameworks: Mapping[str, Framework], framework: str, ordinal: int, other: str
) -> int:
    """Give a level's ordinal in another framework; raises `Refusal("levels-not-comparable")`."""
    if framework == other:
        return ordinal
    known = frameworks.get(framework)
    for one in () if known is None else known.maps:
        if one.to == other and ordinal in one.pairs:
            return one.pairs[ordinal]
    raise Refusal("levels-not-comparable", framework=framework, other=other)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLevels:
    """Ask that these frameworks be published, each in place of the one of its id."""

    frameworks: Sequence[Framework]

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing: a framework is replaced whole."""

    def decide(self, state: None, moment: Moment) -> Decision[None, int]:
        """Publish them; the answer is how many."""
        del moment  # Levels are not on the ledger.
        named = {one.id: one for one in self.frameworks}
        replaced = delete(LevelFrameworkRow).where(col(LevelFrameworkRow.id).in_(named))
        rows = [{"id": name, "content": one.model_dump(mode="json")} for name, one in named.items()]
        return Decision(
            answer=len(rows), state=state, changes=[replaced], rows={LevelFrameworkRow: rows}
        )


def frameworks_by_id(connection: Connection) -> dict[str, Framework]:
    """Give all frameworks."""
    wanted = select(table_of(LevelFrameworkRow)).order_by(col(LevelFrameworkRow.id))
    rows = connection.execute(wanted).mappings()
    return {row["id"]: Framework.model_validate(row["content"]) for row in rows}
