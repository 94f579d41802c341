"""Templates keep to the pages' policy: nothing inline that a browser would refuse."""

import hashlib
import json
import re
from pathlib import Path

import pytest

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


def test_the_vendored_script_is_the_one_whose_hash_is_written_beside_it() -> None:
    """Nobody changes it in passing; its licence lies with it."""
    vendored = TEMPLATES.parent / "static" / "vendor"
    (written,) = re.findall(r"\| `([0-9a-f]{64})` \|", (vendored / "README.md").read_text("utf-8"))
    assert hashlib.sha256((vendored / "htmx.min.js").read_bytes()).hexdigest() == written
    assert "Zero-Clause BSD" in (vendored / "htmx.LICENSE.txt").read_text("utf-8")
    pinned = json.loads((NODE / "package.json").read_text("utf-8"))["devDependencies"]["htmx.org"]
    assert f"| {pinned} |" in (vendored / "README.md").read_text("utf-8")
