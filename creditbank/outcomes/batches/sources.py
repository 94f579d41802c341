"""The words of a mapping: from where in a provider's files each field of a posting comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Discriminator, StringConstraints, Tag, with_config

NOT_AWARDED = "not_awarded"
"""In the value table of `result`: the row is valid, but nothing was achieved."""

_STRICT = ConfigDict(extra="forbid")

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
FileName = Annotated[str, StringConstraints(pattern=r"^[^./\\\x00-\x1f][^/\\\x00-\x1f]{0,99}$")]
"""A name in the mapping's own folder: it can lead nowhere else."""

CatalogueField = Literal["credits", "class_hours", "hours"]


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """The same text in every row."""

    constant: Name


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the row, as it stands or translated by a table; `others` it need not list."""

    column: Name
    values: Mapping[Name, Name] | None = None
    optional: bool = False
    """Whether the file may lack the column."""

    others: Literal["refuse", "keep"] = "refuse"
    """What becomes of a value that the table does not list."""


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A column of another table, found by columns of this row, as it stands or translated."""

    table: Name
    key: tuple[Name, ...]
    column: Name
    values: Mapping[Name, Name] | None = None


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What the course catalogue says of the row's course."""

    catalogue: CatalogueField


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """Which rows of a table are averaged, and by which weights."""

    table: Name
    key: tuple[Name, ...]
    value: Name
    weight: Name


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedMean:
    """Σ weight·value / Σ weight over another table's rows of this key, half up to 1/100."""

    weighted_mean: Mean


def _kind(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((tag for tag, key in _KINDS.items() if key in value), None)


_KINDS = {
    "as:constant": "constant",
    "as:lookup": "table",
    "as:column": "column",
    "as:catalogue": "catalogue",
    "as:weighted_mean": "weighted_mean",
    "as:date_plus_days": "date_plus_days",
}
"""The key by which each kind of source is known; a look-up also has a column, so it goes first."""

_ONE_OF = "Input should be a source that fits here, named by its key"

PlainSource: TypeAlias = Annotated[
    Annotated[Constant, Tag("as:constant")]
    | Annotated[Column, Tag("as:column")]
    | Annotated[Lookup, Tag("as:lookup")],
    Discriminator(_kind, custom_error_type="source_unknown", custom_error_message=_ONE_OF),
]


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A day YYYY-MM-DD and a whole number of days to add."""

    date: PlainSource
    days: PlainSource


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class DatePlusDays:
    """A day so many days after another one."""

    date_plus_days: Shift


Source: TypeAlias = Annotated[
    Annotated[Constant, Tag("as:constant")]
    | Annotated[Column, Tag("as:column")]
    | Annotated[Lookup, Tag("as:lookup")]
    | Annotated[Catalogue, Tag("as:catalogue")]
    | Annotated[WeightedMean, Tag("as:weighted_mean")]
    | Annotated[DatePlusDays, Tag("as:date_plus_days")],
    Discriminator(_kind, custom_error_type="source_unknown", custom_error_message=_ONE_OF),
]


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Another table whose columns each row of this one also has, found by columns of this one."""

    table: Name
    on: tuple[Name, ...]


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Another file beside the main one: its key, and the only columns of it that are read."""

    file: FileName
    key: tuple[Name, ...]
    columns: tuple[Name, ...] = ()
    join: Join | None = None


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A source, and the texts of it with which a row is a result; an empty one is a text too."""

    source: PlainSource
    values: tuple[str, ...]


def columns_of(source: Source) -> tuple[str, ...]:
    """Give the columns of the row that a source reads."""
    match source:
        case Column(column=column):
            return (column,)
        case Lookup(key=key):
            return key
        case WeightedMean(weighted_mean=mean):
            return mean.key
        case DatePlusDays(date_plus_days=shift):
            return (*columns_of(shift.date), *columns_of(shift.days))
        case _:
            return ()
