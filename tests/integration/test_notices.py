"""Notices: a citizen lists and reads hers, staff record what they delivered."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.learners.notices import Channel
from tests.fixtures.bank import Provider
from tests.fixtures.people import Citizen

NOTICES = "/api/v1/accounts/me/notices"


def test_a_notice_is_delivered_when_it_is_first_listed_and_read_when_she_says_so(
    client: TestClient, citizen: Citizen, tell: Callable[..., str]
) -> None:
    """What was listed first stays the day of delivery."""
    notice_id = tell(citizen)
    [first] = client.get(NOTICES, headers=citizen.headers).json()["notices"]
    assert first["delivered_at"]
    assert first["read_at"] is None
    assert first["title"] == "Your account is frozen"
    assert "核对中" in first["text"]
    path = f"{NOTICES}/{notice_id}/reading"
    assert client.post(path, headers=citizen.headers).status_code == 204
    assert client.post(path, headers=citizen.headers).status_code == 204
    [again] = client.get(NOTICES, headers=citizen.headers).json()["notices"]
    assert again["delivered_at"] == first["delivered_at"]
    assert again["read_at"]


def test_notices_come_page_by_page(
    client: TestClient, citizen: Citizen, tell: Callable[..., str]
) -> None:
    """Oldest first, and each page names the next."""
    sent = [tell(citizen) for _ in range(3)]
    page = client.get(f"{NOTICES}?limit=2", headers=citizen.headers).json()
    rest = client.get(page["next"], headers=citizen.headers).json()
    assert [one["id"] for one in [*page["notices"], *rest["notices"]]] == sorted(sent)
    assert rest["next"] is None


def test_staff_record_that_a_letter_was_delivered_once(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    tell: Callable[..., str],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """The day from which a time runs is said by a person, and never moved."""
    clerk = make_staff(bank.installation.institution_id, Role.CLERK)
    letter, own = tell(citizen, Channel.LETTER), tell(citizen)
    account = f"/api/v1/accounts/{citizen.id}/notices"
    [waiting] = client.get(f"{account}/undelivered", headers=clerk).json()["notices"]
    assert waiting["id"] == letter
    assert client.post(f"{account}/{letter}/delivery", headers=clerk).status_code == 204
    assert client.get(f"{account}/undelivered", headers=clerk).json()["notices"] == []
    answers = [client.post(f"{account}/{one}/delivery", headers=clerk) for one in (letter, own)]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (409, "notice-delivered"),
        (409, "notice-delivers-itself"),
    ]


def test_a_clerk_of_another_school_does_not_see_that_there_is_a_letter(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    tell: Callable[..., str],
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """An account outside her subtree is answered as one that is not there."""
    clerk = make_staff(provider.institution, Role.CLERK)
    letter = tell(citizen, Channel.LETTER)
    for account_id in (citizen.id, "0" * 32):
        account = f"/api/v1/accounts/{account_id}/notices"
        answers = [
            client.get(f"{account}/undelivered", headers=clerk),
            client.post(f"{account}/{letter}/delivery", headers=clerk),
        ]
        assert [(one.status_code, one.json()["code"]) for one in answers] == [
            (404, "not-found"),
            (404, "not-found"),
        ]
