"""A filing through the doors: a citizen files over HTTP, staff decide there and at the terminal."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from tests.fixtures.filings import PLAIN, Persons
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import CERTIFICATE, Recognition
from tests.fixtures.terminal import Terminal

PUBLISHED = """workflow:
  steps:
    - {step: first_review, by: receiving, role: checker, working_days: 5}
    - {step: publication, by: receiving, working_days: 3}
    - {step: recognition, by: bank, role: director}"""


def test_a_citizen_files_and_staff_see_what_only_a_person_can_find(
    client: TestClient,
    citizen: Citizen,
    recognition: Recognition,
    make_staff: Callable[..., dict[str, str]],
    bank: Bank,
) -> None:
    """Filed, found, published with a masked name, objected to; each sees what concerns her."""
    persons = Persons(recognition)
    persons.publish("published", workflow=PUBLISHED)
    outcome = recognition.post(
        recognition.school,
        "",
        account_number=citizen.account_number,
        course="DG-3",
        awarded_on="2024-11-20",
        grade="良",
        grade_scale="none",
        **CERTIFICATE,
    )
    asked = {"rule": "published", "outcomes": [outcome], "targets": ["DQ-1"]}
    at_once = client.post("/api/v1/conversions", json=asked, headers=citizen.headers)
    assert at_once.json()["code"] == "rule-decided-by-persons"
    filed = client.post(
        "/api/v1/filings", json={**asked, "text": "请审定"}, headers=citizen.headers
    )
    filing = filed.json()["id"]

    checker = make_staff(recognition.school, Role.CHECKER)
    queue = client.get("/api/v1/filings", headers=checker).json()["filings"]
    assert [(one["id"], one["step"]) for one in queue] == [(filing, "first_review")]
    assert queue[0]["to_find"] == [{"outcome": outcome, "code": "grade-scale-not-listed"}]
    assert queue[0]["steps"][0]["text"] == "请审定"
    assert queue[0]["steps"][0]["by"] is not None

    decision = f"/api/v1/conversions/{filing}/decision"
    found: dict[str, Any] = {**queue[0]["to_find"][0], "met": True}
    body = {"decision": "passed", "text": "良相当于 80 分", "findings": [found]}
    passed = client.post(decision, json=body, headers=checker)
    assert passed.json() == {"state": "open", "conversion": None}
    shown = client.get("/api/v1/publications").json()["publications"]
    assert [(one["name"], one["credits"], one["disputed"]) for one in shown] == [
        ("示＊＊＊", "3", False)
    ]
    objected = client.post(
        f"/api/v1/publications/{filing}/objections",
        json={"text": "证书内容不符"},
        headers=citizen.headers,
    )
    assert objected.status_code == 201
    answered = client.post(
        decision, json={"decision": "objection_dismissed", "text": "经核不成立"}, headers=checker
    )
    assert answered.status_code == 201, answered.text
    early = client.post(
        decision,
        json={"decision": "passed", "text": "认定"},
        headers=make_staff(bank.installation.institution_id, Role.DIRECTOR),
    )
    assert early.json()["code"] == "filing-published"
    own = client.get(f"/api/v1/accounts/me/filings/{filing}", headers=citizen.headers).json()
    assert {one["by"] for one in own["steps"]} == {None}
    assert [one["act"] for one in own["steps"]] == ["filed", "passed", "objected", "dismissed"]
    withdrawn = client.post(
        f"/api/v1/accounts/me/filings/{filing}/withdrawal", headers=citizen.headers
    )
    assert withdrawn.json() == {"state": "withdrawn"}
    assert client.get("/api/v1/publications").json() == {"publications": []}


def test_the_counter_files_on_paper_and_staff_decide_at_the_terminal(
    terminal: Terminal,
    make_login: Callable[..., str],
    recognition: Recognition,
) -> None:
    """`filings file`, `answer`, `list`, `decide` and `show` do what the routes do."""
    persons = Persons(recognition)
    persons.publish("weighed", workflow=PLAIN)
    outcome, key = recognition.certificate(grade="良", grade_scale="none"), recognition.key()
    by = ("--login", make_login(recognition.school, Role.CHECKER))
    asked = ("--rule", "weighed", "--outcome", outcome, "--target", "DQ-1")
    clerk = ("--login", make_login(recognition.school, Role.CLERK))
    filed = terminal.answer("filings", "file", "--account", key.number, *asked, *clerk)
    (listed,) = terminal.answer("filings", "list", *by)["filings"]
    assert listed["id"] == filed["filing"]

    back = ("--decision", "returned", "--text", "请补交成绩单")
    assert terminal.answer("filings", "decide", listed["id"], *back, *by)["state"] == "returned"
    answering = ("filings", "answer", listed["id"], "--account", key.number, "--text", "已补交")
    assert terminal.answer(*answering, *clerk)["state"] == "open"

    decide = ("filings", "decide", filed["filing"], "--decision", "passed", "--text", "已查", *by)
    assert "grade" in terminal.refused(*decide)
    assert "found" in terminal.refused(*decide, "--found", f"{outcome}:grade-scale:maybe")
    found = f"{outcome}:grade-scale-not-listed:yes"
    decided = terminal.answer(*decide, "--found", found)
    assert decided["state"] == "recognised"
    shown = terminal.answer("filings", "show", filed["filing"], *by)
    assert shown["conversion"] == decided["conversion"]
    late = terminal.refused("filings", "object", filed["filing"], "--text", "异议", *clerk)
    assert "filing-decided" in late
