"""Tables are storage: declared in a room's `tables.py`, seen there and by the migrations alone."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Annotated, get_args, get_type_hints

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from sqlmodel import SQLModel

import api
from ledger.tables import LeafRow
from tests.architecture.tree import PACKAGES, imports, python_files, tree_of


def table_classes(tree: ast.Module) -> list[str]:
    """Name the table classes that a module declares."""
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(one.arg == "table" for one in node.keywords)
    ]


def strange_tables(tree: ast.Module, path: str) -> Iterator[str]:
    """Name the tables of other rooms that a module imports."""
    room = "/".join(path.split("/")[: 1 if path.startswith("ledger/") else 2])
    for one in imports(tree):
        package, found, _ = f"{one.name}.".partition(".tables.")
        if found and package.split(".")[0] in PACKAGES and package.replace(".", "/") != room:
            yield f"{path}:{one.line} {one.name}"


def tables_in(router: APIRouter) -> Iterator[str]:
    """Name the table classes that a route takes or gives."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            hints = get_type_hints(route.endpoint, include_extras=True)
            for hint in (*hints.values(), route.response_model):
                yield from (f"{route.path} {table.__name__}" for table in _tables(hint))


def _tables(hint: object) -> Iterator[type[SQLModel]]:
    if isinstance(hint, type) and issubclass(hint, SQLModel):
        yield hint
    for argument in get_args(hint):
        yield from _tables(argument)


def _routers() -> Iterator[APIRouter]:
    for found in pkgutil.walk_packages(api.__path__, "api."):
        module: ModuleType = importlib.import_module(found.name)
        yield from (one for one in vars(module).values() if isinstance(one, APIRouter))


def test_tables_are_declared_in_tables_files_only() -> None:
    """So the migrations see them all."""
    declaring = {path for path in python_files(*PACKAGES) if table_classes(tree_of(path))}
    assert declaring
    assert {path.rpartition("/")[2] for path in declaring} == {"tables.py"}


def test_no_room_looks_into_the_tables_of_another() -> None:
    """It asks the other's queries, so that storage can change alone."""
    paths = [one for one in python_files(*PACKAGES) if not one.startswith("creditbank/migrations/")]
    assert [found for path in paths for found in strange_tables(tree_of(path), path)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        "from creditbank.learners.tables import AccountRow",
        "import creditbank.learners.tables as rows",
        "from creditbank.learners import tables",
        "def late():\n    from ledger.tables import LeafRow",
    ],
)
def test_a_look_into_the_tables_of_another_room_is_found(wrong: str) -> None:
    """However it is written."""
    assert len(list(strange_tables(ast.parse(wrong), "creditbank/outcomes/decide.py"))) == 1


def test_no_route_takes_or_gives_a_table() -> None:
    """A table class validates nothing, and shows every column that is added later."""
    routers = list(_routers())
    assert sum(len(router.routes) for router in routers) > 0
    assert [found for router in routers for found in tables_in(router)] == []


def test_a_table_in_a_route_is_found() -> None:
    """As a body, and deep inside an answer."""
    router = APIRouter()

    @router.post("/taken", response_model=None)
    def _take(row: Annotated[LeafRow, "body"]) -> None: ...

    @router.get("/given", response_model=None)
    def _give() -> dict[str, list[LeafRow]]: ...

    assert list(tables_in(router)) == ["/taken LeafRow", "/given LeafRow"]


def test_a_table_class_elsewhere_is_found() -> None:
    """By its keyword, whatever its base is called."""
    assert table_classes(ast.parse("class Row(Base, table=True): ...")) == ["Row"]
