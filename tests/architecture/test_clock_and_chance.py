"""Time, chance and the environment enter at few places and are arguments everywhere else."""

import ast
from collections.abc import Iterator, Mapping

import pytest

from tests.architecture.tree import PACKAGES, imports, python_files, references, tree_of

CLOCK = frozenset(
    {
        "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
        "datetime.date.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime",
    }
)  # fmt: skip
CHANCE = frozenset(
    {
        "os.urandom", "os.getrandom", "uuid.uuid1", "uuid.uuid4", "secrets.token_bytes",
        "secrets.token_hex", "secrets.token_urlsafe", "secrets.randbelow", "secrets.randbits",
        "secrets.choice", "secrets.SystemRandom",
    }
)  # fmt: skip
ENVIRONMENT = frozenset({"os.environ", "os.environb", "os.getenv", "os.putenv"})
ALLOWED: Mapping[str, Mapping[str, str]] = {
    "creditbank/bank.py": {
        "datetime.datetime.now": "the assembly hands the clock to all parts",
        "os.urandom": "and the randomness",
    },
    "creditbank/founding.py": {
        "os.urandom": "a bank begins with keys",
        "secrets.token_urlsafe": "the first passphrase",
    },
    "api/app.py": {"uuid.uuid4": "names a request in the log, no more"},
}


def world_calls(tree: ast.Module) -> Iterator[str]:
    """Name what reads the clock, draws chance or looks at the environment; also when passed on."""
    for one in references(tree):
        if one.name in CLOCK | CHANCE | ENVIRONMENT:
            yield one.name
        elif one.name.startswith("random.") or one.name == "random":
            yield "random"
        elif one.name.endswith(".derive_private_key"):
            continue  # It follows from a given secret.
        elif one.name.startswith("cryptography.") and one.name.endswith((".generate", "_key")):
            yield one.name


def test_clock_chance_and_environment_enter_at_the_named_places_only() -> None:
    """Elsewhere a test decides what time it is and which bytes are drawn."""
    called = {path: set(world_calls(tree_of(path))) for path in python_files(*PACKAGES)}
    found = {path: names for path, names in called.items() if names}
    assert found == {path: set(names) for path, names in ALLOWED.items()}


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ("from datetime import datetime\ndatetime.now()", "datetime.datetime.now"),
        ("import datetime as d\nf(clock=d.datetime.now)", "datetime.datetime.now"),
        ("from time import time as t\nt()", "time.time"),
        ("from os import urandom\nf(urandom)", "os.urandom"),
        ("import secrets as s\ns.token_hex()", "secrets.token_hex"),
        ("def f():\n    import random\n    random.choice([])", "random"),
        ("from random import choice\nchoice([])", "random"),
        ("import os\nos.environ['A']", "os.environ"),
        (
            "from cryptography.fernet import Fernet\nFernet.generate_key()",
            "cryptography.fernet.Fernet.generate_key",
        ),
    ],
)
def test_a_hidden_clock_or_die_is_found(wrong: str, name: str) -> None:
    """Under any alias, called or handed on."""
    assert name in set(world_calls(ast.parse(wrong)))


def test_measuring_a_duration_is_allowed() -> None:
    """`time.monotonic` says nothing about when."""
    assert list(world_calls(ast.parse("import time\ntime.monotonic()"))) == []


def asynchronous(tree: ast.Module) -> Iterator[int]:
    """Give the lines that import asyncio or declare a coroutine."""
    yield from (one.line for one in imports(tree) if one.name.split(".")[0] == "asyncio")
    coroutine = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
    yield from (node.lineno for node in ast.walk(tree) if isinstance(node, coroutine))


def test_only_the_doors_are_asynchronous() -> None:
    """The core is synchronous; the doors wait for its futures."""
    below = python_files("creditbank", "ledger", "certificates")
    assert [path for path in below if any(asynchronous(tree_of(path)))] == []


@pytest.mark.parametrize(
    "wrong", ["import asyncio", "async def f(): ...", "from asyncio import run"]
)
def test_asynchronous_code_is_found(wrong: str) -> None:
    """By its import or its keyword."""
    assert list(asynchronous(ast.parse(wrong))) == [1]
