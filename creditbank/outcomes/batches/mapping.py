"""Mappings: a provider declares once how the rows of its files are postings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self, get_args

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError, with_config

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.outcomes.batches.coherence import incoherences
from creditbank.outcomes.batches.sources import Column, Condition, Name, Source, Table, columns_of
from creditbank.outcomes.posting import CODE_FIELDS, REQUIRED
from creditbank.outcomes.texts import LENGTHS
from creditbank.plain_yaml import load_plain_yaml

Format = Literal["creditbank/import-mapping/v1"]

Encoding = Literal["utf-8", "gb18030", "big5hkscs", "iso-8859-1", "windows-1252", "utf-16"]
"""In each but the last a line ends with the byte 0x0A and with no other, so that files stream."""

Delimiter = Annotated[str, StringConstraints(pattern=r"^[,;|\t]$")]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """How the rows of a main file, with the help of other files, are postings."""

    format: Format
    name: Name
    version: Name
    fields: Mapping[str, Source]
    encoding: Encoding = "utf-8"
    delimiter: Delimiter = ","
    sheet: Name | None = None
    """Which sheet of a workbook is read, unless its first."""

    tables: Mapping[Name, Table] = field(default_factory=dict)
    unmapped_columns: Literal["ignore", "refuse"] = "refuse"
    only_where: tuple[Condition, ...] = ()
    """What must hold for a row to be a result; the others are valid, but not awarded."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the main file that are read, each once: the cells of a row."""
        return tuple(dict.fromkeys(self._columns()))

    @property
    def optional_columns(self) -> frozenset[str]:
        """The columns that the main file may lack."""
        sources = self.fields.values()
        return frozenset(
            source.column for source in sources if isinstance(source, Column) and source.optional
        )

    @property
    def code_columns(self) -> frozenset[str]:
        """The columns that hold codes as they stand."""
        return frozenset(
            source.column
            for name, source in self.fields.items()
            if name in CODE_FIELDS and isinstance(source, Column)
        )

    def in_encoding(self, name: str) -> Self:
        """Give the same mapping for a file in another encoding; raises `InvalidInput`."""
        for encoding in get_args(Encoding):
            if name.lower() == encoding:
                return replace(self, encoding=encoding)
        facts = {"known": get_args(Encoding)}
        problem = FieldProblem(field="encoding", code="encoding-unknown", facts=facts)
        raise InvalidInput([problem])

    def _columns(self) -> Iterator[str]:
        for source in self.fields.values():
            yield from columns_of(source)
        for condition in self.only_where:
            yield from columns_of(condition.source)


def identity_mapping() -> ImportMapping:
    """Give the mapping of rows that name the fields of a posting themselves, as NDJSON does."""
    fields = {name: Column(column=name, optional=name not in REQUIRED) for name in LENGTHS}
    return ImportMapping(
        format="creditbank/import-mapping/v1", name="identity", version="1", fields=fields
    )


def mapping_of_columns(
    fields: Mapping[str, Source],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    sheet: str | None = None,
) -> ImportMapping:
    """Give the mapping of a file whose header says what its fields are; raises `InvalidInput`."""
    mapping = ImportMapping(
        format="creditbank/import-mapping/v1",
        name="header",
        version="1",
        fields=fields,
        delimiter=delimiter,
        sheet=sheet,
    )
    return mapping.in_encoding(encoding)


def load_mapping(text: str) -> ImportMapping:
    """Read a mapping file (YAML); raises `InvalidInput` naming every wrong place by its path."""
    try:
        mapping = _SCHEMA.validate_python(load_plain_yaml(text))
    except ValidationError as error:
        raise InvalidInput(
            [
                FieldProblem(
                    field=".".join(str(step) for step in one["loc"] if not _is_tag(step)),
                    code="mapping-wrong",
                    facts={"reason": one["msg"]},
                )
                for one in error.errors(include_url=False, include_input=False)
            ]
        ) from None
    problems = list(incoherences(mapping.fields, mapping.tables, mapping.only_where))
    if problems:
        raise InvalidInput(problems)
    return mapping


_SCHEMA = TypeAdapter(ImportMapping)


def _is_tag(step: int | str) -> bool:
    return isinstance(step, str) and step.startswith("as:")
