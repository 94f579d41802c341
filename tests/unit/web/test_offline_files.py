"""The offline page is static: what is copied into it from elsewhere is what it was copied from."""

import hashlib
import re
from pathlib import Path

import api.web
from api.web.offline_words import files
from api.web.verdicts import PROBLEMS
from tests.vectors.offline import OFFLINE_VECTORS

FOLDER = Path(api.web.__file__).parent / "static" / "offline"
PAGE = (FOLDER / "index.html").read_text("utf-8")


def test_page_words_and_contexts_are_those_of_the_code() -> None:
    """`make docs` writes them; a word that changes here changes there."""
    for name, text in files().items():
        assert (FOLDER / name).read_text("utf-8") == text


def test_every_script_is_loaded_and_none_stands_in_the_page() -> None:
    """Scripts and not modules, which no browser loads from a file."""
    loaded = re.findall(r'<script defer src="([^"]+)"></script>', PAGE)
    there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.js")}
    assert set(loaded) == there
    assert PAGE.count("<script") == len(loaded)
    assert not re.search(r"\son\w+=|style=|<style", PAGE)


def test_the_vendored_script_is_the_one_whose_hash_is_written_beside_it() -> None:
    """Nobody changes it in passing; its licences lie with it."""
    vendored = FOLDER / "vendor"
    (written,) = re.findall(r"\| `([0-9a-f]{64})` \|", (vendored / "README.md").read_text("utf-8"))
    assert hashlib.sha256((vendored / "jsonld.min.js").read_bytes()).hexdigest() == written
    assert "BSD" in (vendored / "LICENSES.txt").read_text("utf-8")


def test_every_problem_of_the_vectors_has_its_words() -> None:
    """The page shows no code to a reader."""
    found = {check["problem"] for one in OFFLINE_VECTORS for check in one["report"]["checks"]}
    assert found - {None} <= PROBLEMS.keys()
    assert len(found) > 12
