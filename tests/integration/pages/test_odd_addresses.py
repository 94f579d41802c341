"""Odd numbers and characters that nobody types, in addresses and forms: answered as any others."""

from collections.abc import Callable

import pytest

from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen
from tests.fixtures.staff_life import ADMINISTRATOR, AUDITOR, CHECKER, SCHOOL_CLERK

At = Callable[[str], Visitor]
DIGITS = "9" * 5_000
"""More than Python reads as a number."""
OF_STAFF = [
    (SCHOOL_CLERK, f"/desk/filings?page={DIGITS}", 200),
    (CHECKER, f"/desk/matters?page={DIGITS}", 200),
    (SCHOOL_CLERK, f"/desk/batches?page={DIGITS}", 200),
    (SCHOOL_CLERK, f"/desk/courses?page={DIGITS}", 200),
    (SCHOOL_CLERK, f"/desk/posted?page={DIGITS}", 200),
    (CHECKER, f"/desk/rules?page={DIGITS}", 200),
    (ADMINISTRATOR, f"/desk/institutions?page={DIGITS}", 200),
    (SCHOOL_CLERK, f"/rules?page={DIGITS}", 200),
    (SCHOOL_CLERK, "/desk/courses?find=%00", 200),
    (SCHOOL_CLERK, "/desk/posted?on=%00", 200),
    (CHECKER, "/desk/rules?q=%00", 200),
    (AUDITOR, "/rules?q=%00&page=%001", 200),
    (AUDITOR, "/desk/audit?find=%00", 200),
    (AUDITOR, "/desk/audit?find=a%00%0%000b", 422),
    (AUDITOR, f"/desk/audit?find={DIGITS}", 422),
    (AUDITOR, f"/desk/audit?before={DIGITS}", 200),
    (AUDITOR, "/desk/audit?before=%00&since=0001-01-01&until=9999-12-31", 200),
    (AUDITOR, f"/desk/audit?kind=a%00&institution=%01{DIGITS}", 422),
    (AUDITOR, "/desk/audit/-1/proof.txt", 422),
    (AUDITOR, f"/desk/audit/{DIGITS}/proof.txt", 422),
]


@pytest.mark.parametrize(("who", "address", "status"), OF_STAFF, ids=lambda one: str(one)[:40])
def test_an_address_of_staff_is_answered(at_desk: At, who: str, address: str, status: int) -> None:
    """A number that is none, or beyond what there is, and what PostgreSQL could not be asked."""
    assert at_desk(who).get(address).status_code == status


@pytest.mark.parametrize(
    "address",
    [
        f"/me?page={DIGITS}",
        "/me?page=-1",
        "/me/matters/new/missing?institution=%00",
        "/me/grants/new?institution=a%00b",
        "/me/filings/new?rule=%00",
    ],
    ids=lambda one: str(one)[:40],
)
def test_an_address_of_a_learner_is_answered(
    citizen: Citizen, signed_in: Callable[[dict[str, str]], Visitor], address: str
) -> None:
    """On either engine."""
    assert signed_in(citizen.headers).get(address).status_code < 500


@pytest.mark.parametrize("address", ["/open", "/claim", "/desk/counter/open"])
@pytest.mark.parametrize("year", ["9" * 18, "9" * 19, DIGITS])
def test_a_year_of_any_length_is_told_at_its_field(at_desk: At, address: str, year: str) -> None:
    """And stands there as it was typed."""
    typed = {"name": "示例来访者", "birth_year": year, "attempt": f"{len(year)}"}
    typed |= {"code": "x", "password": "a long password", "learner_number": "G-9"}
    refused = at_desk(SCHOOL_CLERK).post(address, **typed)
    assert refused.status_code == 422
    assert f'value="{year}"' in refused.text
    assert address == "/claim" or 'href="#birth_year"' in refused.text
