"""What an institution's systems are told: each with what it tells of, and never of a person."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.filings.chain import Act
from creditbank.institutions.change import ChangeInstitution
from creditbank.institutions.history import Act as Change
from creditbank.measures.measure import Act as MeasureAct
from creditbank.outcomes.choose import Choice
from creditbank.writer.outbox import MessageKind, messages_for
from tests.fixtures.bank import Provider
from tests.fixtures.filings import PLAIN, Persons
from tests.fixtures.lived_measures import take
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition
from tests.fixtures.whose import HEADER, Post, audited, held_list
from tests.integration.test_batch_worker import settled

URL = "/api/v1/messages"
EVERY = {"kind": [kind.value for kind in MessageKind]}
ME = "/api/v1/accounts/me"


@pytest.fixture
def told(client: TestClient, provider: Provider) -> Callable[[], list[dict[str, Any]]]:
    """Give everything that the provider was told."""

    def ask() -> list[dict[str, Any]]:
        answer = client.get(URL, params=EVERY, headers=provider.headers)
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    return ask


Told = Callable[[], list[dict[str, Any]]]


def kinds(messages: list[dict[str, Any]]) -> list[tuple[str, dict[str, object]]]:
    """Give what messages tell."""
    return [(one["kind"], one["facts"]) for one in messages]


def test_of_a_file_and_of_held_rows_its_provider_is_told_and_of_single_results_nothing(
    client: TestClient,
    provider: Provider,
    post_row: Post,
    checker: dict[str, str],
    citizen: Citizen,
    told: Told,
    bank: Bank,
) -> None:
    """Counts and ids; who asks for no kind is told of credit alone, as ever."""
    post_row("S-1")
    assert told() == []
    file = f"{HEADER}S-9,,BBB,2014B,Pass,30,2014-09-23\nS-8,,ZZZ,2014B,Pass,30,2014-09-23\n"
    batch = client.post(
        "/api/v1/outcome-batches",
        content=file,
        headers={**provider.headers, "Content-Type": "text/csv"},
    ).json()["id"]
    settled(client, provider, batch)
    posted = [post_row({"name": name}).json()["held"] for name in ("示例学习者", "另一位")]
    held = {one["id"]: one for one in held_list(client, checker)}
    assert set(posted) == held.keys()
    first, second = (f"/api/v1/held-outcomes/{one}" for one in posted)
    by = {"account": citizen.account_number}
    outcome = client.post(f"{first}/attachment", json=by, headers=checker).json()["id"]
    why = {"reason": "entered-twice"}
    assert client.post(f"{second}/refusal", json=why, headers=checker).status_code == 201
    messages = told()
    counts = {"accepted": 1, "held": 0, "duplicate": 0, "not_awarded": 0, "rejected": 1}
    assert kinds(messages) == [
        ("batch-ended", {"state": "recorded", **counts}),
        ("held-decided", {"state": "attached", "outcome": outcome}),
        ("held-decided", {"state": "refused"}),
    ]
    assert messages[0]["url"] == f"http://bank.test/api/v1/outcome-batches/{batch}"
    assert client.get(messages[0]["url"], headers=provider.headers).status_code == 200
    assert client.get(messages[1]["url"], headers=provider.headers).status_code == 200
    said = json.dumps(messages, ensure_ascii=False)
    for hers in (citizen.id, citizen.account_number, "示例学习者", "S-9"):
        assert hers not in said
    assert client.get(URL, headers=provider.headers).json() == {"messages": [], "next": None}
    assert audited(bank) == []


def test_messages_are_read_kind_by_kind_and_acknowledged_so(
    client: TestClient, provider: Provider, post_row: Post, checker: dict[str, str], told: Told
) -> None:
    """A program that knows the first two kinds alone acknowledges no other by mistake."""
    for name in ("甲", "乙", "丙"):
        held = post_row({"name": name}).json()["held"]
        path = f"/api/v1/held-outcomes/{held}/refusal"
        client.post(path, json={"reason": "entered-twice"}, headers=checker)
    first, second, last = (one["id"] for one in told())
    page = client.get(f"{URL}?kind=held-decided&limit=2", headers=provider.headers).json()
    assert [one["id"] for one in page["messages"]] == [first, second]
    following = client.get(page["next"], headers=provider.headers).json()
    assert [one["id"] for one in following["messages"]] == [last]
    for body, left in (
        ({"up_to": last}, 3),
        ({"up_to": second, "kinds": ["batch-ended"]}, 3),
        ({"up_to": second, "kinds": ["held-decided"]}, 1),
    ):
        answer = client.post(f"{URL}/acknowledgement", json=body, headers=provider.headers)
        assert (answer.status_code, len(told())) == (204, left)
    wrong = client.get(f"{URL}?kind=nothing", headers=provider.headers).json()
    assert wrong["errors"][0]["code"] == "kind-unknown"


def test_a_matter_is_told_when_it_waits_and_when_it_is_over(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    checker: dict[str, str],
    told: Told,
) -> None:
    """Returned for completion it waits for its citizen, which is no news."""
    asked = {
        "kind": "missing_result",
        "institution": provider.institution,
        "course": "BBB",
        "term": "2014B",
        "text": "未见成绩",
    }
    matter = client.post(f"{ME}/matters", json=asked, headers=citizen.headers).json()["id"]
    decide = f"/api/v1/matters/{matter}/decision"
    client.post(decide, json={"decision": "returned", "text": "请补充"}, headers=checker)
    client.post(f"{ME}/matters/{matter}/answer", json={"text": "补充"}, headers=citizen.headers)
    client.post(
        f"{ME}/matters/{matter}/withdrawal", json={"text": "不再需要"}, headers=citizen.headers
    )
    messages = told()
    of_it = {"kind": "missing_result"}
    assert kinds(messages) == [
        ("matter-received", {**of_it, "state": "open"}),
        ("matter-received", {**of_it, "state": "open"}),
        ("matter-ended", {**of_it, "state": "withdrawn"}),
    ]
    assert {one["subject"] for one in messages} == {matter}


def messages_of(bank: Bank, institution: str) -> list[tuple[str, str]]:
    """Give kinds and subjects of what an institution was told."""
    with bank.readers.reading() as connection:
        found = messages_for(connection, institution, limit=50, kinds=list(MessageKind))
    return [(one.kind, one.subject_id) for one in found]


def test_a_filing_is_told_to_whose_rule_it_is(recognition: Recognition, bank: Bank) -> None:
    """When it comes, and when it is decided."""
    persons = Persons(recognition)
    persons.publish("weighed", workflow=PLAIN)
    certificate = recognition.certificate(grade="合格", grade_scale="pass-fail")
    key = recognition.key()
    filing = persons.file(key, "weighed", certificate, "DQ-1")
    checker = persons.hire(Role.CHECKER)
    persons.act(filing, key, checker, Act.REFUSED, code="content-differs")
    assert messages_of(bank, recognition.school) == [
        ("filing-received", filing),
        ("filing-ended", filing),
    ]


def test_who_posted_is_told_of_what_is_done_from_above_and_not_of_her_own_acts(
    provider: Provider,
    post_result: Callable[..., dict[str, Any]],
    citizen: Citizen,
    bank: Bank,
    make_provider: Callable[[str], Provider],
) -> None:
    """A measure of the institution above suspends, lifts and takes back; its own is no news."""
    above = make_provider("省级机构")
    moved = ChangeInstitution(
        institution_id=provider.institution,
        act=Change.MOVED,
        since="2020-01-01",
        parent_id=above.institution,
    )
    bank.writer.write(moved)
    outcomes = [post_result(citizen, term=term)["id"] for term in ("2013B", "2013J")]
    first, second = outcomes
    take(bank, provider.institution, MeasureAct.SUSPENDED, Choice(outcomes=[second]), None)
    assert messages_of(bank, provider.institution) == []
    suspended = take(bank, above.institution, MeasureAct.SUSPENDED, Choice(outcomes=[first]), None)
    take(bank, above.institution, MeasureAct.LIFTED, Choice(), suspended)
    take(bank, above.institution, MeasureAct.VOID, Choice(outcomes=[first]), None)
    assert messages_of(bank, provider.institution) == [
        ("outcome-suspended", first),
        ("outcome-lifted", first),
        ("outcome-taken-back", first),
    ]
