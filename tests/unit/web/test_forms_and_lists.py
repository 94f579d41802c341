"""Forms act once, and a list keeps its filter from page to page: told by the templates alone."""

import re
from pathlib import Path

import pytest

from api.middleware import body_bytes_max
from api.web.kept_forms import SECRETS
from creditbank.evidence.sniff import FILE_BYTES_MAX
from tests.fixtures.messages import TEMPLATES

FORM = re.compile(r'<form method="post"[^>]*?action="([^"]*)".*?</form>', re.DOTALL)
NAMES_ITS_ATTEMPT = ("once(form)", 'name="attempt"')
MAKES_NOTHING = re.compile(
    r"/(end|removal|withdrawal|reading|call-off|tick|logout|login|login/code|leave|claim|consents|code)$"
    r"|^/verify|^\{\{ (asked\.)?action \}\}$"
)
"""Acts that a second time change nothing, codes that hold once, and whatever only answers."""
PAGED = re.compile(r"\{\{ pages\((.*)\) \}\}")
ALL = sorted(TEMPLATES.rglob("*.html"))


def acting_twice(text: str) -> list[str]:
    """Where forms of a template are sent that make something and do not name their attempt."""
    return [
        found[1]
        for found in FORM.finditer(text)
        if not any(mark in found[0] for mark in NAMES_ITS_ATTEMPT)
        and not MAKES_NOTHING.search(found[1])
    ]


def losing_its_filter(text: str) -> bool:
    """Whether a template has a filter and links to pages of its list without it."""
    links = PAGED.findall(text)
    return '<form method="get"' in text and any(link.count(", ") < len("123") for link in links)


@pytest.mark.parametrize("path", ALL, ids=lambda one: str(one.relative_to(TEMPLATES)))
def test_a_form_names_its_attempt_and_a_list_keeps_its_filter(path: Path) -> None:
    """So a second click does nothing more, and the second page shows what was asked for."""
    text = path.read_text("utf-8")
    assert acting_twice(text) == []
    assert not losing_its_filter(text)


def test_a_form_that_acts_twice_and_a_list_that_forgets_are_found() -> None:
    """In the words of templates."""
    form = '<form method="post" action="/me/passes/new"><button></button></form>'
    assert acting_twice(form) == ["/me/passes/new"]
    assert acting_twice(form.replace("<button>", "{{ once(form) }}<button>")) == []
    listed = '<form method="get" action="/x"></form>{{ pages(at, of, "/x") }}'
    assert losing_its_filter(listed)
    assert not losing_its_filter(listed.replace('"/x") }}', '"/x", "find=" ~ find) }}'))


def test_no_form_that_is_kept_over_a_log_in_holds_a_secret() -> None:
    """A password field or a PIN of a new name is named there."""
    pattern = re.compile(r'field\(form, "(\w+)"[^\n]*(?:type="password"|secret=true)')
    assert {one for path in ALL for one in pattern.findall(path.read_text("utf-8"))} == SECRETS


def test_a_form_that_brings_a_file_may_be_as_large_as_one() -> None:
    """A telephone's photo has some million bytes; a catalogue of courses is a small text."""
    actions = {
        re.sub(r"\{\{.*?\}\}", "1", found[1])
        for path in ALL
        for found in FORM.finditer(path.read_text("utf-8"))
        if "multipart/form-data" in found[0] and found[1].startswith("/")
    }
    actions.remove("/desk/courses/file")
    assert [one for one in actions if body_bytes_max(one) < FILE_BYTES_MAX] == []
