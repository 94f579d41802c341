"""Templates keep to the pages' policy: nothing inline that a browser would refuse."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from ledger.grammar import SCHEMA
from tests.fixtures.messages import TEMPLATES

NODE = Path(__file__).parents[2] / "node"
FORBIDDEN = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)|//cdn|https?://"
)


@pytest.mark.parametrize(
    "path", sorted(one.relative_to(TEMPLATES) for one in TEMPLATES.rglob("*.html"))
)
def test_a_template_has_no_inline_style_or_script_and_loads_nothing_from_elsewhere(
    path: str,
) -> None:
    """The content security policy knows no exception."""
    assert FORBIDDEN.findall((TEMPLATES / path).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "wrong", ['<p style="x">', "<script>1</script>", '<a onclick="x">', "<style>"]
)
def test_what_the_policy_forbids_is_found(wrong: str) -> None:
    """In any place of a page."""
    assert FORBIDDEN.search(wrong)


VENDORED = TEMPLATES.parent / "static" / "vendor"
ROW = re.compile(r"\| `(\S+)` \| `([a-z.-]+)`.* \| ([\d.]+) \| .* \| `([0-9a-f]{64})` \|")
LICENCES = {
    "htmx.LICENSE.txt": "Zero-Clause BSD",
    "zxing-wasm.LICENSE.txt": "MIT License",
    "jsQR.LICENSE.txt": "Apache License",
}


def test_each_vendored_script_is_the_one_whose_hash_is_written_beside_it() -> None:
    """Nobody changes it in passing; its licence lies with it, and its version is the pinned one."""
    pinned = json.loads((NODE / "package.json").read_text("utf-8"))["devDependencies"]
    rows = ROW.findall((VENDORED / "README.md").read_text("utf-8"))
    others = {"README.md", *LICENCES}
    assert {name for name, *_ in rows} == {one.name for one in VENDORED.iterdir()} - others
    for name, package, version, written in rows:
        assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == written
        assert pinned[package] == version
    for name, words in LICENCES.items():
        assert words in (VENDORED / name).read_text("utf-8")


def test_every_kind_of_entry_has_its_words_at_the_desk() -> None:
    """Audit and statistics name it; a code would tell nobody anything."""
    words = (TEMPLATES / "staff" / "words.html").read_text("utf-8")
    named = words.partition("macro leaf_name")[2].partition("endmacro")[0]
    assert [kind for kind in SCHEMA if f'"{kind}": _(' not in named] == []


OF_A_NUMBER = re.compile(r'ngettext\("[^"]*", "[^"]*", ([^()]*)\)')


def test_every_sentence_of_a_number_writes_it_in_thousands() -> None:
    """Whoever has 50,000 rows need not count digits; `in_thousands` leaves short ones alone."""
    found = [
        (path.name, number)
        for path in TEMPLATES.rglob("*.html")
        for number in OF_A_NUMBER.findall(path.read_text("utf-8"))
    ]
    assert len(found) >= 20
    assert [one for one in found if "|in_thousands" not in one[1]] == []
