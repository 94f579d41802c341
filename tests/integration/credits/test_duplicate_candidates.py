"""One course that two providers posted is kept twice, marked for its learner, converted once."""

from typing import Any

from fastapi.testclient import TestClient

from creditbank.audits.full import audit_bank
from creditbank.catalogue.courses_file import read_courses
from creditbank.catalogue.import_courses import ImportCourses
from tests.fixtures.lived_bank import wait_until_published
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition

COURSES = """
format: creditbank/courses/v1
schemes:
  - {{id: english, title: {{zh: 学时}}, quantum: "0.5", hours_per_credit: 16,
     minutes_per_class_hour: 45}}
courses:
  - {{code: {code}, version: "1", title: {{zh: "{title}"}}, class: non_degree, scheme: english,
     valid_from: "2010-01-01"}}
"""


def post_english(
    recognition: Recognition, citizen: Citizen, provider: str, title: str, term: str = "2025春"
) -> str:
    """Add a course of this title to a provider's catalogue, and post her result of it."""
    code = f"EN-{len(title)}"
    schemes, courses = read_courses(COURSES.format(code=code, title=title), provider)
    command = ImportCourses(institution_id=provider, schemes=schemes, definitions=courses)
    recognition.bank.writer.write(command)
    stated = {"course": code, "class_hours": "16", "awarded_on": "2025-06-30", "term": term}
    return recognition.post(provider, "", account_number=citizen.account_number, **stated)


def test_a_course_of_two_providers_is_marked_and_converted_once(
    client: TestClient, recognition: Recognition, citizen: Citizen
) -> None:
    """Case T5; the titles stay as they were printed, and the audit reads them so."""
    first = post_english(recognition, citizen, recognition.school, "大学英语(一)")
    second = post_english(recognition, citizen, recognition.centre, "大學 英語（Ⅰ）")
    later = post_english(recognition, citizen, recognition.centre, "大學 英語（Ⅰ）", "2025秋")

    answer = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()
    listed: list[dict[str, Any]] = answer["outcomes"]
    marks = {one["id"]: one["duplicate_candidate_of"] for one in listed}
    assert marks == {first: None, second: first, later: None}
    titles = ["大学英语(一)", "大學 英語（Ⅰ）", "大學 英語（Ⅰ）"]
    assert [one["stated"]["title"] for one in listed] == titles

    def ask(*outcomes: str, door: str = "/api/v1/conversions") -> dict[str, Any]:
        body = {"rule": "class-hours", "outcomes": outcomes, "targets": []}
        told: dict[str, Any] = client.post(door, json=body, headers=citizen.headers).json()
        return told

    for outcomes, codes in ((first, second), ["duplicate-outcome"]), ((second,), []):
        seen = ask(*outcomes, door="/api/v1/conversions/preview")
        assert (seen["credits"], seen["codes"]) == ("1", codes)
    entry = ask(first)["entry"]["index"]
    refused = ask(second)
    assert refused["type"].endswith("already-consumed")
    assert str(entry) in refused["detail"]
    assert ask(later)["credits"] == "1"

    wait_until_published(recognition.bank)
    bank = recognition.bank
    with bank.readers.snapshot() as connection:
        assert not audit_bank(connection, bank.keystore, bank.evidence, bank.trust).findings
