"""A certificate that has run out: said to whoever verifies it, and what it was before stays so."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from certificates.pass_text import to_text
from creditbank.bank import Bank
from creditbank.passes.show import list_passes
from tests.fixtures.bank import Provider
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.lived_bank import wait_until_published
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]
OVER = {"series": "电工", "number": "A-1", "valid_from": "2014-10-01", "valid_until": "2020-06-30"}
"""A certificate that ran out years ago."""


@pytest.fixture
def share(client: TestClient, citizen: Citizen) -> Callable[..., str]:
    """Let the citizen share outcomes, showing as little as she can: gives the token."""

    def make(*outcomes: str) -> str:
        body = {"outcomes": list(outcomes), "expires_at": EXPIRES, "shown": []}
        answer = client.post("/api/v1/passes", json=body, headers=citizen.headers)
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token

    return make


def verify(client: TestClient, document: str) -> Any:
    """Ask the door."""
    return client.post("/api/v1/verify", json={"document": document}).json()


def dates(report: Any) -> tuple[str, str | None]:
    """Give the check of dates."""
    (check,) = (one for one in report["checks"] if one["name"] == "dates")
    return check["result"], check["problem"]


def test_a_pass_over_an_expired_certificate_says_so_until_it_is_extended(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    post_result: Post,
    share: Callable[..., str],
) -> None:
    """By token and page, whatever she chose to show; the other outcome of the pass has no end."""
    over = post_result(citizen, certificate=OVER)
    other = post_result(citizen, term="2014J")
    token = share(over["id"], other["id"])

    report = verify(client, token)
    assert (report["verdict"], report["reason"]) == ("expired", None)
    assert dates(report) == ("failed", "certificate-expired")
    index = over["entry"]["index"]
    shown = {"entry_index": index, "valid_until": "2020-06-30", "expired": True}
    assert report["validity"] == [shown]
    assert len(report["content"]["outcomes"]) == 2
    page = client.get(f"/verify/{token}").text
    for words in ("证书已过有效期", "2020年6月30日", "有效期至"):
        assert words in page
    assert "学习码已到期" not in page

    path = f"/api/v1/outcomes/{over['id']}/extension"
    extended = {"valid_until": "2099-12", "reason": "年审合格"}
    assert client.post(path, json=extended, headers=provider.headers).status_code == 201
    report = verify(client, token)
    assert (report["verdict"], dates(report)) == ("valid", ("passed", None))
    assert report["validity"] == [{**shown, "valid_until": "2099-12", "expired": False}]
    page = client.get(f"/verify/{token}").text
    assert "2099年12月" in page
    assert "已过有效期" not in page


def test_what_was_taken_back_is_told_before_what_ran_out(
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    post_result: Post,
    share: Callable[..., str],
) -> None:
    """The graver word comes first, and the end of the validity stands beside it."""
    over = post_result(citizen, certificate=OVER)["id"]
    token = share(over)
    body = {"status": "void", "reason": "登记有误"}
    client.post(f"/api/v1/outcomes/{over}/revocation", json=body, headers=provider.headers)
    report = verify(client, token)
    assert (report["verdict"], report["reason"]) == ("revoked", "void")
    assert [one["expired"] for one in report["validity"]] == [True]
    ended = client.get("/verify/" + token).text
    assert "已作废" in ended


def test_that_it_was_held_on_an_earlier_day_is_still_answered(
    client: TestClient, citizen: Citizen, post_result: Post
) -> None:
    """The first and the last day count, the days around them not."""
    outcome = post_result(citizen, certificate=OVER)["id"]
    path = "/api/v1/accounts/me/holdings"
    answers = {
        day: client.get(f"{path}?definition=BBB&on={day}", headers=citizen.headers).json()
        for day in ("2014-09-30", "2014-10-01", "2020-06-30", "2020-07-01", "2026-01-01")
    }
    assert [(one["answer"], one["reason"]) for one in answers.values()] == [
        ("no", "not-yet-valid"),
        ("yes", "valid-then"),
        ("yes", "valid-then"),
        ("no", "expired-then"),
        ("no", "expired-then"),
    ]
    assert {one["outcome"] for one in answers.values()} == {outcome}


def test_the_printed_text_says_it_online(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    post_result: Post,
    share: Callable[..., str],
) -> None:
    """The text alone cannot know; the bank that is asked does."""
    token = share(post_result(citizen, certificate=OVER)["id"])
    wait_until_published(bank)
    key = bank.keystore.get([citizen.id])[citizen.id]
    with bank.readers.reading() as connection:
        (held,) = list_passes(connection, [key])
    assert held.token == token
    assert verify(client, to_text(held.document))["verdict"] == "expired"
