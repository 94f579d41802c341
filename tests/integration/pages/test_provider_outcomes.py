"""Held results, what was posted by day, and a result that is mended or taken back, at the pages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from tests.fixtures.bank import Provider
from tests.fixtures.pages import Visitor
from tests.fixtures.people import RESULT, Citizen

CERTIFICATE = {"series": "技能证书", "number": "A-1", "valid_from": "2014-09-23"}


@pytest.fixture
def at_school(
    provider: Provider,
    make_staff: Callable[..., dict[str, str]],
    signed_in: Callable[[dict[str, str]], Visitor],
) -> Visitor:
    """Somebody of the provider who is clerk and checker, at a browser."""
    return signed_in(make_staff(provider.institution, Role.CLERK, Role.CHECKER))


def post(client: TestClient, provider: Provider, **changes: object) -> dict[str, Any]:
    """Post a result by the provider's program."""
    answer = client.post("/api/v1/outcomes", json={**RESULT, **changes}, headers=provider.headers)
    return dict(answer.json())


def fields_of(page: str) -> dict[str, str]:
    """What the fields of a form hold."""
    return dict(re.findall(r'<input [^>]*name="(\w+)"[^>]* value="([^"]*)"', page))


def test_a_held_result_is_attached_to_the_account_that_a_person_names(
    client: TestClient, provider: Provider, at_school: Visitor, citizen: Citizen
) -> None:
    """A wrong number is told at its field and kept; afterwards nothing waits."""
    held = post(client, provider, learner={"name": "示例学习者"})["held"]
    for listed in ("/desk/held", "/desk"):
        assert f'href="/desk/held/{held}"' in at_school.get(listed).text
    wrong = at_school.post(f"/desk/held/{held}/attachment", account="1234")
    assert wrong.status_code >= 400
    assert ('href="#account"' in wrong.text, 'value="1234"' in wrong.text) == (True, True)

    number = citizen.account_number
    done = at_school.post(f"/desk/held/{held}/attachment", account=number)
    assert done.headers["location"] == "/desk/held"
    assert "Nothing is held." in at_school.get("/desk/held").text
    assert "Nothing waits for you today." in at_school.get("/desk").text
    assert at_school.get(f"/desk/held/{held}").status_code == 404


def test_a_held_result_is_refused_for_one_of_the_reasons_alone(
    client: TestClient, provider: Provider, at_school: Visitor
) -> None:
    """No reason, no refusal."""
    held = post(client, provider, learner={"name": "示例学习者"})["held"]
    none = at_school.post(f"/desk/held/{held}/refusal")
    assert (none.status_code, 'href="#reason"' in none.text) == (422, True)
    done = at_school.post(f"/desk/held/{held}/refusal", reason="not-identifiable")
    assert done.status_code == 303


def test_what_was_posted_is_found_by_day_and_by_learner(
    client: TestClient, provider: Provider, at_school: Visitor
) -> None:
    """A day of nothing says so and leads to the nearest one; a number stands in no address."""
    made = post(client, provider, learner="20230001")["id"]
    link = f'href="/desk/outcomes/{made}"'
    assert link in at_school.get("/desk/posted").text
    empty = at_school.get("/desk/posted?on=2020-01-01").text
    assert ("Nothing was posted on this day." in empty, link in empty) == (True, False)
    assert re.search(r'rel="next">Later: ', empty)
    assert link in at_school.post("/desk/posted", learner="20230001").text
    unknown = at_school.post("/desk/posted", learner="nobody")
    assert ('href="#learner"' in unknown.text, 'value="nobody"' in unknown.text) == (True, True)
    wrong = at_school.get("/desk/posted?on=2020-99-01")
    assert (wrong.status_code, 'href="#on"' in wrong.text) == (422, True)


def test_a_correction_shows_first_what_changes_and_keeps_all_else(
    client: TestClient, provider: Provider, at_school: Visitor
) -> None:
    """A certificate, whom it was awarded by and how sure it is are stated as before."""
    more = {
        "certificate": CERTIFICATE,
        "awarded_by": [{"institution": provider.institution, "role": "certifying"}],
        "assurance": "supervised",
        "hours": "1.75",
    }
    made = post(client, provider, learner="20230001", **more)["id"]
    address = f"/desk/outcomes/{made}/correction"
    typed = {**fields_of(at_school.get(address).text), "grade": "91.5"}
    refused = at_school.post(address, **typed)
    assert (refused.status_code, 'href="#reason"' in refused.text) == (422, True)
    assert 'value="91.5"' in refused.text

    typed["reason"] = "录错"
    asked = at_school.post(address, **typed).text
    assert ('<td data-label="Stands now">81.5</td>' in asked, "<b>91.5</b>" in asked) == (
        True,
        True,
    )
    assert asked.count("<tr>") == 2
    back = at_school.post(address, **typed, step="back").text
    assert fields_of(back)["grade"] == "91.5"
    done = at_school.post(address, **typed, step="do")
    assert done.status_code == 303

    headers, of = provider.headers, "/api/v1/outcomes/"
    old = client.get(f"{of}{made}", headers=headers).json()
    new = client.get(f"{of}{done.headers['location'].rpartition('/')[2]}", headers=headers).json()
    assert old["status"] == "superseded"
    differing = {
        name
        for name in old["stated"].keys() | new["stated"].keys()
        if old["stated"].get(name) != new["stated"].get(name)
    }
    assert differing == {"grade", "grade_value", "corrects", "correction_reason"}


def test_a_result_is_taken_back_with_a_reason_and_says_so_in_a_word_that_accuses_nobody(
    client: TestClient, provider: Provider, at_school: Visitor
) -> None:
    """Its receipt still proves that it was recorded."""
    made = post(client, provider, learner="20230001")["id"]
    address = f"/desk/outcomes/{made}"
    none = at_school.post(f"{address}/revocation", status="void", reason="")
    assert (none.status_code, 'href="#reason"' in none.text) == (422, True)
    done = at_school.post(f"{address}/revocation", status="void", reason="重复录入")
    assert done.headers["location"] == address
    page = at_school.get(address).text
    assert ("Void: a clerk&#39;s error" in page or "Void: a clerk's error" in page) is True
    assert f"{address}/correction" not in page
    assert "c2sp.org/tlog-proof" in at_school.get(f"{address}/receipt.txt").text
