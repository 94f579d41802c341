"""Disputes of records, and appeals: asked of whom, decided by whom, and what she is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.api_keys import IssueApiKey
from creditbank.access.roles import Role
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.evidence import hand_in
from tests.fixtures.people import RESULT, Citizen
from tests.fixtures.recognition import Recognition
from tests.fixtures.whose import audited

ME = "/api/v1/accounts/me"
NO = {"decision": "refused", "text": "已核对"}


@dataclass(frozen=True)
class Hers:
    """A citizen with one outcome of a provider, and what she asks."""

    client: TestClient
    citizen: Citizen
    provider: Provider
    outcome: str

    def ask(self, path: str, **body: object) -> Any:
        """Post something of her own; gives the answer."""
        return self.client.post(f"{ME}/{path}", json=body, headers=self.citizen.headers)

    def dispute(self, **fields: object) -> Any:
        """Dispute her outcome."""
        body = {"kind": "dispute", "outcome": self.outcome, "field": "credits", "should_be": "40"}
        return self.ask("matters", **(body | fields))

    def matter(self, matter: str) -> dict[str, Any]:
        """Read one of her matters."""
        found = self.client.get(f"{ME}/matters", headers=self.citizen.headers).json()["matters"]
        return next(one for one in found if one["id"] == matter)

    def decide(self, matter: str, staff: dict[str, str], **body: object) -> Any:
        """Let staff decide."""
        return self.client.post(f"/api/v1/matters/{matter}/decision", json=body, headers=staff)

    def correct(self, **fields: object) -> str:
        """Let the provider correct the outcome; gives the one that stands now."""
        answer = self.client.post(
            f"/api/v1/outcomes/{self.outcome}/correction",
            json={**RESULT, "reason": "录入有误", **fields},
            headers=self.provider.headers,
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def told(self) -> list[str]:
        """Give what she was told of; what she reads is delivered."""
        found = self.client.get(f"{ME}/notices", headers=self.citizen.headers).json()["notices"]
        return [one["subject"] for one in found]


@pytest.fixture
def hers(client: TestClient, citizen: Citizen, provider: Provider) -> Hers:
    """A citizen with an outcome."""
    body = {**RESULT, "learner": {"account_number": citizen.account_number}}
    posted = client.post("/api/v1/outcomes", json=body, headers=provider.headers)
    assert posted.status_code == 201, posted.text
    return Hers(client, citizen, provider, posted.json()["id"])


def test_a_dispute_lies_with_who_posted_and_is_answered_by_the_correction(
    hers: Hers, make_staff: Callable[..., dict[str, str]], bank: Bank
) -> None:
    """Not before something was corrected; then the answer names the record that stands."""
    checker = make_staff(hers.provider.institution, Role.CHECKER)
    piece = hand_in(hers.client, hers.citizen)
    filed = hers.dispute(text="少记了", evidence=[piece])
    assert filed.status_code == 201, filed.text
    matter = filed.json()["id"]
    asked = hers.matter(matter)
    assert (asked["institution"], asked["disputed"]) == (hers.provider.institution, hers.outcome)
    assert asked["content"] == {
        "field": "credits", "should_be": "40", "text": "少记了", "recorded": "30",
        "title": asked["content"]["title"],
    }  # fmt: skip
    again = hers.dispute(field="term", should_be="2015B")
    assert (again.status_code, again.json()["code"]) == (409, "dispute-open")

    yes = {"decision": "corrected", "text": "已更正"}
    early = hers.decide(matter, checker, **yes)
    assert (early.status_code, early.json()["code"]) == (409, "dispute-not-corrected")
    attested = {"decision": "attested", "text": "有误", "result": RESULT}
    for other in (attested, {"decision": "upheld", "text": "成立"}):
        refused = hers.decide(matter, checker, **other)
        assert (refused.status_code, refused.json()["code"]) == (409, "matter-of-another-kind")
    right = hers.correct(credits="40")
    answered = hers.decide(matter, checker, **yes)
    assert (answered.status_code, answered.json()["state"]) == (201, "corrected"), answered.text
    assert answered.json()["outcome"] == right
    assert hers.told()[-1] == "matter-corrected"
    superseded = hers.dispute()
    assert superseded.json()["code"] == "outcome-superseded"
    assert audited(bank) == []


def test_a_record_that_was_taken_back_is_answered_by_the_one_posted_anew(
    hers: Hers, make_staff: Callable[..., dict[str, str]], make_citizen: Callable[[], Citizen]
) -> None:
    """Somebody else's record needs no other; one that was taken back wrongly does."""
    checker = make_staff(hers.provider.institution, Role.CHECKER)
    client, provider = hers.client, hers.provider
    not_mine = hers.dispute(field="not_mine", should_be=None).json()["id"]
    void = {"status": "void", "reason": "录错人"}
    revoking = f"/api/v1/outcomes/{hers.outcome}/revocation"
    assert client.post(revoking, json=void, headers=provider.headers).status_code == 201
    yes = {"decision": "corrected", "text": "已处理"}
    assert hers.decide(not_mine, checker, **yes).json()["outcome"] is None

    back = hers.dispute(field="status", should_be="仍然有效").json()["id"]
    assert hers.decide(back, checker, **yes).json()["code"] == "dispute-not-corrected"
    post = {**RESULT, "learner": {"account_number": hers.citizen.account_number}}
    anew = client.post("/api/v1/outcomes", json=post, headers=provider.headers).json()["id"]
    other = {**RESULT, "learner": {"account_number": make_citizen().account_number}}
    strange = client.post("/api/v1/outcomes", json=other, headers=provider.headers).json()["id"]
    wrong = hers.decide(back, checker, **yes, outcome=strange)
    assert [one["field"] for one in wrong.json()["errors"]] == ["outcome"], wrong.text
    assert hers.decide(back, checker, **yes, outcome=anew).json()["outcome"] == anew


def test_what_is_wrong_in_a_dispute_is_named_and_nothing_is_kept(
    hers: Hers, make_citizen: Callable[[], Citizen]
) -> None:
    """Somebody else's outcome is alike unknown."""
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"field": "colour"}, "field"),
        ({"should_be": None}, "should_be"),
        ({"should_be": " "}, "should_be"),
        ({"outcome": "0" * 32}, "outcome"),
        ({"evidence": ["0" * 32]}, "evidence"),
    ]
    for fields, named in wrong:
        answer = hers.dispute(**fields)
        assert [one["field"] for one in answer.json()["errors"]] == [named], answer.text
    other = Hers(hers.client, make_citizen(), hers.provider, hers.outcome)
    assert [one["field"] for one in other.dispute().json()["errors"]] == ["outcome"]
    listed = hers.client.get(f"{ME}/matters", headers=hers.citizen.headers).json()
    assert listed["matters"] == []


def test_a_refused_matter_is_decided_again_by_another_person_and_then_it_is_final(
    hers: Hers, make_staff: Callable[..., dict[str, str]], bank: Bank
) -> None:
    """One who refused does not decide the appeal; a colleague or the institution above does."""
    first, second = (make_staff(hers.provider.institution, Role.CHECKER) for _ in range(2))
    above = make_staff(bank.installation.institution_id, Role.DIRECTOR)
    matter = hers.dispute().json()["id"]
    early = hers.ask(f"matters/{matter}/appeal", text="请再核对")
    assert early.json()["code"] == "matter-not-refused"
    foreign = hers.decide(matter, first, **NO, code="not-found-in-records")
    assert [one["field"] for one in foreign.json()["errors"]] == ["code"]
    assert hers.decide(matter, first, **NO, code="record-confirmed").status_code == 201
    assert hers.matter(matter)["may_be_appealed"]

    piece = hand_in(hers.client, hers.citizen)
    appealed = hers.ask(f"matters/{matter}/appeal", text="附上成绩单", evidence=[piece])
    assert appealed.json()["kind"] == "matter", appealed.text
    appeal = appealed.json()["id"]
    shown = hers.matter(appeal)
    assert (shown["appeal_of"], shown["kind"]) == (matter, "dispute")
    assert (shown["evidence"], shown["steps"][0]["text"]) == ([piece], "附上成绩单")
    assert (hers.matter(matter)["appeal"], hers.matter(matter)["may_be_appealed"]) == (
        appeal, False,
    )  # fmt: skip
    twice = hers.ask(f"matters/{matter}/appeal", text="再次")
    assert twice.json()["code"] == "matter-appealed"
    same = hers.decide(appeal, first, **NO, code="record-confirmed")
    assert (same.status_code, same.json()["code"]) == (409, "matter-same-person")
    back = hers.decide(appeal, second, decision="returned", text="请补充")
    assert back.json()["state"] == "returned"
    hers.ask(f"matters/{appeal}/answer", text="已补充")
    assert hers.decide(appeal, above, **NO, code="record-confirmed").status_code == 201
    final = hers.ask(f"matters/{appeal}/appeal", text="仍不服")
    assert final.json()["code"] == "appeal-is-final"


@dataclass(frozen=True)
class Converted:
    """A conversion of the citizen that a rule decided alone."""

    recognition: Recognition
    hers: Hers
    id: str

    def appeal(self, text: str = "场次不属于我") -> Any:
        """Appeal against it."""
        path = f"/api/v1/conversions/{self.id}/appeal"
        headers = self.hers.citizen.headers
        return self.hers.client.post(path, json={"text": text}, headers=headers)

    def read(self) -> dict[str, Any]:
        """Read it."""
        path = f"/api/v1/conversions/{self.id}"
        found: dict[str, Any] = self.hers.client.get(path, headers=self.hers.citizen.headers).json()
        return found


@pytest.fixture
def converted(
    client: TestClient, citizen: Citizen, bank: Bank, recognition: Recognition
) -> Converted:
    """Class hours of the citizen that became credit by the rule alone."""
    outcome = recognition.hours("32", "2024秋", account_number=citizen.account_number)
    asked = {"rule": "class-hours", "outcomes": [outcome]}
    made = client.post("/api/v1/conversions", json=asked, headers=citizen.headers)
    key = bank.writer.write(IssueApiKey(institution_id=recognition.centre)).answer
    posted_by = Provider(recognition.centre, key)
    hers = Hers(client, citizen, posted_by, outcome)
    return Converted(recognition, hers, made.json()["id"])


def test_an_appeal_against_what_a_rule_decided_alone_reverses_it_where_it_is_upheld(
    converted: Converted, make_staff: Callable[..., dict[str, str]], bank: Bank
) -> None:
    """It lies with the institution of the rule; what was used can be offered again."""
    school = make_staff(converted.recognition.school, Role.CHECKER)
    hers = converted.hers
    filed = converted.appeal()
    assert (filed.status_code, filed.json()["kind"]) == (201, "matter"), filed.text
    matter = filed.json()["id"]
    assert converted.appeal().json()["code"] == "matter-appealed"
    asked = hers.matter(matter)
    assert (asked["institution"], asked["conversion"]) == (
        converted.recognition.school, converted.id,
    )  # fmt: skip
    corrected = hers.decide(matter, school, decision="corrected", text="已更正")
    assert corrected.status_code == 404
    upheld = hers.decide(matter, school, decision="upheld", text="不属该规则范围")
    assert (upheld.status_code, upheld.json()["state"]) == (201, "upheld"), upheld.text
    assert converted.read()["reversal"]["cause"] == "appeal"
    assert hers.told()[-1] == "conversion-appealed"
    assert audited(bank) == []
    late = converted.appeal()
    assert late.json()["code"] == "conversion-not-standing"


def test_the_end_of_an_appeal_is_told_where_the_credit_was_taken_back_meanwhile(
    converted: Converted, make_staff: Callable[..., dict[str, str]], bank: Bank
) -> None:
    """Nothing is left to reverse, and she does not wait for an answer for ever."""
    checker = make_staff(converted.recognition.school, Role.CHECKER)
    hers, matter = converted.hers, converted.appeal().json()["id"]
    body = {"cause": "error", "text": "规则选错"}
    path = f"/api/v1/conversions/{converted.id}/reversal"
    assert hers.client.post(path, json=body, headers=checker).status_code == 201
    upheld = hers.decide(matter, checker, decision="upheld", text="已按更正撤销")
    assert (upheld.status_code, upheld.json()["state"]) == (201, "upheld"), upheld.text
    assert hers.told()[-2:] == ["conversion-reversed", "matter-upheld"]
    assert audited(bank) == []


def test_a_decision_that_is_confirmed_goes_once_to_another_person(
    converted: Converted,
    make_staff: Callable[..., dict[str, str]],
    make_citizen: Callable[[], Citizen],
) -> None:
    """The credit counts meanwhile; nobody appeals against another's conversion."""
    first = make_staff(converted.recognition.school, Role.CHECKER)
    second = make_staff(converted.recognition.school, Role.CHECKER)
    other = Hers(converted.hers.client, make_citizen(), converted.hers.provider, "")
    path = f"/api/v1/conversions/{converted.id}/appeal"
    strange = other.client.post(path, json={"text": "x"}, headers=other.citizen.headers)
    assert strange.status_code == 404
    hers, matter = converted.hers, converted.appeal().json()["id"]
    assert hers.decide(matter, first, **NO, code="decision-confirmed").status_code == 201
    assert converted.read()["status"] == "recognised"
    again = hers.ask(f"matters/{matter}/appeal", text="请另一人审定").json()["id"]
    yes = {"decision": "upheld", "text": "规则适用有误"}
    assert hers.decide(again, first, **yes).json()["code"] == "matter-same-person"
    assert hers.decide(again, second, **yes).json()["state"] == "upheld"
    assert converted.read()["status"] == "reversed"
