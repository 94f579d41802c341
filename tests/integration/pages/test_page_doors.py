"""Who may see which page: session by route by owner; and no form is taken from elsewhere."""

from collections.abc import Callable
from typing import Any

from tests.fixtures.page_doors import PAGE_DOORS, PUBLIC_PAGES
from tests.fixtures.pages import Visitor

POSTED = sorted(
    {path for method, path in PUBLIC_PAGES if method == "POST"}
    | {case.path for case in PAGE_DOORS if case.method == "POST"}
)
SAID = "did not come from a page of this bank"


def test_no_form_of_the_pages_is_taken_from_elsewhere(
    signed_in: Callable[..., Visitor], citizen: Any
) -> None:
    """Every route that a page's form is posted to asks where it came from."""
    visitor = signed_in(citizen.headers)
    for path in POSTED:
        answer = visitor.request("POST", path, headers={"Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, SAID in answer.text) == (403, True), path


def test_nobody_sees_a_page_of_a_session(visitor: Visitor) -> None:
    """She is led to log in."""
    for case in PAGE_DOORS:
        answer = visitor.request(case.method, case.path)
        assert answer.status_code == 303, case
        assert answer.headers["location"].startswith("/login"), case
