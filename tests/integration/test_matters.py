"""Matters at the doors: whose they are, what is wrong with them, and which come first."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import col

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.database import open_writing_engine
from creditbank.matters.tables import MatterRow
from tests.fixtures.bank import Provider
from tests.fixtures.evidence import a_pdf, hand_in
from tests.fixtures.people import RESULT, Citizen

ME = "/api/v1/accounts/me"
DEPOSIT: dict[str, Any] = {
    "title": "社区摄影班结业",
    "awarding_body": "示例社区学校",
    "awarded_on": "2023-06",
    "class_hours": "32",
}


@pytest.fixture
def missing(client: TestClient, provider: Provider) -> Callable[..., str]:
    """Report a missing result: `missing(citizen)` gives the matter's id."""

    def report(citizen: Citizen) -> str:
        body = {
            "kind": "missing_result",
            "institution": provider.institution,
            "course": "BBB",
            "term": "2014B",
            "text": "未见成绩",
        }
        answer = client.post(f"{ME}/matters", json=body, headers=citizen.headers)
        assert answer.status_code == 201, answer.text
        filed: str = answer.json()["id"]
        return filed

    return report


def test_late_matters_are_listed_first(
    missing: Callable[..., str],
    citizen: Citizen,
    client: TestClient,
    provider: Provider,
    bank: Bank,
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Whatever waits longest beyond its last day."""
    on_time, late, returned = (missing(citizen) for _ in range(3))
    staff = make_staff(provider.institution, Role.CHECKER)
    back = {"decision": "returned", "text": "请补充"}
    client.post(f"/api/v1/matters/{returned}/decision", json=back, headers=staff)
    engine = open_writing_engine(bank.settings.bank_database)
    with engine.begin() as connection:
        older = update(MatterRow).where(col(MatterRow.id) == late).values(due_on="2020-01-02")
        connection.execute(older)
    engine.dispose()

    listed = client.get("/api/v1/matters", headers=staff).json()["matters"]
    assert [(one["id"], one["late"]) for one in listed] == [
        (late, True), (on_time, False), (returned, False),
    ]  # fmt: skip


def test_a_matter_is_hers_and_of_those_above_the_institution_that_was_asked(
    missing: Callable[..., str],
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    client: TestClient,
    make_provider: Callable[[str], Provider],
    make_staff: Callable[..., dict[str, str]],
    bank: Bank,
) -> None:
    """To anybody else it is not there."""
    matter = missing(citizen)
    beside = make_staff(make_provider("职业学校").institution, Role.DIRECTOR)
    above = make_staff(bank.installation.institution_id, Role.DIRECTOR)
    decision = {"decision": "refused", "text": "查无记录", "code": "not-found-in-records"}
    path = f"/api/v1/matters/{matter}"
    assert client.get(path, headers=beside).status_code == 404
    assert client.post(f"{path}/decision", json=decision, headers=beside).status_code == 404
    strange = client.post(
        f"{ME}/matters/{matter}/answer", json={"text": "x"}, headers=make_citizen().headers
    )
    assert strange.status_code == 404
    assert client.post(f"{path}/decision", json=decision, headers=above).status_code == 201
    again = client.post(f"{path}/decision", json=decision, headers=above)
    assert (again.status_code, again.json()["code"]) == (409, "matter-not-open")


def test_what_is_wrong_in_a_matter_is_named_in_both_languages_and_nothing_is_kept(
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    client: TestClient,
    provider: Provider,
    bank: Bank,
) -> None:
    """A deposit, and a piece of evidence, of another is alike unknown."""
    asked = {"kind": "certification", "institution": provider.institution, "deposit": "x"}
    report = {**asked, "kind": "missing_result", "course": "B", "term": "1", "text": "x"}
    del report["deposit"]
    own, another = hand_in(client, citizen), hand_in(client, make_citizen())
    deposit = {**DEPOSIT, "evidence": [own]}
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("deposits", {**deposit, "title": " "}, "title"),
        ("deposits", {**deposit, "awarded_on": "2999"}, "awarded_on"),
        ("deposits", {**deposit, "class_hours": "-1"}, "class_hours"),
        ("deposits", {**deposit, "evidence": []}, "evidence"),
        ("deposits", {**deposit, "evidence": [own, another]}, "evidence"),
        ("deposits", {**deposit, "evidence": ["0" * 32]}, "evidence"),
        ("matters", {**report, "evidence": [another]}, "evidence"),
        ("matters", asked, "deposit"),
        ("matters", {**report, "institution": "inst-0"}, "institution"),
        ("matters", {**report, "text": ""}, "text"),
    ]
    for path, body, field in wrong:
        said = set()
        for language in ("en", "zh"):
            headers = {**citizen.headers, "Accept-Language": language}
            answer = client.post(f"{ME}/{path}", json=body, headers=headers)
            assert [one["field"] for one in answer.json()["errors"]] == [field], answer.text
            said.add(answer.json()["errors"][0]["detail"])
        assert len(said) == 2
    with bank.readers.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM matter").scalar() == 0


def test_what_is_wrong_in_a_decision_is_named_and_the_matter_waits_on(
    missing: Callable[..., str],
    citizen: Citizen,
    client: TestClient,
    provider: Provider,
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """A refusal has a code, what is attested a result, and both have words."""
    matter, staff = missing(citizen), make_staff(provider.institution, Role.CHECKER)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"decision": "refused", "text": "查无记录"}, "code"),
        ({"decision": "refused", "text": " ", "code": "recorded-already"}, "text"),
        ({"decision": "attested", "text": "一致"}, "result"),
        ({"decision": "attested", "text": "一致", "result": {**RESULT, "course": "x"}}, "course"),
    ]
    for body, field in wrong:
        answer = client.post(f"/api/v1/matters/{matter}/decision", json=body, headers=staff)
        assert [one["field"] for one in answer.json()["errors"]] == [field], answer.text
    (waiting,) = client.get(f"{ME}/matters", headers=citizen.headers).json()["matters"]
    assert (waiting["state"], len(waiting["steps"])) == ("open", 1)


def test_whoever_decides_opens_the_evidence_that_a_matter_names_and_no_other(
    citizen: Citizen,
    client: TestClient,
    provider: Provider,
    make_provider: Callable[[str], Provider],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Also what the deposit names whose certification is asked for; not to another school."""
    pieces = [hand_in(client, citizen, remark) for remark in ("", "second", "third")]
    body = {**DEPOSIT, "evidence": pieces[:1]}
    kept = client.post(f"{ME}/deposits", json=body, headers=citizen.headers).json()["id"]
    asked = {
        "kind": "certification",
        "institution": provider.institution,
        "deposit": kept,
        "evidence": pieces[1:2],
    }
    matter = client.post(f"{ME}/matters", json=asked, headers=citizen.headers).json()["id"]
    staff = make_staff(provider.institution, Role.CHECKER)
    beside = make_staff(make_provider("职业学校").institution, Role.CHECKER)
    path = f"/api/v1/matters/{matter}"
    shown = client.get(path, headers=staff).json()
    assert (shown["evidence"], "evidence" in shown["content"]) == (pieces[1:2], False)
    answers = [client.get(f"{path}/evidence/{one}", headers=staff) for one in pieces]
    assert [one.status_code for one in answers] == [200, 200, 404]
    assert answers[0].content == a_pdf()
    assert client.get(f"{path}/evidence/{pieces[1]}", headers=beside).status_code == 404


def test_the_notice_of_a_returned_matter_ends_its_sentence_once(
    missing: Callable[..., str],
    citizen: Citizen,
    client: TestClient,
    provider: Provider,
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Who returned it typed the full stop herself."""
    matter, staff = missing(citizen), make_staff(provider.institution, Role.CHECKER)
    back = {"decision": "returned", "text": "请补充第二页。"}
    client.post(f"/api/v1/matters/{matter}/decision", json=back, headers=staff)
    headers = {**citizen.headers, "Accept-Language": "zh"}
    [notice] = client.get(f"{ME}/notices", headers=headers).json()["notices"]
    assert "退回补正：请补充第二页。请在账户中补正" in notice["text"]


def test_a_citizen_withdraws_what_nobody_has_decided(
    missing: Callable[..., str],
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    client: TestClient,
    provider: Provider,
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """Open or returned; it leaves the office's list, and then nobody takes a step any more."""
    first, second, decided = (missing(citizen) for _ in range(3))
    staff = make_staff(provider.institution, Role.CHECKER)
    refusal = {"decision": "refused", "text": "查无记录", "code": "not-found-in-records"}
    back = {"decision": "returned", "text": "请补充"}
    client.post(f"/api/v1/matters/{second}/decision", json=back, headers=staff)
    client.post(f"/api/v1/matters/{decided}/decision", json=refusal, headers=staff)
    other = make_citizen()
    assert client.post(f"{ME}/matters/{first}/withdrawal", headers=other.headers).status_code == 404
    for matter in (first, second):
        answer = client.post(f"{ME}/matters/{matter}/withdrawal", headers=citizen.headers)
        assert (answer.status_code, answer.json()["state"]) == (201, "withdrawn")
        assert answer.json()["steps"][-1]["kind"] == "withdrawn"
    assert client.get("/api/v1/matters", headers=staff).json()["matters"] == []
    for language, words in (("en", "withdrawn"), ("zh", "withdrawn")):
        headers = {"Accept-Language": language}
        answers = [
            client.post(
                f"/api/v1/matters/{first}/decision", json=refusal, headers={**staff, **headers}
            ),
            client.post(f"{ME}/matters/{first}/withdrawal", headers={**citizen.headers, **headers}),
        ]
        for one in answers:
            assert (one.status_code, one.json()["code"]) == (409, "matter-not-open")
            assert words in one.text
    late = client.post(f"{ME}/matters/{decided}/withdrawal", headers=citizen.headers)
    assert late.json()["code"] == "matter-not-open"
