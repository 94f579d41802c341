"""Rows by a list of values: on both engines one parameter, whatever the length of the list.

So a statement has one text: it is compiled once, and what drivers and servers read of it they keep.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Self, cast

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    RowMapping,
    Select,
    SQLColumnExpression,
    Text,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import Boolean, TypeEngine

from creditbank.database import chunks

_VALUES = "values"


def among(column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Choose the rows in which a column has one of the values that `rows_among` asks for."""
    # Whatever is a column of SQL has a type; SQLAlchemy's own word for both does not say so.
    item = cast("ColumnElement[Any]", column).type
    return _Among(column, bindparam(_VALUES, type_=_List(item)))


def rows_among(
    connection: Connection, wanted: Select[*tuple[Any, ...]], values: Iterable[object]
) -> Iterator[RowMapping]:
    """Give the rows of a query with `among` for these values, as many at a time as engines bear."""
    for chunk in chunks(list(values)):
        yield from connection.execute(wanted, {_VALUES: chunk}).mappings()


class _List(TypeDecorator[Collection[object]]):
    """A list of values of one type as one parameter: an array, or JSON where there are none."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(self.item))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Collection[object] | None, dialect: Dialect) -> Any:
        if dialect.name == "postgresql" or value is None:
            return value
        return orjson.dumps(list(value)).decode()


class _Among(GenericFunction[bool]):
    """That a column has one of the values of a list."""

    type = Boolean()
    inherit_cache = True
    name = "among"

    def self_group(self, against: OperatorType | None = None) -> Self:
        """Give it as it is: SQLite finds no index for a condition that is compared with 1."""
        del against
        return self


@compiles(_Among)
def _of_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    """Render for SQLite; bytes are no JSON, and are given one by one."""
    column, values = element.clauses
    if isinstance(column.type, LargeBinary):
        each = bindparam(_VALUES, type_=column.type, expanding=True)
        return compiler.process(column.in_(each), **options)
    listed, given = compiler.process(column, **options), compiler.process(values, **options)
    return f"{listed} IN (SELECT value FROM json_each({given}))"  # noqa: S608 - rendered parts.


@compiles(_Among, "postgresql")
def _of_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    listed, given = compiler.process(column, **options), compiler.process(values, **options)
    return f"{listed} = ANY ({given})"
