"""How a row finds its person, and what a name alone never does: walked through as offices do."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.audits.full import audit_bank
from creditbank.audits.own import audit_own
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.people import PASSWORD, RESULT, Citizen, sign_in

OLD_NUMBER = "990101010101001"
NEW_NUMBER = "990101190101010015"
RARE = "\U00020bb7野\U000286ab·𠮷"
LONG = "阿卜杜拉·" * 19 + "买买提江"
HEADER = "learner,learner_name,course,term,result,credits,awarded_on\n"

Post = Callable[..., Any]


@pytest.fixture
def post(client: TestClient, provider: Provider) -> Post:
    """Post a result: `post({"name": …}, term=…)`; gives the answer."""

    def act(learner: object, **changes: object) -> Any:
        body = {**RESULT, "learner": learner, **changes}
        return client.post("/api/v1/outcomes", json=body, headers=provider.headers)

    return act


@pytest.fixture
def checker(provider: Provider, make_staff: Callable[..., dict[str, str]]) -> dict[str, str]:
    """A checker 复核 of the provider."""
    return make_staff(provider.institution, Role.CHECKER)


@pytest.fixture
def clerk(bank: Bank, make_staff: Callable[..., dict[str, str]]) -> dict[str, str]:
    """A clerk at the bank's own counter."""
    return make_staff(bank.installation.institution_id, Role.CLERK)


@pytest.fixture
def open_account(client: TestClient, provider: Provider) -> Callable[..., dict[str, Any]]:
    """Let the provider open an account."""

    def act(**stated: object) -> dict[str, Any]:
        answer = client.post("/api/v1/accounts", json=stated, headers=provider.headers)
        assert answer.status_code in {200, 201}, answer.text
        opened: dict[str, Any] = answer.json()
        return opened

    return act


def held_list(client: TestClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    """Give what waits for a decision."""
    listed: list[dict[str, Any]] = client.get("/api/v1/held-outcomes", headers=headers).json()[
        "held"
    ]
    return listed


def account_of(bank: Bank, outcome: str) -> str:
    """Give the account that an outcome is attached to."""
    with bank.readers.reading() as connection:
        wanted = f"SELECT account_id FROM outcome WHERE id = '{outcome}'"
        return str(connection.exec_driver_sql(wanted).scalar_one())


def upload(client: TestClient, provider: Provider, content: bytes, encoding: str) -> Any:
    """Upload a file and wait until it is settled."""
    headers = {**provider.headers, "Content-Type": f"text/csv; charset={encoding}"}
    started = client.post("/api/v1/outcome-batches", content=content, headers=headers)
    assert started.status_code == 202, started.text
    while True:
        path = f"/api/v1/outcome-batches/{started.json()['id']}"
        batch = client.get(path, headers=provider.headers).json()
        if batch["state"] != "recording":
            return batch
        time.sleep(0.05)


def names_of(client: TestClient, citizen: Citizen) -> list[str]:
    """Give the names that a citizen is known by."""
    identity = client.get("/api/v1/accounts/me/identity", headers=citizen.headers).json()
    return [one["name"] for one in identity["names"]]


def audited(bank: Bank) -> list[object]:
    """Give what the full audit finds."""
    with bank.readers.snapshot() as connection:
        return list(audit_bank(connection, bank.keystore, bank.evidence, bank.trust).findings)


def test_a_row_by_the_learner_number_only_finds_the_one_account_of_its_provider(
    post: Post, bank: Bank
) -> None:
    """学号 is linked once per provider; no name is needed."""
    first, second = post("S-1").json(), post("S-1", term="2015B").json()
    assert account_of(bank, first["id"]) == account_of(bank, second["id"])


def test_a_row_by_name_only_is_held_until_a_person_attaches_it(
    client: TestClient,
    post: Post,
    bank: Bank,
    citizen: Citizen,
    checker: dict[str, str],
    provider: Provider,
) -> None:
    """Even where one account alone has that name; the same row again is the held one."""
    answer = post({"name": "示例学习者"})
    assert answer.status_code == 202
    told = answer.json()
    assert (told["reason"], told["duplicate"]) == ("name-alone", False)
    again = post({"name": "示例学习者"})
    assert (again.status_code, again.json()["duplicate"]) == (202, True)
    conflict = post({"name": "示例学习者"}, grade="12")
    assert (conflict.status_code, conflict.json()["code"]) == (409, "held-conflict")
    [held] = held_list(client, checker)
    assert (held["id"], held["owner"]) == (told["held"], provider.institution)
    assert held["due_on"] == told["due_on"]
    assert client.get("/api/v1/accounts/me/outcomes", headers=citizen.headers).json() == {
        "outcomes": [],
        "next": None,
    }
    path = f"/api/v1/held-outcomes/{held['id']}/attachment"
    attached = client.post(path, json={"account": citizen.account_number}, headers=checker)
    assert attached.status_code == 201, attached.text
    assert account_of(bank, attached.json()["id"]) == citizen.id
    assert held_list(client, checker) == []
    notices = client.get("/api/v1/accounts/me/notices", headers=citizen.headers).json()["notices"]
    assert [one["subject"] for one in notices] == ["outcome-attached"]
    twice = client.post(path, json={"account": citizen.account_number}, headers=checker)
    assert (twice.status_code, twice.json()["code"]) == (409, "held-decided")
    assert audited(bank) == []


def test_an_api_key_decides_nothing_that_is_held(
    client: TestClient, post: Post, provider: Provider
) -> None:
    """A person does."""
    held = post({"name": "学习者"}).json()["held"]
    path = f"/api/v1/held-outcomes/{held}/refusal"
    answer = client.post(path, json={"reason": "withdrawn"}, headers=provider.headers)
    assert answer.status_code == 403


def test_a_refused_row_may_be_posted_again(
    client: TestClient, post: Post, checker: dict[str, str], bank: Bank
) -> None:
    """Refused with a reason's code; it was attached to nobody."""
    held = post({"name": "学习者"}).json()["held"]
    path = f"/api/v1/held-outcomes/{held}/refusal"
    wrong = client.post(path, json={"reason": "whatever"}, headers=checker).json()
    assert [one["field"] for one in wrong["errors"]] == ["reason"]
    assert (
        client.post(path, json={"reason": "not-identifiable"}, headers=checker).status_code == 201
    )
    assert post({"name": "学习者"}).json()["duplicate"] is False
    assert audited(bank) == []


def test_a_known_number_with_another_name_is_held_in_posts_and_in_files(
    client: TestClient, post: Post, provider: Provider, bank: Bank
) -> None:
    """Counted as accepted and held; the same file again brings duplicates only."""
    assert post({"learner_number": "S-1", "name": "学习者甲"}).status_code == 201
    answer = post({"learner_number": "S-1", "name": "学习者乙"}, term="2015B")
    assert (answer.status_code, answer.json()["reason"]) == (202, "name-differs")
    rows = (
        "S-1,學習者甲,BBB,2016B,Pass,30,2016-09\n"
        "S-1,学习者丙,BBB,2016B,Pass,30,2016-09\n"
        ",学习者丁,BBB,2016B,Pass,30,2016-09\n"
    )
    counts = upload(client, provider, (HEADER + rows).encode(), "utf-8")["counts"]
    assert (counts["rows"], counts["accepted"], counts["held"]) == (3, 3, 2)
    again = upload(client, provider, (HEADER + rows).encode(), "utf-8")["counts"]
    assert (again["accepted"], again["duplicate"], again["held"]) == (0, 3, 0)
    assert audited(bank) == []


def test_two_people_of_one_name_and_birth_day_stay_two(
    post: Post, bank: Bank, open_account: Callable[..., dict[str, Any]]
) -> None:
    """Each is found by her number; their name and year alone lead to neither."""
    one = open_account(learner_number="A", name="同名者", birth_year=1990)
    other = open_account(learner_number="B", name="同名者", birth_year=1990)
    posted = post({"learner_number": "B", "name": "同名者", "birth_year": 1990}).json()
    assert account_of(bank, posted["id"]) == other["id"] != one["id"]
    assert post({"name": "同名者", "birth_year": 1990}).status_code == 202


def test_a_result_on_the_wrong_person_is_void_there_and_recorded_here_and_both_are_told(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    post_result: Callable[..., dict[str, Any]],
    checker: dict[str, str],
) -> None:
    """One matter with two leaves; both own audits agree."""
    right = make_citizen()
    wrong = post_result(citizen)["id"]
    path = f"/api/v1/outcomes/{wrong}/reassignment"
    asked = {"account": right.account_number, "reason": "同名误归"}
    same = client.post(path, json={**asked, "account": citizen.id}, headers=checker).json()
    assert [one["code"] for one in same["errors"]] == ["account-same"]
    answer = client.post(path, json=asked, headers=checker)
    assert answer.status_code == 201, answer.text
    moved = answer.json()
    shown = [
        client.get("/api/v1/accounts/me/outcomes", headers=one.headers).json()["outcomes"]
        for one in (citizen, right)
    ]
    assert [[(one["id"], one["status"]) for one in page] for page in shown] == [
        [(wrong, "void")],
        [(moved["id"], "active")],
    ]
    subjects = [
        client.get("/api/v1/accounts/me/notices", headers=one.headers).json()["notices"][0][
            "subject"
        ]
        for one in (citizen, right)
    ]
    assert subjects == ["outcome-reassigned-away", "outcome-reassigned-here"]
    again = client.post(path, json=asked, headers=checker)
    assert (again.status_code, again.json()["code"]) == (409, "outcome-not-active")
    assert audited(bank) == []
    for one in (citizen, right):
        key = bank.keystore.get([one.id])[one.id]
        with bank.readers.snapshot() as connection:
            assert list(audit_own(connection, key, bank.evidence, bank.trust).findings) == []


def test_the_fifteen_and_the_eighteen_digits_of_one_person_lead_to_one_account(
    post: Post, bank: Bank
) -> None:
    """The old card's number, the new one, full width and a small x are one number."""

    def by_card(number: str, **changes: object) -> Any:
        document = {"type": "identity_card", "number": number}
        return post({"document": document, "name": "学习者"}, **changes)

    first = by_card(OLD_NUMBER).json()
    others = [
        by_card(NEW_NUMBER, term="2015B"),
        by_card("９９０１０１１９０１０１０１００１５", term="2016B"),
    ]
    assert {account_of(bank, one.json()["id"]) for one in others} == {account_of(bank, first["id"])}
    strange = by_card(NEW_NUMBER, term="2017B")
    assert strange.status_code == 201
    nameless = post({"document": {"type": "identity_card", "number": NEW_NUMBER}})
    assert [one["field"] for one in nameless.json()["errors"]] == ["learner_name"]


def test_after_a_passport_is_renewed_the_old_number_still_leads_to_its_holder(
    client: TestClient,
    post: Post,
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
        posted = post({"document": document, "name": "示例学习者"}, term=term).json()
        assert account_of(bank, posted["id"]) == citizen.id
    path = f"/api/v1/accounts/{make_citizen().id}/documents"
    elsewhere = client.post(path, json=seen, headers=clerk)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "document-elsewhere")
    identity = client.get("/api/v1/accounts/me/identity", headers=citizen.headers).json()
    assert (identity["identity_level"], len(identity["documents"])) == (2, 2)
    assert audited(bank) == []


def test_a_changed_name_is_said_on_purpose_and_both_names_find_her(
    client: TestClient, post: Post, bank: Bank, citizen: Citizen, clerk: dict[str, str]
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
        posted = post({"account_number": number, "name": name}, term=term)
        assert account_of(bank, posted.json()["id"]) == citizen.id


def test_rare_characters_and_a_hundred_of_them_go_through_file_door_and_record(
    client: TestClient, post: Post, provider: Provider
) -> None:
    """GB18030 writes every character there is; the name comes out as it went in."""
    assert len(LONG) >= 99
    rows = "".join(
        f"R-{place},{name},BBB,2014B,Pass,30,2014-09\n" for place, name in enumerate((RARE, LONG))
    )
    batch = upload(client, provider, (HEADER + rows).encode("gb18030"), "gb18030")
    assert (batch["counts"]["accepted"], batch["counts"]["held"]) == (2, 0)
    for place, name in enumerate((RARE, LONG)):
        again = post({"learner_number": f"R-{place}", "name": name}, term="2015B")
        assert again.status_code == 201, again.text
        other = post({"learner_number": f"R-{place}", "name": name[:-1]}, term="2016B")
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
