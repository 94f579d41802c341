"""What a learner's outcomes add up to is what those that count add up to, one by one."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from tests.fixtures.bank import Provider
from tests.fixtures.lessons import LESSONS
from tests.fixtures.lived_bank import revoke
from tests.fixtures.people import Citizen

COURSE = """
  - {{code: {code}, version: "1", title: {{zh: 课程}}, class: {of}, scheme: lessons,
     valid_from: "2010-01-01", counting: {counting}}}
"""
ACHIEVED = {
    "ONCE": [{"credits": "1"}],
    "ALIKE": [{"credits": "2"}, {"credits": "2"}, {"credits": "2"}],
    "DIFFERENT": [{"credits": "4"}, {"credits": "8"}],
    "UNSTATED": [{"credits": "16"}, {"class_hours": "3"}],
    "TIME": [{"hours": "2"}, {"hours": "3"}],
    "MINUTES": [{"hours": "1", "credits": "1"}, {"credits": "1"}],
    "HOURS": [{"class_hours": "16"}, {"class_hours": "16", "credits": "1"}],
    "REVOKED": [{"credits": "32"}, {"credits": "64"}],
    "OTHER": [{"credits": "128"}, {"credits": "128"}],
}


@pytest.mark.parametrize("counting", ["best", "first", "last", "each"])
def test_totals_are_the_sums_of_what_counts(
    client: TestClient,
    provider: Provider,
    make_staff: Callable[..., dict[str, str]],
    citizen: Citizen,
    post_result: Callable[..., dict[str, Any]],
    counting: str,
) -> None:
    """Once or again, alike or not, stated or not, taken back or not, in two classes."""
    classes = {code: "vocational" if code == "OTHER" else "formal" for code in ACHIEVED}
    courses = (COURSE.format(code=code, of=of, counting=counting) for code, of in classes.items())
    clerk = make_staff(provider.institution, Role.CLERK)
    file = LESSONS + "".join(courses)
    assert client.post("/api/v1/definitions", content=file, headers=clerk).status_code == 200
    ids = {}
    for code, times in ACHIEVED.items():
        for number, amounts in enumerate(times):
            stated = {"credits": None, "grade": str(60 + number), "term": f"T{number}", **amounts}
            ids[code] = post_result(citizen, course=code, **stated)["id"]
    revoke(client, provider, ids["REVOKED"], "revoked")

    own = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json()["outcomes"]
    counted = [one["stated"] for one in own if one["counts"]]
    totals = client.get("/api/v1/accounts/me/credits", headers=citizen.headers).json()["recorded"]
    assert {one["outcome_class"] for one in totals} == {"formal", "vocational"}
    for one in totals:
        of_class = [each for each in counted if each["class"] == one["outcome_class"]]
        assert one["outcomes"] == len(of_class)
        assert Decimal(one["hours"]) * 60 == sum(int(each.get("minutes", 0)) for each in of_class)
        for amount in ("credits", "class_hours"):
            assert Decimal(one[amount]) == sum(Decimal(each.get(amount, "0")) for each in of_class)
