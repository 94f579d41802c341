"""Documents and names of one person through the years, at the counter and in files."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.people import PASSWORD, Citizen, sign_in
from tests.fixtures.whose import HEADER, Post, account_of, audited, names_of, upload

OLD_NUMBER = "990101010101001"
NEW_NUMBER = "990101190101010015"
RARE = "\U00020bb7野\U000286ab·𠮷"
LONG = "阿卜杜拉·" * 19 + "买买提江"


def test_the_fifteen_and_the_eighteen_digits_of_one_person_lead_to_one_account(
    post_row: Post, bank: Bank
) -> None:
    """The old card's number, the new one, full width and a small x are one number."""

    def by_card(number: str, **changes: object) -> Any:
        document = {"type": "identity_card", "number": number}
        return post_row({"document": document, "name": "学习者"}, **changes)

    first = by_card(OLD_NUMBER).json()
    others = [
        by_card(NEW_NUMBER, term="2015B"),
        by_card("９９０１０１１９０１０１０１００１５", term="2016B"),
    ]
    assert {account_of(bank, one.json()["id"]) for one in others} == {account_of(bank, first["id"])}
    strange = by_card(NEW_NUMBER, term="2017B")
    assert strange.status_code == 201
    nameless = post_row({"document": {"type": "identity_card", "number": NEW_NUMBER}})
    assert [one["field"] for one in nameless.json()["errors"]] == ["learner_name"]


def test_after_a_passport_is_renewed_the_old_number_still_leads_to_its_holder(
    client: TestClient,
    post_row: Post,
    bank: Bank,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    clerk: dict[str, str],
) -> None:
    """And neither number leads to anybody else; having seen one, the bank knows her at level 2."""
    for number in ("12AB34567", "98ZY76543"):
        seen = {
            "type": "passport", "country": "FRA", "number": number,
            "name": "示例学习者", "checked": "original_seen",
        }  # fmt: skip
        path = f"/api/v1/accounts/{citizen.id}/documents"
        answer = client.post(path, json=seen, headers=clerk)
        assert answer.status_code == 201, answer.text
        assert answer.json()["identity_level"] == 2
    for term, number in (("2015B", "12AB34567"), ("2016B", "98ZY76543")):
        document = {"type": "passport", "country": "FRA", "number": number}
        posted = post_row({"document": document, "name": "示例学习者"}, term=term).json()
        assert account_of(bank, posted["id"]) == citizen.id
    path = f"/api/v1/accounts/{make_citizen().id}/documents"
    elsewhere = client.post(path, json=seen, headers=clerk)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "document-elsewhere")
    identity = client.get("/api/v1/accounts/me/identity", headers=citizen.headers).json()
    assert (identity["identity_level"], len(identity["documents"])) == (2, 2)
    assert audited(bank) == []


def test_a_changed_name_is_said_on_purpose_and_both_names_find_her(
    client: TestClient, post_row: Post, bank: Bank, citizen: Citizen, clerk: dict[str, str]
) -> None:
    """The earlier name is never overwritten."""
    seen = {
        "type": "identity_card", "number": NEW_NUMBER, "name": "更名后", "checked": "original_seen",
    }  # fmt: skip
    path = f"/api/v1/accounts/{citizen.id}/documents"
    refused = client.post(path, json=seen, headers=clerk)
    assert (refused.status_code, refused.json()["code"]) == (409, "document-name-differs")
    assert client.post(path, json={**seen, "name_changed": True}, headers=clerk).status_code == 201
    assert names_of(client, citizen) == ["示例学习者", "更名后"]
    number = citizen.account_number
    for term, name in (("2015B", "更名后"), ("2016B", "示例学习者")):
        posted = post_row({"account_number": number, "name": name}, term=term)
        assert account_of(bank, posted.json()["id"]) == citizen.id


def test_rare_characters_and_a_hundred_of_them_go_through_file_door_and_record(
    client: TestClient, post_row: Post, provider: Provider
) -> None:
    """GB18030 writes every character there is; the name comes out as it went in."""
    assert len(LONG) >= 99
    rows = "".join(
        f"R-{place},{name},BBB,2014B,Pass,30,2014-09\n" for place, name in enumerate((RARE, LONG))
    )
    batch = upload(client, provider, (HEADER + rows).encode("gb18030"), "gb18030")
    assert (batch["counts"]["accepted"], batch["counts"]["held"]) == (2, 0)
    for place, name in enumerate((RARE, LONG)):
        again = post_row({"learner_number": f"R-{place}", "name": name}, term="2015B")
        assert again.status_code == 201, again.text
        other = post_row({"learner_number": f"R-{place}", "name": name[:-1]}, term="2016B")
        assert other.status_code == 202


def test_an_account_without_a_name_is_claimed_at_the_counter_only(
    client: TestClient,
    bank: Bank,
    clerk: dict[str, str],
    open_account: Callable[..., dict[str, Any]],
) -> None:
    """No code is issued for it; who shows a document is handed it, once."""
    opened = open_account(learner_number="N-1")
    assert opened["claim_code"] is None
    claim = {
        "type": "identity_card", "number": NEW_NUMBER, "name": "学习者",
        "checked": "original_seen", "password": PASSWORD,
    }  # fmt: skip
    path = f"/api/v1/accounts/{opened['id']}/counter-claim"
    answer = client.post(path, json=claim, headers=clerk)
    assert answer.status_code == 201, answer.text
    assert sign_in(client, opened["account_number"])
    again = client.post(path, json=claim, headers=clerk)
    assert (again.status_code, again.json()["code"]) == (409, "account-claimed")
    assert audited(bank) == []


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"number": "990101190101010010"}, "number", "identity-number-wrong"),
        ({"number": "990101190002290031"}, "number", "identity-number-wrong"),
        ({"type": "library_card"}, "type", "document-type-unknown"),
        ({"type": "passport"}, "country", "country-unreadable"),
        ({"checked": "guessed"}, "checked", "check-unknown"),
        ({"valid_until": "2035-02-30"}, "valid_until", "date-unreadable"),
        ({"name": " 学习者"}, "name", "text-outer-space"),
    ],
)
def test_a_document_that_is_wrong_is_refused_by_field_in_both_languages(
    changes: dict[str, str],
    field: str,
    code: str,
    client: TestClient,
    citizen: Citizen,
    clerk: dict[str, str],
) -> None:
    """Nothing is changed by it."""
    seen = {
        "type": "identity_card", "number": NEW_NUMBER, "name": "示例学习者",
        "checked": "original_seen", **changes,
    }  # fmt: skip
    path = f"/api/v1/accounts/{citizen.id}/documents"
    told = [
        client.post(path, json=seen, headers={**clerk, "Accept-Language": language}).json()
        for language in ("en", "zh")
    ]
    assert [[(one["field"], one["code"]) for one in said["errors"]] for said in told] == [
        [(field, code)]
    ] * 2
    assert told[0]["errors"][0]["detail"] != told[1]["errors"][0]["detail"]
    identity = client.get("/api/v1/accounts/me/identity", headers=citizen.headers).json()
    assert (identity["identity_level"], identity["documents"]) == (0, [])


def test_a_former_name_that_staff_confirmed_finds_her_and_one_that_she_only_reported_does_not(
    client: TestClient, post_row: Post, bank: Bank, citizen: Citizen, clerk: dict[str, str]
) -> None:
    """A certificate of before a marriage is hers, once somebody saw the household register."""
    path = f"/api/v1/accounts/{citizen.id}/reported-names"
    report = {"name": "婚前姓名", "until": "2008-05-01"}
    own = path.replace(citizen.id, "me")
    answers = [client.post(own, json=report, headers=citizen.headers) for _ in range(2)]
    ids = [one.json()["id"] for one in answers]
    assert ids[0] == ids[1]
    named = {"account_number": citizen.account_number, "name": "婚前姓名"}
    assert post_row(named, term="2007B").status_code == 202
    (waiting,) = client.get(path, headers=clerk).json()["names"]
    assert waiting == {"id": ids[0], "name": "婚前姓名", "from": None, "until": "2008-05-01"}
    decision = {"confirmed": True, "seen": "户口簿曾用名栏"}
    decided = client.post(f"{path}/{ids[0]}/decision", json=decision, headers=clerk)
    assert decided.status_code == 204, decided.text
    assert client.get(path, headers=clerk).json()["names"] == []
    posted = post_row(named, term="2006B")
    assert account_of(bank, posted.json()["id"]) == citizen.id
    identity = client.get("/api/v1/accounts/me/identity", headers=citizen.headers).json()
    assert [(one["kind"], one["name"]) for one in identity["names"]] == [
        ("printed", "示例学习者"),
        ("former", "婚前姓名"),
    ]
    notices = client.get("/api/v1/accounts/me/notices", headers=citizen.headers).json()["notices"]
    assert "婚前姓名" in notices[-1]["text"]
    assert audited(bank) == []


def test_a_reported_name_that_is_not_proved_is_taken_away_and_she_is_told_why(
    client: TestClient, citizen: Citizen, clerk: dict[str, str]
) -> None:
    """Nor can it be decided twice, or hold wrong days, or be one of many."""
    path = f"/api/v1/accounts/{citizen.id}/reported-names"

    def report(**body: str) -> Any:
        return client.post(path, json=body, headers=citizen.headers)

    name_id = report(name="别名").json()["id"]
    refusal = {"confirmed": False, "seen": "未见证明"}
    for status in (204, 404):
        answer = client.post(f"{path}/{name_id}/decision", json=refusal, headers=clerk)
        assert answer.status_code == status, answer.text
    wrong = report(name="别名", **{"from": "2008-05-01", "until": "2001-01-01"})
    assert [one["code"] for one in wrong.json()["errors"]] == ["days-reversed"]
    answers = [report(name=f"别名{number}") for number in range(6)]
    assert [one.status_code for one in answers] == [201] * 5 + [409]
    assert answers[-1].json()["code"] == "names-too-many"


def test_a_known_number_under_another_name_opens_nothing_and_tells_so(
    client: TestClient, provider: Provider
) -> None:
    """Two people with one learner number is a slip of the pen that nobody may silently keep."""

    def open_account(name: str) -> Any:
        body = {"learner_number": "S-77", "name": name, "birth_year": 1990}
        return client.post("/api/v1/accounts", json=body, headers=provider.headers)

    first = open_account("示例学习者")
    again = open_account("示例 学习者")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    other = open_account("另一人")
    assert (other.status_code, other.json()["code"]) == (409, "learner-name-differs")
