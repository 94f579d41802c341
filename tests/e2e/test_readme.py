"""The README's walk, run as it is printed: every command, and every line of its output."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures.processes import PROGRAM

ROOT = Path(__file__).parents[2]
FOLDER = "var/walk"
VARIES = re.compile(
    r"inst-[0-9a-f]{20}|\b(?:[0-9a-f]{20}|[0-9a-f]{32}|[0-9a-f]{64})\b"
    r"|\b[A-Z2-9]{26}\b|(?:[A-Z2-9]{4} ){6}[A-Z2-9*+~=$]{3}"
)
"""Ids, the root, and the two forms of a token: they differ from run to run."""
ANYTHING = "…"


@dataclass(frozen=True)
class Step:
    """One command of the walk and what it prints."""

    command: str
    output: tuple[str, ...]


def walk(readme: str) -> Iterator[Step]:
    """Read the steps of a README's `console` blocks."""
    for block in re.findall(r"```console\n(.*?)```", readme, re.DOTALL):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *output = step.splitlines()
            yield Step(command, tuple(output))


def pattern(line: str) -> re.Pattern[str]:
    """Give what a printed line may look like in another run."""
    parts, end = [], 0
    for found in VARIES.finditer(line):
        parts += [re.escape(line[end : found.start()]), f"({VARIES.pattern})"]
        end = found.end()
    rest = re.escape(line[end:]).replace(re.escape(ANYTHING), ".+")
    return re.compile("".join([*parts, rest]))


def test_the_walk_prints_what_the_readme_says(tmp_path: Path) -> None:
    """A newcomer who types these commands sees these lines, but for ids of her own."""
    names = {FOLDER: str(tmp_path / "walk")}
    environment = {
        **os.environ,
        "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
        "CREDITBANK_DATA_DIR": names[FOLDER],
        "LC_ALL": "C.UTF-8",
    }
    steps = list(walk((ROOT / "README.md").read_text("utf-8")))
    assert len(steps) == 8
    for step in steps:
        command = step.command
        for printed, own in names.items():
            command = command.replace(printed, own)
        done = subprocess.run(
            shlex.split(command), cwd=ROOT, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stderr)
        lines = done.stdout.splitlines()
        assert len(lines) == len(step.output), (command, done.stdout)
        for expected, line in zip(step.output, lines, strict=True):
            found = pattern(expected).fullmatch(line)
            assert found is not None, f"{line!r} is not {expected!r}"
            names.update(zip(VARIES.findall(expected), found.groups(), strict=True))


def test_the_chinese_readme_has_the_same_walk() -> None:
    """Neither reader is told something else."""
    english, chinese = (
        list(walk((ROOT / name).read_text("utf-8"))) for name in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_links_the_architecture_at_its_top(name: str) -> None:
    """On the third line."""
    assert "(ARCHITECTURE.md)" in (ROOT / name).read_text("utf-8").splitlines()[2]


def test_a_line_that_differs_in_more_than_its_ids_is_found() -> None:
    """The comparison can fail."""
    line = "institution: inst-abd84c1b899c308735cb of 3"
    assert pattern(line).fullmatch("institution: inst-00000000000000000000 of 3")
    assert pattern(line).fullmatch("institution: inst-00000000000000000000 of 4") is None
    assert pattern("offline_text: LP1:…").fullmatch("offline_text: LP1:") is None
