"""Outcomes as offices have them: each case as a clerk or a citizen lives it, through the doors."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from tests.fixtures.bank import Provider
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.evidence import hand_in
from tests.fixtures.people import RESULT, Citizen

Post = Callable[..., dict[str, Any]]


def stated(client: TestClient, citizen: Citizen) -> list[dict[str, Any]]:
    """Give the citizen's own list of outcomes."""
    answer = client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers)
    outcomes: list[dict[str, Any]] = answer.json()["outcomes"]
    return outcomes


def try_post(client: TestClient, provider: Provider, citizen: Citizen, **changes: object) -> Any:
    """Post a result of a citizen as some provider; gives the answer."""
    learner = {"account_number": citizen.account_number}
    body = {**RESULT, "learner": learner, **changes}
    return client.post("/api/v1/outcomes", json=body, headers=provider.headers)


def test_a_resit_a_retake_and_a_deferred_examination_are_no_conflict_with_the_first(
    post_result: Post, citizen: Citizen, client: TestClient
) -> None:
    """补考, 重修 and 缓考 of one course and term stand beside 正考."""
    for kind, grade in (("first", "42"), ("resit", "61"), ("retake", "78"), ("deferred", "80")):
        post_result(citizen, attempt_kind=kind, grade=grade)
    post_result(citizen, attempt_kind="resit", attempt=2, grade="66")

    kinds = [(one["stated"]["attempt_kind"], one["status"]) for one in stated(client, citizen)]
    assert kinds == [(kind, "active") for kind in ("first", "resit", "retake", "deferred", "resit")]


def test_a_grade_is_replaced_by_a_correction_and_never_by_posting_again(
    post_result: Post, citizen: Citizen, client: TestClient, provider: Provider
) -> None:
    """The old grade stays provable, the new one counts."""
    posted = post_result(citizen)
    again = try_post(client, provider, citizen, grade="92")
    corrected = client.post(
        f"/api/v1/outcomes/{posted['id']}/correction",
        json={**RESULT, "grade": "92", "reason": "成绩录入错误"},
        headers=provider.headers,
    )
    assert (again.status_code, again.json()["code"]) == (409, "outcome-conflict")
    assert corrected.status_code == 201
    grades = [(one["stated"]["grade"], one["status"]) for one in stated(client, citizen)]
    assert grades == [("81.5", "superseded"), ("92", "active")]


def test_a_joint_outcome_counts_once_whichever_body_posts_it(
    citizen: Citizen,
    client: TestClient,
    provider: Provider,
    make_provider: Callable[[str], Provider],
) -> None:
    """Posted by the second body it is a duplicate; with other content a conflict."""
    second = make_provider("联合办学学院")
    bodies = [
        {"institution": provider.institution, "name": "开放大学", "role": "certifying"},
        {"institution": second.institution, "name": "联合办学学院", "role": "delivering"},
    ]
    first = try_post(client, provider, citizen, awarded_by=bodies)
    same = try_post(client, second, citizen, awarded_by=bodies[::-1], received_on="2014-10-08")
    other = try_post(client, second, citizen, awarded_by=bodies, grade="92")

    assert first.status_code == 201, first.text
    assert (same.status_code, same.json()["duplicate"]) == (200, True)
    assert same.json()["id"] == first.json()["id"]
    assert (other.status_code, other.json()["code"]) == (409, "outcome-conflict")
    assert "grade" in other.json()["detail"]
    (only,) = stated(client, citizen)
    assert [one["role"] for one in only["stated"]["awarded_by"]] == ["certifying", "delivering"]
    totals = client.get("/api/v1/accounts/me/credits", headers=citizen.headers).json()
    assert [one["credits"] for one in totals["recorded"]] == ["30"]


def test_a_renewed_certificate_was_held_on_any_day_of_both_and_the_earlier_names_the_later(
    post_result: Post, citizen: Citizen, client: TestClient, provider: Provider
) -> None:
    """Between them it is a no, and where only the year is known a person looks."""
    first = post_result(
        citizen,
        course="FFF",
        awarded_on="2014",
        certificate={"series": "电工", "number": "A-1", "valid_until": "2017-06-30"},
    )["id"]
    second = post_result(
        citizen,
        course="FFF",
        term="2018",
        awarded_on="2018-01-10",
        certificate={
            "series": "电工",
            "number": "B-7",
            "valid_until": "2020-12-31",
            "renews": {"series": "电工", "number": "A-1"},
        },
    )["id"]

    def held(day: str) -> tuple[str, str, str]:
        answer = client.get(
            f"/api/v1/accounts/me/holdings?definition=FFF&on={day}", headers=citizen.headers
        ).json()
        return answer["answer"], answer["reason"], answer["outcome"]

    assert held("2014-05-01") == ("unknown", "date-imprecise", first)
    assert held("2017-06-30") == ("yes", "valid-then", first)
    assert held("2017-07-01")[0] == "no"
    assert held("2019-03-04") == ("yes", "valid-then", second)
    assert held("2021-01-01")[0] == "no"
    assert [one["renewed_by"] for one in stated(client, citizen)] == [second, None]

    extended = client.post(
        f"/api/v1/outcomes/{second}/extension",
        json={"valid_until": "2022-12-31", "reason": "年审合格"},
        headers=provider.headers,
    )
    assert extended.status_code == 201, extended.text
    assert held("2021-01-01") == ("yes", "valid-then", second)
    newest = stated(client, citizen)[1]
    assert (newest["valid_until"], newest["expired"]) == ("2022-12-31", True)
    assert newest["stated"]["certificate_number"] == "B-7"


def test_a_certificate_in_a_former_name_is_superseded_and_stays_provable(
    post_result: Post, citizen: Citizen, client: TestClient, provider: Provider
) -> None:
    """The pass of the old one says that it was replaced, and by which entry of the log."""
    printed = {"series": "毕业证书（王某）", "number": "C-3"}
    old = post_result(citizen, certificate=printed)
    shared = {"outcomes": [old["id"]], "expires_at": EXPIRES}
    made = client.post("/api/v1/passes", json=shared, headers=citizen.headers).json()

    corrected = client.post(
        f"/api/v1/outcomes/{old['id']}/correction",
        json={
            **RESULT,
            "certificate": {"series": "毕业证书（李某）", "number": "C-3"},
            "reason": "持有人更名",
        },
        headers=provider.headers,
    ).json()

    report = client.post("/api/v1/verify", json={"document": made["token"]}).json()
    assert (report["verdict"], report["reason"]) == ("revoked", "superseded")
    assert report["successors"] == [
        {"entry_index": old["entry"]["index"], "superseded_by": corrected["entry"]["index"]}
    ]
    assert report["content"]["outcomes"][0]["entry_index"] == old["entry"]["index"]
    first, second = stated(client, citizen)
    assert (first["status"], first["superseded_by"]) == ("superseded", corrected["id"])
    assert second["stated"]["certificate_series"] == "毕业证书（李某）"


def test_a_result_of_a_closed_school_is_back_entered_by_two_persons_with_its_year_only(
    citizen: Citizen,
    client: TestClient,
    provider: Provider,
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """补录: who entered may not check; nothing is recorded before; the year is never padded."""
    clerk = make_staff(provider.institution, Role.CLERK, Role.CHECKER)
    checker = make_staff(provider.institution, Role.CHECKER)
    body = {
        "learner": {"account_number": citizen.account_number},
        "course": "FFF",
        "course_version": "1",
        "term": "1998",
        "result": "毕业",
        "awarded_on": "1998",
        "certificate": {"series": "中专毕业证书", "number": "98017"},
        "awarded_by": [{"name": "原县农业机械化学校", "role": "certifying"}],
        "archive_reference": "1998-031",
    }
    entered = client.post("/api/v1/back-entries", json=body, headers=clerk)
    assert entered.status_code == 201, entered.text
    path = f"/api/v1/back-entries/{entered.json()['id']}"
    by_key = client.post("/api/v1/back-entries", json=body, headers=provider.headers)
    by_same = client.post(f"{path}/check", json={}, headers=clerk)
    assert (by_key.json()["code"], by_same.json()["code"]) == ("person-required", "same-person")
    (waiting,) = client.get("/api/v1/back-entries", headers=checker).json()["entries"]
    assert (waiting["state"], waiting["late"], bool(waiting["due_on"])) == ("waiting", False, True)
    assert stated(client, citizen) == []

    checked = client.post(f"{path}/check", json={}, headers=checker)

    assert (checked.status_code, checked.json()["state"]) == (201, "recorded")
    (outcome,) = stated(client, citizen)
    fields = outcome["stated"]
    assert (fields["awarded_on"], fields["attestation"]) == ("1998", "archive")
    assert (fields["assurance"], fields["archive_reference"]) == ("archive_checked", "1998-031")
    assert fields["awarded_by"] == [{"name": "原县农业机械化学校", "role": "certifying"}]
    assert fields["entered_by"] != fields["checked_by"]
    again = client.post(f"{path}/check", json={}, headers=checker)
    assert again.json()["code"] == "back-entry-decided"


def test_a_citizen_keeps_an_outcome_asks_for_it_to_be_attested_and_reports_a_missing_one(
    citizen: Citizen,
    client: TestClient,
    provider: Provider,
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """成果存储, 申请认证, 缺漏申报: what is declared counts nowhere until it is attested."""
    me, staff = "/api/v1/accounts/me", make_staff(provider.institution, Role.DIRECTOR)

    def ask(path: str, body: dict[str, Any]) -> str:
        answer = client.post(f"{me}/{path}", json=body, headers=citizen.headers)
        assert answer.status_code == 201, answer.text
        filed: str = answer.json().get("id")
        return filed

    def decide(matter: str, **body: Any) -> Any:
        return client.post(f"/api/v1/matters/{matter}/decision", json=body, headers=staff)

    kept = ask(
        "deposits",
        {
            "title": "社会科学课程",
            "awarding_body": "开放大学",
            "awarded_on": "2014-09",
            "evidence": [hand_in(client, citizen)],
        },
    )
    page = client.get(f"{me}/outcomes", headers=citizen.headers).json()
    assert [one["assurance"] for one in page["declared"]] == ["declared"]
    assert client.get(f"{me}/credits", headers=citizen.headers).json()["recorded"] == []

    asked = ask(
        "matters",
        {"kind": "certification", "institution": provider.institution, "deposit": kept},
    )
    (listed,) = client.get("/api/v1/matters", headers=staff).json()["matters"]
    assert (listed["id"], listed["late"], bool(listed["due_on"])) == (asked, False, True)
    returned = decide(asked, decision="returned", text="请补充背面")
    assert (returned.json()["state"], returned.json()["due_on"]) == ("returned", None)
    ask(f"matters/{asked}/answer", {"text": "已补充"})
    result = {**RESULT, "assurance": "assessed"}
    attested = decide(asked, decision="attested", text="与存档一致", result=result)
    assert (attested.status_code, attested.json()["state"]) == (201, "attested"), attested.text

    missing = ask(
        "matters",
        {
            "kind": "missing_result",
            "institution": provider.institution,
            "course": "BBB",
            "term": "2013J",
            "text": "未见成绩",
        },
    )
    refused = decide(missing, decision="refused", text="查无记录", code="not-found-in-records")
    assert refused.json()["state"] == "refused"

    page = client.get(f"{me}/outcomes", headers=citizen.headers).json()
    assert page["declared"] == []
    assert [one["stated"]["assurance"] for one in page["outcomes"]] == ["assessed"]
    assert page["outcomes"][0]["id"] == attested.json()["outcome"]
    told = client.get(f"{me}/notices", headers=citizen.headers).json()["notices"]
    assert [one["subject"] for one in told] == [
        "matter-returned", "matter-attested", "matter-refused",
    ]  # fmt: skip
    mine = client.get(f"{me}/matters", headers=citizen.headers).json()["matters"]
    assert {one["kind"]: one["state"] for one in mine} == {
        "deposit": "attested", "certification": "attested", "missing_result": "refused",
    }  # fmt: skip
    steps = next(one["steps"] for one in mine if one["id"] == asked)
    assert [one["kind"] for one in steps] == ["filed", "returned", "answered", "attested"]
