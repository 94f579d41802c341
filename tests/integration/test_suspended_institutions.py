"""A suspended institution 暂停提交 reads and posts nothing, and does not let itself post again."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.institutions.change import ChangeInstitution
from creditbank.institutions.history import Act, InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from tests.fixtures.bank import Provider
from tests.fixtures.people import RESULT, Citizen
from tests.fixtures.provider_pages import RIGHT, lines

FIRST = "2026-01-05"
WHY = {"reason": "成绩复核", "ask": "学分银行机构管理部"}

Ask = Callable[..., Any]


@pytest.fixture
def ask(client: TestClient, bank: Bank, make_staff: Ask, provider: Provider) -> Ask:
    """Let an administrator of the bank, or of another institution, ask for a change."""

    def post(act: str, by: str | None = None, since: str = FIRST, of: str = "", **more: Any) -> Any:
        headers = make_staff(by or bank.installation.institution_id, Role.INSTITUTION_ADMINISTRATOR)
        path = f"/api/v1/institutions/{of or provider.institution}/changes"
        body = {"act": act, "since": since, **more}
        return client.post(path, json=body, headers=headers)

    return post


def test_what_a_suspended_institution_posts_is_refused_with_why_and_whom_to_ask(
    ask: Ask, client: TestClient, provider: Provider, citizen: Citizen, post_result: Ask
) -> None:
    """It reads what it posted; once it may post again, the same request is taken."""
    recorded = post_result(citizen)["id"]
    assert ask("suspended", **WHY).status_code == 201
    said = ("成绩复核", "学分银行机构管理部", "institution-suspended")
    body = {**RESULT, "learner": {"account_number": citizen.account_number}, "term": "2013J"}
    mended = {**RESULT, "grade": "92", "reason": "录错"}
    for path, sent in (("", body), (f"/{recorded}/correction", mended)):
        answer = client.post(f"/api/v1/outcomes{path}", json=sent, headers=provider.headers)
        assert answer.status_code == 403, answer.text
        assert all(words in answer.text for words in said)
    headers = {**provider.headers, "Content-Type": "text/csv"}
    file = client.post("/api/v1/outcome-batches", content=lines(RIGHT), headers=headers)
    assert (file.status_code, "成绩复核" in file.text) == (403, True)
    read = client.get(f"/api/v1/outcomes/{recorded}", headers=provider.headers)
    assert read.status_code == 200
    view = client.get(f"/api/v1/institutions/{provider.institution}").json()
    assert view["suspension"]["reason"] == "成绩复核"
    before = client.get(f"/api/v1/institutions/{provider.institution}?on=2026-01-04").json()
    assert before["suspension"] is None

    assert ask("resumed").status_code == 201
    answer = client.post("/api/v1/outcomes", json=body, headers=provider.headers)
    assert answer.status_code == 201, answer.text


def test_its_staff_see_at_their_desk_why_and_whom_to_ask(
    ask: Ask, provider: Provider, make_staff: Ask, signed_in: Ask
) -> None:
    """They need not hand in a file to find out."""
    clerk = signed_in(make_staff(provider.institution, Role.CLERK))
    assert WHY["reason"] not in clerk.get("/desk").text
    assert ask("suspended", **WHY).status_code == 201
    assert all(words in clerk.get("/desk").text for words in WHY.values())


def test_only_who_stands_above_suspends_and_resumes(ask: Ask, provider: Provider) -> None:
    """An institution neither suspends itself nor lifts what the bank ordered."""
    assert ask("resumed").json()["type"].endswith("institution-not-suspended")
    own = ask("suspended", provider.institution, **WHY)
    assert (own.status_code, own.json()["type"].rpartition("/")[2]) == (
        403,
        "institution-stands-above",
    )
    assert ask("suspended", **WHY).status_code == 201
    assert ask("resumed", provider.institution).status_code == 403
    earlier = ask("resumed", since="2026-01-04")
    assert earlier.json()["type"].endswith("institution-changed-later")
    unsaid = ask("suspended", reason=" ", ask=" ")
    assert {one["field"] for one in unsaid.json()["errors"]} == {"reason", "ask"}


@pytest.mark.parametrize("act", ["closed", "merged", "split"])
def test_no_administrator_ends_the_own_institution_nor_the_bank(
    act: str, ask: Ask, provider: Provider, bank: Bank
) -> None:
    """Neither by a page nor by the API: everybody of it, she herself too, would be shut out."""
    bank_id = bank.installation.institution_id
    for own in (provider.institution, bank_id):
        branches = [_registered(bank, own) for _ in range({"merged": 1, "split": 2}.get(act, 0))]
        refused = ask(act, own, of=own, successors=branches)
        assert (refused.status_code, refused.json()["code"]) == (403, "institution-ends-itself")
    ended = ask(act, of=provider.institution, successors=branches)
    assert ended.status_code == 201, ended.text


def _registered(bank: Bank, parent: str | None) -> str:
    command = RegisterInstitution(kind=InstitutionKind.PROVIDER, name="学校", parent_id=parent)
    return bank.writer.write(command).answer.id


def test_a_parent_does_not_lift_what_stands_above_it_ordered(bank: Bank) -> None:
    """Nor does it order anew, to lift that afterwards; what it ordered the bank lifts."""
    parent = _registered(bank, None)
    child, bank_id = _registered(bank, parent), bank.installation.institution_id

    def write(act: Act, by: str | None) -> None:
        words = WHY if act is Act.SUSPENDED else {}
        command = ChangeInstitution(institution_id=child, act=act, since=FIRST, by=by, **words)
        bank.writer.write(command)

    write(Act.SUSPENDED, parent)
    write(Act.RESUMED, bank_id)
    write(Act.SUSPENDED, None)
    for act in (Act.RESUMED, Act.SUSPENDED):
        with pytest.raises(Refusal, match="institution-stands-above"):
            write(act, parent)
    write(Act.RESUMED, bank_id)


def test_a_suspended_institution_makes_no_other_one_that_may_post(bank: Bank) -> None:
    """It registers no branch and neither ends nor moves anything, nor does the bank below it."""
    school, bank_id = _registered(bank, None), bank.installation.institution_id
    branch = _registered(bank, school)
    suspension = ChangeInstitution(
        institution_id=school, act=Act.SUSPENDED, since=FIRST, by=bank_id, **WHY
    )
    bank.writer.write(suspension)
    for by, parent in ((school, school), (school, branch), (bank_id, school)):
        command = RegisterInstitution(
            kind=InstitutionKind.PROVIDER, name="分校", parent_id=parent, by=by
        )
        with pytest.raises(Refusal, match="institution-suspended"):
            bank.writer.write(command)
    ways: tuple[tuple[Act, dict[str, Any]], ...] = (
        (Act.CLOSED, {}),
        (Act.MERGED, {"successors": (branch,)}),
        (Act.MOVED, {"parent_id": branch}),
    )
    for act, more in ways:
        change = ChangeInstitution(
            institution_id=school, act=act, since="2026-01-06", by=school, **more
        )
        with pytest.raises(Refusal, match="institution-suspended"):
            bank.writer.write(change)
    closed = ChangeInstitution(institution_id=school, act=Act.CLOSED, since=FIRST, by=bank_id)
    assert bank.writer.write(closed).answer.act == Act.CLOSED
