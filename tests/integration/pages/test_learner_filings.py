"""A request that persons decide, as its learner sees it at each turn; and a decision reviewed."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from creditbank.access.api_keys import IssueApiKey
from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.credits.examine import examine_opened
from creditbank.filings.chain import Act
from creditbank.keystore.account_key import AccountKey
from tests.fixtures.evidence import a_picture
from tests.fixtures.filings import Persons
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition

PUBLISHED = """workflow:
  steps:
    - {step: first_review, by: receiving, role: checker, working_days: 5}
    - {step: publication, by: receiving, working_days: 3}
    - {step: recognition, by: bank, role: director}
  refusals: [{code: content-differs, zh: 内容不符}]
  appeal_working_days: 10"""
GRADED = {"grade": "合格", "grade_scale": "pass-fail"}


@pytest.fixture
def her(citizen: Citizen, signed_in: Callable[[dict[str, str]], Visitor]) -> Visitor:
    """Her browser."""
    return signed_in(citizen.headers)


@pytest.fixture
def key(bank: Bank, citizen: Citizen) -> AccountKey:
    """Her key."""
    found = bank.keystore.find_by_number(citizen.account_number)
    assert found is not None
    return found


def test_returned_answered_published_and_objected_to(
    her: Visitor, key: AccountKey, recognition: Recognition
) -> None:
    """She answers at the page; what is published has a masked name, and anybody may object."""
    persons = Persons(recognition)
    persons.publish("published", workflow=PUBLISHED)
    outcome = recognition.certificate("", account_number=key.number, **GRADED)
    asking = f"/me/filings/new?rule=published&outcome={outcome}&target=DQ-1"
    assert "3 credits" in her.get(asking).text
    filed = her.post(
        "/me/filings/new", rule="published", outcomes=outcome, targets="DQ-1", text="请审定"
    )
    path = filed.headers["location"]
    filing, checker = path.rpartition("/")[2], persons.hire(Role.CHECKER)
    assert "First review" in her.get(path).text

    persons.act(filing, key, checker, Act.RETURNED)
    assert "Waits for you" in her.get(path).text
    unsaid = her.post(f"{path}/answer", text=" ")
    assert (unsaid.status_code, 'id="text-error"' in unsaid.text) == (422, True)
    assert her.post(f"{path}/answer", text="已补").status_code == 303

    persons.act(filing, key, checker)
    shown = her.get("/me/publications").text
    assert "示＊＊＊" in shown
    objection = f"/me/publications/{filing}"
    assert her.get(objection).status_code == 200
    assert her.post(objection, text=" ").status_code == 422
    assert her.post(objection, text="证书内容不符").status_code == 303
    assert "an objection is being looked at" in her.get("/me/publications").text


def test_refused_and_appealed_against(
    her: Visitor, key: AccountKey, recognition: Recognition
) -> None:
    """The page says why and until when; the appeal is a request of its own."""
    persons = Persons(recognition)
    persons.publish("published", workflow=PUBLISHED)
    outcome = recognition.certificate("", account_number=key.number, **GRADED)
    filing = persons.file(key, "published", outcome, "DQ-1")
    persons.act(filing, key, persons.hire(Role.CHECKER), Act.REFUSED, code="content-differs")
    notices = her.get("/me/notices").text  # The days count from its delivery.
    assert "Request under rule 电工证书, decided on" in notices
    shown = her.get(f"/me/filings/{filing}").text
    assert "内容不符" in shown
    assert "content-differs" not in shown
    assert "You can appeal" in shown
    assert "Until " in shown
    photo = {"photo": ("photo.jpg", a_picture(), "image/jpeg")}
    empty = her.request("POST", f"/me/filings/{filing}/appeal", data={"text": " "}, files=photo)
    assert (empty.status_code, "One file is kept already" in empty.text) == (422, True)
    strange = her.post(f"/me/filings/{filing}/appeal", text="请复核", evidence="0" * 32)
    assert (strange.status_code, 'href="#evidence"' in strange.text) == (422, True)
    appealed = her.request(
        "POST", f"/me/filings/{filing}/appeal", data={"text": "请复核"}, files=photo
    )
    shown = her.get(appealed.headers["location"]).text
    assert "First review" in shown
    [piece] = re.findall(r'href="(/me/evidence/[^"]+)"', shown)
    assert her.get(piece).content == a_picture()


def test_what_a_test_of_the_rule_refused_is_told_in_words_when_it_is_closed(
    her: Visitor, key: AccountKey, recognition: Recognition
) -> None:
    """Its figures stood in a trace, which is not computed any more."""
    persons = Persons(recognition)
    persons.publish("published", workflow=PUBLISHED)
    outcome = recognition.certificate("", account_number=key.number)
    filing = persons.file(key, "published", outcome, "DQ-1")
    persons.act(filing, key, persons.hire(Role.CHECKER), Act.REFUSED, code="grade-not-stated")
    shown = her.get(f"/me/filings/{filing}").text
    assert "Its grade is not stated" in shown
    assert "grade-not-stated" not in shown


def test_she_is_heard_when_a_corrected_result_gives_less(
    her: Visitor,
    key: AccountKey,
    recognition: Recognition,
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The explained decision asks for her answer, keeps it, and shows it again."""
    monkeypatch.setattr("creditbank.jobs.batch_worker.examine_opened", lambda _: None)
    bank = recognition.bank
    outcome = recognition.hours("100", "2025春", account_number=key.number)
    conversion = recognition.recognise(key, "class-hours", [outcome])
    secret = bank.writer.write(IssueApiKey(institution_id=recognition.centre)).answer
    corrected = client.post(
        f"/api/v1/outcomes/{outcome}/correction",
        json={
            "course": "SF-1", "term": "2025春", "result": "合格", "awarded_on": "2025-06-30",
            "class_hours": "20", "reason": "录入错误",
        },
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert corrected.status_code == 201, corrected.text
    examine_opened(bank)
    path = f"/me/conversions/{conversion}"
    assert "A result was corrected" in her.get(path).text
    assert her.post(f"{path}/answer", text="学时没有录错。").status_code == 303
    assert "学时没有录错。" in her.get(path).text
