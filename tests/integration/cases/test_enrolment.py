"""Programme plans and enrolments 学籍: who takes them in, and who sees them."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.institutions.register import InstitutionKind, RegisterInstitution
from creditbank.migrations.tables import METADATA
from tests.fixtures.bank import Provider
from tests.fixtures.imports import TableCounts
from tests.fixtures.people import PASSWORD, sign_in

PLANS = """
format: creditbank/programmes/v1
programmes:
  - {code: "0810", version: "2023", title: {zh: 软件工程（专升本）}, valid_from: "2023-09-01"}
"""
HEADER = "learner,programme,programme_version,student_number,state,from,until\n"
ROW = "7,0810,2023,S-0007,active,2023-09-01,\n"

MakeStaff = Callable[..., dict[str, str]]


@pytest.fixture
def clerk(make_staff: MakeStaff, provider: Provider) -> dict[str, str]:
    """The school's clerk."""
    return make_staff(provider.institution, Role.CLERK)


@pytest.fixture
def learner(client: TestClient, provider: Provider) -> dict[str, str]:
    """What authenticates a learner whom the school knows as number 7."""
    stated = {"learner_number": "7", "name": "示例学习者", "birth_year": 1990}
    opened = client.post("/api/v1/accounts", json=stated, headers=provider.headers).json()
    path = f"/api/v1/accounts/{opened['id']}/claim-codes"
    code = client.post(path, json={}, headers=provider.headers).json()["claim_code"]
    claim = {"code": code, "name": "示例学习者", "birth_year": 1990, "password": PASSWORD}
    claimed = client.post("/api/v1/account-claims", json=claim).json()
    token = sign_in(client, claimed["account_number"])
    return {"Authorization": f"Bearer {token}", "Accept-Language": "en"}


# A school enrols only whom it knows.
known = pytest.mark.usefixtures("learner")


def enrol(client: TestClient, headers: dict[str, str], *rows: str) -> Any:
    """Send a file of enrolments; gives the answer."""
    return client.post("/api/v1/enrolments", content=HEADER + "".join(rows), headers=headers)


def plan(client: TestClient, clerk: dict[str, str]) -> None:
    """Take the programme plans in."""
    taken = client.post("/api/v1/programmes", content=PLANS, headers=clerk)
    assert taken.status_code == 200, taken.text


def seen(client: TestClient, headers: dict[str, str], path: str) -> list[tuple[str, str, str]]:
    """Give student number, state and plan of each enrolment that somebody sees."""
    found = client.get(path, headers=headers).json()["enrolments"]
    return [(one["student_number"], one["state"], one["programme"]["code"]) for one in found]


def test_a_learner_and_her_school_see_her_enrolment_and_what_becomes_of_it(
    client: TestClient, clerk: dict[str, str], learner: dict[str, str]
) -> None:
    """A later file changes the same enrolment; the same file changes nothing."""
    plan(client, clerk)
    assert enrol(client, clerk, ROW).json() == {
        "added": 1, "changed": 0, "unchanged": 0, "rejected": []
    }  # fmt: skip
    assert enrol(client, clerk, ROW).json()["unchanged"] == 1
    mine = "/api/v1/accounts/me/enrolments"
    assert seen(client, learner, mine) == [("S-0007", "active", "0810")]
    graduated = ROW.replace("active,2023-09-01,", "graduated,2023-09-01,2026-01-10")
    assert enrol(client, clerk, graduated).json()["changed"] == 1
    for headers, path in ((learner, mine), (clerk, "/api/v1/enrolments")):
        assert seen(client, headers, path) == [("S-0007", "graduated", "0810")]
    (own,) = client.get(mine, headers=learner).json()["enrolments"]
    assert (own["from_day"], own["until_day"]) == ("2023-09-01", "2026-01-10")


@known
def test_a_clerk_sees_the_enrolments_of_her_subtree_and_of_no_other(
    client: TestClient,
    bank: Bank,
    provider: Provider,
    clerk: dict[str, str],
    make_staff: MakeStaff,
    make_provider: Callable[[str], Provider],
) -> None:
    """A faculty below the school does not see upwards; another school is alike unknown."""
    plan(client, clerk)
    enrol(client, clerk, ROW)
    faculty = RegisterInstitution(
        kind=InstitutionKind.PROVIDER, name="学院", parent_id=provider.institution
    )
    below = bank.writer.write(faculty).answer.id
    stranger = make_provider("职业学校")
    for institution in (below, stranger.institution):
        other = make_staff(institution, Role.CLERK)
        assert seen(client, other, "/api/v1/enrolments") == []
        path = f"/api/v1/enrolments?institution={provider.institution}"
        assert client.get(path, headers=other).status_code == 404
    assert len(seen(client, clerk, "/api/v1/enrolments")) == 1
    assert seen(client, clerk, f"/api/v1/enrolments?institution={below}") == []


@known
def test_a_wrong_row_is_named_with_its_remedy_and_the_others_are_taken(
    client: TestClient, clerk: dict[str, str]
) -> None:
    """Each problem names the field, in the reader's language."""
    plan(client, clerk)
    rows = (
        ROW,
        ROW.replace("7,0810", "8,0810"),
        ROW.replace("0810", "0811"),
        ROW.replace("active", "studying"),
        ROW.replace("2023-09-01,", "2023-09-31,"),
        ROW.replace("2023-09-01,", "2023-09-01,2022-01-01"),
        ROW.replace("S-0007", ""),
    )
    answer = enrol(client, clerk, *rows).json()
    assert answer["added"] == 1
    problems = [
        (one["row"], [(each["field"], each["code"]) for each in one["problems"]])
        for one in answer["rejected"]
    ]
    assert problems == [
        (2, [("learner", "account-unknown")]),
        (3, [("programme", "programme-unknown")]),
        (4, [("state", "status-unknown")]),
        (5, [("from", "date-unreadable")]),
        (6, [("until", "days-reversed")]),
        (7, [("student_number", "field-missing")]),
    ]
    chinese = enrol(client, {**clerk, "Accept-Language": "zh"}, rows[2]).json()
    assert "培养方案" in chinese["rejected"][0]["problems"][0]["detail"]


@pytest.mark.parametrize(
    ("file", "code"),
    [("", "file-empty"), ("learner,state\n7,active\n", "header-column-missing"),
     (HEADER + '7,"0810\n', "field-wrong")],
)  # fmt: skip
def test_a_file_that_is_none_changes_nothing(
    client: TestClient, clerk: dict[str, str], table_counts: TableCounts, file: str, code: str
) -> None:
    """It is refused whole."""
    before = table_counts()
    answer = client.post("/api/v1/enrolments", content=file, headers=clerk)
    assert answer.status_code == 422
    assert {one["code"] for one in answer.json()["errors"]} == {code}
    assert table_counts() == before


def test_programme_plans_are_public_and_a_version_does_not_change(
    client: TestClient, provider: Provider, clerk: dict[str, str]
) -> None:
    """A changed plan is a new version."""
    plan(client, clerk)
    path = f"/api/v1/programmes?institution={provider.institution}"
    (found,) = client.get(path).json()["programmes"]
    assert (found["code"], found["version"], found["valid_from"]) == ("0810", "2023", "2023-09-01")
    changed = PLANS.replace("软件工程", "计算机")
    answer = client.post("/api/v1/programmes", content=changed, headers=clerk)
    assert answer.json()["type"].endswith("programme-conflict")


@known
def test_student_numbers_and_days_stand_in_no_column_in_clear(
    client: TestClient, bank: Bank, clerk: dict[str, str]
) -> None:
    """They are gone with her key."""
    plan(client, clerk)
    enrol(client, clerk, ROW)
    with bank.readers.reading() as connection:
        (row,) = connection.execute(METADATA.tables["enrolment"].select()).all()
    assert b"S-0007" not in row.sealed_facts
    assert not any(text in str(tuple(row)[:-1]) for text in ("S-0007", "2023-09-01"))
