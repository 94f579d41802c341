"""Templates keep to the pages' policy: nothing inline that a browser would refuse."""

import re

import pytest

from tests.fixtures.messages import TEMPLATES

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
