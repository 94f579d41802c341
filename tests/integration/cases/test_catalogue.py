"""What offices meet in the catalogue and in enrolments, through the doors as they meet it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.catalogue.calendar import DeclareTerms, Term
from creditbank.errors import InvalidInput
from creditbank.outcomes.hold import Stray
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.record import RecordOutcome
from creditbank.outcomes.records import Posting, Recorded
from tests.fixtures.bank import Provider
from tests.fixtures.imports import TableCounts
from tests.fixtures.lessons import LESSONS
from tests.fixtures.people import RESULT, Citizen

COURSE = """
  - code: C-1
    version: "1"
    title: {zh: 课程}
    class: non_degree
    scheme: lessons
    category: 公需科目
    valid_from: "2010-01-01"
"""

Post = Callable[..., dict[str, Any]]
MakeStaff = Callable[..., dict[str, str]]


@pytest.fixture
def clerk(make_staff: MakeStaff, provider: Provider) -> dict[str, str]:
    """The provider's clerk."""
    return make_staff(provider.institution, Role.CLERK)


def add_courses(client: TestClient, clerk: dict[str, str], *courses: str) -> Any:
    """Add courses as a clerk does; gives the answer."""
    return client.post("/api/v1/definitions", content=LESSONS + "".join(courses), headers=clerk)


def definitions(client: TestClient, provider: Provider, code: str) -> list[dict[str, Any]]:
    """Read the definitions of a code as anybody does."""
    query = {"institution": provider.institution, "code": code}
    found: list[dict[str, Any]] = client.get("/api/v1/definitions", params=query).json()[
        "definitions"
    ]
    return found


def own_outcomes(client: TestClient, citizen: Citizen) -> list[dict[str, Any]]:
    """Read a citizen's list."""
    answer = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers)
    outcomes: list[dict[str, Any]] = answer.json()["outcomes"]
    return outcomes


def problem_of(answer: Any) -> tuple[str, str]:
    """Give field and code of the one problem of a refusal."""
    (problem,) = answer.json()["errors"]
    return problem["field"], problem["code"]


def test_a_course_code_is_reused_and_each_result_finds_the_course_of_its_day(
    client: TestClient,
    clerk: dict[str, str],
    citizen: Citizen,
    post_result: Post,
) -> None:
    """Two courses of one code and version; where a date may be of both, both are named."""
    ended = COURSE + '    valid_until: "2014-12-31"\n'
    other = COURSE.replace("2010-01-01", "2015-01-01").replace("zh: 课程", "zh: 另一门课程")
    assert add_courses(client, clerk, ended, other).json() == {"added": 2, "unchanged": 0}
    assert add_courses(client, clerk, ended, other).json() == {"added": 0, "unchanged": 2}
    stated = {"course": "C-1", "grade": "80", "credits": "2"}
    post_result(citizen, **stated, awarded_on="2014-12-31")
    post_result(citizen, **stated, awarded_on="2015-01-01")
    titles = [one["stated"]["title"] for one in own_outcomes(client, citizen)]
    assert titles == ["课程", "另一门课程"]
    overlapping = COURSE.replace("2010-01-01", "2012-01-01")
    assert add_courses(client, clerk, overlapping).json()["type"].endswith("definition-overlap")


def test_a_date_that_may_be_of_two_versions_is_refused_and_names_them(
    client: TestClient,
    provider: Provider,
    clerk: dict[str, str],
    citizen: Citizen,
    table_counts: TableCounts,
) -> None:
    """Nothing is guessed, and nothing changed."""
    newer = COURSE.replace('version: "1"', 'version: "2"').replace("2010", "2014")
    add_courses(client, clerk, COURSE, newer)
    before = table_counts()
    learner = {"account_number": citizen.account_number}
    posted = {**RESULT, "learner": learner, "course": "C-1", "credits": "2"}
    for version, expected in ((None, 422), ("1", 201)):
        stated = {**posted, "awarded_on": "2013", "course_version": version}
        if version is None:
            stated["awarded_on"] = "2014"
            newest = COURSE.replace('version: "1"', 'version: "3"').replace("2010-01", "2014-07")
            add_courses(client, clerk, newest)
            before = table_counts()
        answer = client.post("/api/v1/outcomes", json=stated, headers=provider.headers)
        assert answer.status_code == expected, answer.text
        if version is None:
            assert problem_of(answer) == ("course_version", "course-version-ambiguous")
            assert "2 (2014-01-01" in answer.text
            assert "3 (2014-07-01" in answer.text
            assert table_counts() == before


def test_class_hours_of_45_minutes_are_shown_as_posted_and_in_minutes(
    client: TestClient,
    clerk: dict[str, str],
    citizen: Citizen,
    post_result: Post,
    provider: Provider,
) -> None:
    """Nothing is derived at posting: the scheme says what a class hour is."""
    add_courses(client, clerk, COURSE)
    stated = {"course": "C-1", "class_hours": "32.5", "credits": None, "grade": None,
              "grade_scale": None}  # fmt: skip
    posted = post_result(citizen, **stated)
    (own,) = own_outcomes(client, citizen)
    assert (own["stated"]["class_hours"], own["class_minutes"]) == ("32.5", "1462.5")
    assert "minutes" not in own["stated"]
    path = f"/api/v1/outcomes/{posted['id']}"
    assert client.get(path, headers=provider.headers).json()["class_minutes"] == "1462.5"
    path = "/api/v1/accounts/me/class-hours?year=2014"
    assert client.get(path, headers=citizen.headers).json() == {
        "year": 2014,
        "totals": [
            {
                "outcome_class": "non_degree",
                "category": "公需科目",
                "outcomes": 1,
                "class_hours": "32.5",
                "class_minutes": "1462.5",
            }
        ],
    }
    empty = client.get(path.replace("2014", "2015"), headers=citizen.headers).json()
    assert empty["totals"] == []


def test_a_half_year_term_and_a_sitting_are_terms_of_the_provider(
    client: TestClient,
    provider: Provider,
    clerk: dict[str, str],
    citizen: Citizen,
    post_result: Post,
) -> None:
    """Once it has declared its terms a result names one of them, also by a synonym."""
    post_result(citizen, term="什么都可以")
    terms = [
        {"name": "2024—2025学年第一学期", "first_day": "2024-09-01", "last_day": "2025-01-19"},
        {"name": "2404", "first_day": "2024-04-13", "last_day": "2024-04-14",
         "synonyms": ["自考 2404"]},
    ]  # fmt: skip
    assert client.post("/api/v1/terms", json={"terms": terms}, headers=clerk).status_code == 201
    post_result(citizen, term="2024—2025学年第一学期")
    first = post_result(citizen, term="自考 2404", attempt=2)
    assert own_outcomes(client, citizen)[-1]["stated"]["term"] == "2404"
    learner = {"account_number": citizen.account_number}
    same = {**RESULT, "learner": learner, "attempt": 2, "term": "2404"}
    again = client.post("/api/v1/outcomes", json=same, headers=provider.headers)
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    unknown = client.post(
        "/api/v1/outcomes", json={**same, "term": "2405"}, headers=provider.headers
    )
    assert problem_of(unknown) == ("term", "term-unknown")
    assert "2404" in unknown.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("policy", "expected"), [("best", "2014J"), ("last", "2015B"), ("first", "2014B")]
)
def test_the_same_definition_passed_three_times_stays_three_times_and_counts_once(
    client: TestClient,
    clerk: dict[str, str],
    citizen: Citizen,
    post_result: Post,
    policy: str,
    expected: str,
) -> None:
    """Which one counts is said by the definition; the totals hold that one."""
    add_courses(client, clerk, COURSE + f"    counting: {policy}\n")
    for term, grade, day, earned in (
        ("2014B", "60", "2014-06-30", "1"),
        ("2014J", "90", "2014-12-30", "2"),
        ("2015B", "75", "2015-06-30", "4"),
    ):
        post_result(citizen, course="C-1", term=term, grade=grade, awarded_on=day, credits=earned)
    own = own_outcomes(client, citizen)
    assert {one["status"] for one in own} == {"active"}
    (counted,) = [one["stated"] for one in own if one["counts"]]
    assert counted["term"] == expected
    totals = client.get("/api/v1/accounts/me/credits", headers=citizen.headers).json()
    assert [(one["outcomes"], one["credits"]) for one in totals["recorded"]] == [
        (1, counted["credits"])
    ]


def test_definitions_follow_on_each_other_and_are_found_both_ways(
    client: TestClient, provider: Provider, clerk: dict[str, str]
) -> None:
    """One splits into two; nothing follows on itself."""
    names = [definitions(client, provider, code)[0]["id"] for code in ("BBB", "DDD", "FFF")]
    link = {"earlier": names[:1], "later": names[1:], "from_day": "2020-09-01"}
    linked = client.post("/api/v1/definition-successors", json=link, headers=clerk)
    assert linked.json() == {"kind": "split"}
    first = client.get(f"/api/v1/definitions/{names[0]}").json()
    assert {one["definition"] for one in first["later"]} == set(names[1:])
    second = client.get(f"/api/v1/definitions/{names[1]}").json()
    assert second["earlier"] == [
        {"definition": names[0], "kind": "split", "from_day": "2020-09-01"}
    ]
    turned = {**link, "earlier": names[1:2], "later": names[:1]}
    refused = client.post("/api/v1/definition-successors", json=turned, headers=clerk)
    assert problem_of(refused) == ("later", "successors-wrong")


def test_a_result_names_its_offering_and_who_taught_is_not_made_public(
    client: TestClient,
    provider: Provider,
    clerk: dict[str, str],
    citizen: Citizen,
    post_result: Post,
) -> None:
    """An offering of another course, or none, is refused."""
    (definition,) = definitions(client, provider, "BBB")
    offering = {"code": "2014B-1", "definition": definition["id"], "term": "2014B",
                "instructors": ["任课教师"]}  # fmt: skip
    assert client.post("/api/v1/offerings", json=offering, headers=clerk).status_code == 201
    listed = client.get("/api/v1/offerings", params={"institution": provider.institution})
    assert [one["code"] for one in listed.json()["offerings"]] == ["2014B-1"]
    assert "任课教师" not in listed.text
    post_result(citizen, offering="2014B-1")
    assert own_outcomes(client, citizen)[0]["stated"]["offering"] == "2014B-1"
    learner = {"account_number": citizen.account_number}
    wrong = {**RESULT, "learner": learner, "course": "DDD", "offering": "2014B-1"}
    answer = client.post("/api/v1/outcomes", json=wrong, headers=provider.headers)
    assert problem_of(answer) == ("offering", "offering-unknown")


def test_the_working_days_of_a_year_are_read_with_their_source(client: TestClient) -> None:
    """A year that is not known is not here."""
    year = client.get("/api/v1/working-days/2026").json()
    assert year["source"] == "国务院办公厅关于2026年部分节假日安排的通知"
    assert "2026-10-01" in year["holidays"]
    assert client.get("/api/v1/working-days/1999").status_code == 404


def test_terms_declared_while_a_result_is_on_its_way_hold_for_it(
    bank: Bank, provider: Provider
) -> None:
    """What is declared is asked again under the lock, so that one result has one natural key."""
    results = {
        term: prepare_posting(
            {**RESULT, "learner": "20240117", "term": term},
            institution_id=provider.institution,
            readers=bank.readers,
            keystore=bank.keystore,
            now=bank.clock(),
        )
        for term in ("自考 2404", "2404", "2410")
    }
    term = Term(name="2404", first_day="2024-04-13", last_day="2024-04-14", synonyms=("自考 2404",))
    bank.writer.write(DeclareTerms(institution_id=provider.institution, terms=[term]))
    first, again = (
        bank.writer.write(_record(provider, results[term].posting)).answer
        for term in ("自考 2404", "2404")
    )
    assert isinstance(first, Recorded)
    assert again == replace(first, is_duplicate=True)
    with pytest.raises(InvalidInput) as refused:
        bank.writer.write(_record(provider, results["2410"].posting))
    assert [one.code for one in refused.value.problems] == ["term-unknown"]


def _record(provider: Provider, posting: Posting | Stray) -> RecordOutcome:
    return RecordOutcome(institution_id=provider.institution, posted_with="a key", posting=posting)
