"""Language and size of letters change at the page that is looked at, with what it was asked."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from tests.fixtures.pages import Visitor
from tests.fixtures.staff_life import AUDITOR, SCHOOL_CLERK

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""No page of these asks an engine for anything of its own."""

At = Callable[[str], Visitor]
LINKS = re.compile(r'href="(/(?:language|letters)/[^"]*)"')


@pytest.mark.parametrize(
    "address",
    [
        "/desk/audit?find=%E5%AD%A6%20%26%3Fx",
        "/desk/rules?q=a%2Bb&page=2",
        "/rules?q=elec",
        "/login?to=/me/passes%3Fstate%3Dall",
        "/verify-nothing/%E5%AD%A6%3Fx?find=1",
        "/login",
    ],
)
def test_both_links_lead_back_to_the_page_with_what_it_was_asked(at_desk: At, address: str) -> None:
    """Also a page that is not there."""
    somebody = at_desk(AUDITOR)
    if address.startswith("/login"):
        somebody.cookies.clear()
    links = [unescape(one) for one in LINKS.findall(somebody.get(address).text)]
    assert len(links) == 2
    for link in links:
        answer = somebody.get(link)
        assert (answer.status_code, answer.headers["location"]) == (303, address)


def test_the_answer_to_a_form_has_neither(at_desk: At) -> None:
    """A link asks by GET, and many a form is sent where nothing can be asked so."""
    refused = at_desk(SCHOOL_CLERK).post("/desk/measures", act="void", since="yesterday")
    assert refused.status_code == 422
    assert LINKS.findall(refused.text) == []


def test_what_is_too_long_to_lead_back_with_is_left_out(at_desk: At) -> None:
    """The page itself is still found."""
    auditor = at_desk(AUDITOR)
    links = LINKS.findall(auditor.get(f"/rules?q=elec&x={'a' * 500}").text)
    assert [auditor.get(one).headers["location"] for one in links] == ["/rules", "/rules"]


@pytest.mark.parametrize(
    "foreign",
    ["https://evil.example/", "//evil.example/?a=/b", "/%5Cevil.example?a=b", "/%09/evil.example"],
)
def test_neither_leads_to_another_host(at_desk: At, foreign: str) -> None:
    """Whatever a link states."""
    answer = at_desk(AUDITOR).get(f"/language/en?to={foreign}")
    assert answer.headers["location"] == "/"


def test_signing_in_leads_back_with_what_was_asked(at_desk: At) -> None:
    """A session that is over loses nothing that was chosen."""
    stranger = Visitor(at_desk(AUDITOR).client)
    answer = stranger.get("/me/filings/new?rule=a%26b")
    assert answer.headers["location"] == "/login?to=/me/filings/new%3Frule%3Da%2526b"
