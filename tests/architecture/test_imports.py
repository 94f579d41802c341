"""Importing a module changes and asks nothing, and the offline verifier needs no database."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, source_of, tree_of

PROBE = Path(__file__).with_name("import_probe.py")
DOCSTRING_ONLY = ("ledger/__init__.py", "certificates/__init__.py")
HEAVY = ("sqlalchemy", "sqlmodel", "fastapi", "starlette", "redis", "pydantic_settings", "alembic")


def run_probe(*modules: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Import modules in a new interpreter with an empty environment; it prints what it saw."""
    return subprocess.run(
        [sys.executable, "-I", "-B", str(PROBE), str(folder), *modules],
        env={}, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def only_a_docstring(tree: ast.Module) -> bool:
    """Say whether a module holds its docstring and nothing else."""
    return ast.get_docstring(tree) is not None and len(tree.body) == 1


def offline_modules() -> list[str]:
    """The modules that the contract of the pure proofs names, and what composes them."""
    contracts = tomllib.loads(source_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    pure = next(one for one in contracts if one["id"] == "pure-proofs")
    return [*pure["source_modules"], "creditbank.verification.offline"]


def test_importing_every_module_does_nothing() -> None:
    """No file, network, engine or setting is touched before somebody calls."""
    probe = run_probe()
    assert (probe.stdout, probe.stderr, probe.returncode) == ("", "", 0)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("open('/etc/hostname').read()", "open"),
        ("from pathlib import Path\nPath('made').mkdir()", "os.mkdir"),
        ("import socket\nsocket.socket()", "socket"),
        ("import sqlite3\nsqlite3.connect(':memory:')", "sqlite3.connect"),
        ("import subprocess\nsubprocess.run(['true'])", "subprocess.Popen"),
        ("from sqlalchemy import create_engine\nENGINE = create_engine('sqlite://')", "an Engine"),
        ("from creditbank.settings import Settings\nSETTINGS = Settings()", "a Settings"),
    ],
)
def test_work_at_import_is_found(wrong: str, told: str, tmp_path: Path) -> None:
    """Each kind of work is seen where it is done."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "__init__.py").write_text(wrong)
    probe = run_probe("api", folder=tmp_path)
    assert told in probe.stdout
    assert probe.returncode == 1


def test_the_lower_floors_export_nothing_by_themselves() -> None:
    """A re-export would pull the database into the offline verifier."""
    assert [path for path in DOCSTRING_ONLY if not only_a_docstring(tree_of(path))] == []


@pytest.mark.parametrize("wrong", ["", "'''Docstring.'''\nimport os", "X = 1"])
def test_an_export_is_found(wrong: str) -> None:
    """A docstring with anything beside it is not a docstring alone."""
    assert not only_a_docstring(ast.parse(wrong))


def test_the_offline_verifier_loads_no_database_and_no_web() -> None:
    """A verifier in a browser or on a phone has neither."""
    script = (
        "import importlib, sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        f"for name in {offline_modules()!r}: importlib.import_module(name)\n"
        f"print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    probe = subprocess.run(
        [sys.executable, "-I", "-B", "-c", script],
        env={}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert probe.stdout.split() == []
