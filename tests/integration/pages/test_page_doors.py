"""Who may see which page: session by route by owner; and no form is taken from elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.doors import HOLDERS, Case
from tests.fixtures.learner_life import live_as
from tests.fixtures.page_doors import PAGE_DOORS, PUBLIC_PAGES
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen
from tests.fixtures.provider_doors import school_ids
from tests.fixtures.staff_life import live
from tests.fixtures.staff_pages import door_ids
from tests.fixtures.venues import Museum

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""Who is let in does not depend on the engine; of the API the whole table is tried on both."""

POSTED = sorted(
    {path for method, path in PUBLIC_PAGES if method == "POST"}
    | {case.path for case in PAGE_DOORS if case.method == "POST"}
)
SAID = "did not come from a page of this bank"
STAFF = ("clerk", "director", "checker", "expert", "institution_administrator", "auditor")


@pytest.fixture
def visitors(
    bank: Bank,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    make_staff: Callable[..., dict[str, str]],
    signed_in: Callable[[dict[str, str]], Visitor],
) -> dict[str, Visitor]:
    """A browser for each role, signed in."""
    bank_id = bank.installation.institution_id
    return {
        "citizen": signed_in(citizen.headers),
        "other citizen": signed_in(make_citizen().headers),
        **{name: signed_in(make_staff(bank_id, Role(name))) for name in STAFF},
    }


@pytest.fixture
def ids(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    post_result: Callable[..., dict[str, Any]],
    provider: Provider,
    museum: Museum,
) -> Callable[[Case], dict[str, str]]:
    """What exists: what the citizen learned and asked for, and what staff are to decide."""
    outcome = post_result(citizen)["id"]
    body = {"outcomes": [outcome], "expires_at": EXPIRES}
    made = client.post("/api/v1/passes", json=body, headers=citizen.headers).json()
    named = {"outcome_id": outcome, "pass_id": made["id"], "code": "x", "card_id": "x"}
    hers = {**live_as(bank, citizen.account_number), **named}
    theirs = {**named, **school_ids(client, provider, museum), **door_ids(live(bank))}
    return lambda case: theirs if case.path.startswith("/desk") else hers


def expected(case: Case, role: str) -> int | None:
    """Give the status with which a role is kept out, None where it is let in."""
    if role in case.owners:
        return None
    return case.strangers_see if case.scope in HOLDERS[role] else 403


def test_every_role_is_let_in_or_kept_out_of_every_page_as_the_table_says(
    visitors: dict[str, Visitor], ids: Callable[[Case], dict[str, str]]
) -> None:
    """Owners come last, for what they do may change what there is."""
    wrong = []
    for case in PAGE_DOORS:
        for role in sorted(visitors, key=lambda one: one in case.owners):
            answer = visitors[role].request(
                case.method, case.path.format(**ids(case)), data=case.body
            )
            wanted = expected(case, role)
            status = answer.status_code if answer.status_code in {401, 403, 404} else None
            if status != wanted or answer.headers.get("location", "").startswith("/login"):
                wrong.append((case.method, case.path, role, answer.status_code, wanted))
    assert wrong == []


def test_no_form_of_the_pages_is_taken_from_elsewhere(visitors: dict[str, Visitor]) -> None:
    """Every route that a page's form is posted to asks where it came from."""
    for path in POSTED:
        answer = visitors["citizen"].request("POST", path, headers={"Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, SAID in answer.text) == (403, True), path


def test_nobody_sees_a_page_of_a_session(visitor: Visitor) -> None:
    """She is led to log in."""
    for case in PAGE_DOORS:
        answer = visitor.request(case.method, case.path)
        assert answer.status_code == 303, case
        assert answer.headers["location"].startswith("/login"), case
