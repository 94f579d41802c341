"""Who holds a pass is asked for where she wants it: by her PIN, and by the name of who shows it."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.fixtures.bank import Provider
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]


@pytest.fixture
def share(client: TestClient, citizen: Citizen, post_result: Post) -> Callable[..., Any]:
    """Share a new outcome: `share(pin=…)`; gives the pass."""
    terms = count(2001)

    def act(**more: object) -> Any:
        outcome = post_result(citizen, term=str(next(terms)))
        body = {"outcomes": [outcome["id"]], "expires_at": EXPIRES, **more}
        return client.post("/api/v1/passes", json=body, headers=citizen.headers)

    return act


def verify(client: TestClient, document: str, **typed: str) -> Any:
    """Ask the door; gives verdict, check of the holder and content."""
    report = client.post("/api/v1/verify", json={"document": document, **typed}).json()
    (holder,) = (one for one in report["checks"] if one["name"] == "holder")
    shown = report["content"] or report["credential"]
    return report["verdict"], holder["result"], holder["problem"], bool(shown)


def test_a_pass_with_a_pin_shows_nothing_without_it(
    client: TestClient, share: Callable[..., Any]
) -> None:
    """A missing or wrong one is unconfirmed and never a word more; the printed text needs none."""
    made = share(pin="4826").json()
    assert verify(client, made["url"]) == ("unconfirmed", "failed", "pin-missing", False)
    wrong = verify(client, made["url"], pin="4827")
    assert wrong == ("unconfirmed", "failed", "pin-wrong", False)
    assert verify(client, made["url"], pin="4826") == ("valid", "skipped", None, True)
    assert verify(client, made["offline_text"]) == ("valid", "skipped", None, True)


def test_a_pin_cannot_be_tried_out(client: TestClient, share: Callable[..., Any]) -> None:
    """After five wrong tries even the right one waits; another pass is not concerned."""
    made, other = share(pin="4826").json(), share(pin="4826", purpose="求职").json()
    for _ in range(5):
        verify(client, made["token"], pin="0000")
    locked = verify(client, made["token"], pin="4826")
    assert locked == ("unconfirmed", "failed", "tries-used-up", False)
    assert verify(client, other["token"], pin="4826")[0] == "valid"


@pytest.mark.parametrize("pin", ["123", "12a4", "１２３４", ""])
def test_a_pin_is_four_to_eight_digits(share: Callable[..., Any], pin: str) -> None:
    """As a phone's keypad has them."""
    answer = share(pin=pin)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "pin-form"


def test_the_page_asks_for_the_pin_and_shows_the_pass_then(
    visitor: Visitor, share: Callable[..., Any]
) -> None:
    """A wrong one is told at the field; without JavaScript."""
    token = share(pin="4826").json()["token"]
    asked = visitor.get(f"/verify/{token}")
    assert 'name="pin"' in asked.text
    assert "A PIN is needed" in asked.text
    assert "BBB" not in asked.text
    wrong = visitor.post(f"/verify/{token}", pin="1")
    assert "the PIN is wrong" in wrong.text
    right = visitor.post(f"/verify/{token}", pin="4826")
    assert 'id="pin"' not in right.text
    assert "BBB" in right.text


def test_the_name_of_who_shows_it_is_matched_and_never_told(
    client: TestClient, share: Callable[..., Any]
) -> None:
    """Spaces and traditional characters do not matter; three wrong names are the end of it."""
    token = share().json()["token"]
    assert verify(client, token, name="示例 學習者")[:3] == ("valid", "passed", None)
    for _ in range(3):
        assert verify(client, token, name="别人")[:3] == ("unconfirmed", "failed", "name-differs")
    assert verify(client, token, name="示例学习者")[1:3] == ("skipped", "tries-used-up")


def test_the_name_is_matched_for_a_credential_too(
    client: TestClient, citizen: Citizen, post_result: Post
) -> None:
    """By link and by document."""
    body = {"outcome": post_result(citizen)["id"]}
    made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
    document = client.get(made["url"].removeprefix("http://bank.test")).text
    for form in (made["url"], document):
        assert verify(client, form, name="示例学习者")[:2] == ("valid", "passed")
        assert verify(client, form, name="别人")[:2] == ("unconfirmed", "failed")


def test_a_holder_sees_when_somebody_looked_and_what_he_was_told(
    client: TestClient,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    provider: Provider,
    share: Callable[..., Any],
) -> None:
    """The newest first; nobody else sees it."""
    made = share().json()
    verify(client, made["url"])
    client.delete(f"/api/v1/passes/{made['id']}", headers=citizen.headers)
    verify(client, made["url"])
    share(purpose="排在其后")  # Looks are written down in their turn.
    path = f"/api/v1/passes/{made['id']}/views"
    seen = client.get(path, headers=citizen.headers).json()["views"]
    assert sorted(one["verdict"] for one in seen) == ["revoked", "valid"]
    assert client.get(path, headers=make_citizen().headers).status_code == 404
    assert client.get(path, headers=provider.headers).status_code == 403


def test_a_credential_s_page_shows_what_was_signed(
    client: TestClient, citizen: Citizen, post_result: Post
) -> None:
    """The last part of its link is a code like that of a pass."""
    body = {"outcome": post_result(citizen)["id"], "show_name": True}
    made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
    page = client.get(f"/verify/{made['url'].rpartition('/')[2]}").text
    for shown in ("BBB 模块", "开放大学", "示例学习者", "81.5", "学分银行"):
        assert shown in page
