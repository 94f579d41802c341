"""Only the writer and the key store commit: order, durability and receipts have one home."""

import ast
from collections.abc import Iterator

from tests.architecture.tree import PACKAGES, python_files, tree_of

COMMITTING_ROOMS = ("creditbank/writer/", "creditbank/keystore/")
JUDGED = {
    "creditbank/migrations/run.py:_upgrade": "the tables themselves, before any writer has them",
    "creditbank/network/answer.py:read_answer": "begins to read an answer of HTTP; no database",
    "creditbank/founding.py:init_bank": "the head row, which the writer's first statement locks",
}

OPENING = frozenset({"begin", "begin_nested", "begin_twophase", "commit"})
SESSIONS = frozenset({"Session", "sessionmaker", "scoped_session"})


def commit_sites(tree: ast.Module, path: str) -> Iterator[str]:
    """Name each function that opens a write transaction, commits, or asks to commit by itself."""
    for place, node in _with_function(tree, ""):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in OPENING:
                yield f"{path}:{place}"
            case ast.Call(func=ast.Name(id=name)) if name in SESSIONS:
                yield f"{path}:{place}"
            case ast.Constant(value=str(text)) if text.strip().upper() in {"COMMIT", "AUTOCOMMIT"}:
                yield f"{path}:{place}"
            case ast.keyword(arg="autocommit"):
                yield f"{path}:{place}"


def _with_function(node: ast.AST, place: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else place
        yield place, child
        yield from _with_function(child, inner)


def _sites() -> set[str]:
    return {
        site
        for path in python_files(*PACKAGES)
        if not path.startswith(COMMITTING_ROOMS)
        for site in commit_sites(tree_of(path), path)
    }


def test_only_writer_and_keystore_commit() -> None:
    """Everything else asks the writer; each exception is named, and goes when it is not needed."""
    assert _sites() == set(JUDGED)


def test_a_commit_elsewhere_is_found() -> None:
    """Each way to a write transaction is seen, whatever the connection is called."""
    wrong = """
def sneak(engine, connection):
    with engine.begin() as other:
        pass
def push(connection):
    connection.commit()
def ask(engine):
    engine.execution_options(isolation_level="AUTOCOMMIT")
def dial(psycopg):
    psycopg.connect("", autocommit=True)
def say(connection):
    connection.exec_driver_sql("commit")
def work(engine):
    with Session(engine) as session:
        pass
def read(engine):
    with engine.connect() as connection:
        connection.rollback()
"""
    found = {site.partition(":")[2] for site in commit_sites(ast.parse(wrong), "x.py")}
    assert found == {"sneak", "push", "ask", "dial", "say", "work"}
