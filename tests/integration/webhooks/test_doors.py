"""Webhooks at the doors: routes, pages and commands do the same, and show a secret once."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from creditbank.access.roles import Role
from creditbank.bank import Bank, open_bank
from creditbank.database import open_reading_engine
from creditbank.settings import Settings
from creditbank.webhooks.endpoint import ENDPOINTS_MAX
from tests.fixtures.bank import Provider
from tests.fixtures.pages import Visitor
from tests.fixtures.terminal import Terminal

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""What the commands write is tried on both engines beside the receiver."""

URL = "/api/v1/webhooks"
ADDRESS = "https://records.example/hook"
INSIDE = (
    "http://records.example/hook",
    "https://127.0.0.1/hook",
    "https://10.0.0.1/hook",
    "https://[::1]/hook",
    "https://localhost/hook",
    "https://2130706433/hook",
    "https://0x7f000001/hook",
    "https://records.example:8443/hook",
    "https://user@records.example/hook",
)
WANTED = {"url": ADDRESS, "types": ["credit.to_enter", "batch.ended"]}


@pytest.fixture
def bank(settings: Settings) -> Any:
    """A bank whose server posts nothing itself."""
    opened = open_bank(settings.model_copy(update={"serve_jobs": False}))
    yield opened
    opened.close()


@pytest.fixture
def head(provider: Provider, make_staff: Callable[..., dict[str, str]]) -> dict[str, str]:
    """What authenticates the administrator of a school."""
    return make_staff(provider.institution, Role.INSTITUTION_ADMINISTRATOR)


def keys_stored(bank: Bank) -> int:
    """Count the keys of the key store."""
    engine = open_reading_engine(bank.settings.key_database)
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM account_key")).scalar_one()
    engine.dispose()
    return int(count)


def test_a_webhook_is_added_once_and_its_secret_lies_nowhere_in_clear(
    client: TestClient, head: dict[str, str], bank: Bank
) -> None:
    """The same attempt is shown the same secret; the tables hold neither it nor the address."""
    once = {**head, "Idempotency-Key": "a-1"}
    before = keys_stored(bank)
    first, again = (client.post(URL, json=WANTED, headers=once) for _ in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    assert keys_stored(bank) == before + 1
    secret = b64decode(first.json()["secret"].removeprefix("whsec_"))
    assert len(secret) >= 24
    with bank.readers.reading() as connection:
        rows = connection.execute(text("SELECT * FROM webhook_endpoint")).all()
        kept = connection.execute(text("SELECT result FROM idempotency")).scalars().all()
    stored = repr(rows) + repr(kept)
    for never in (secret.hex(), repr(secret), first.json()["secret"], "records.example"):
        assert never not in stored
    [listed] = client.get(URL, headers=head).json()["webhooks"]
    assert (listed["url"], listed["types"], listed["state"]) == (*WANTED.values(), "active")
    assert "secret" not in listed


def test_an_address_that_may_lead_inside_is_refused_at_once(
    client: TestClient, head: dict[str, str], bank: Bank
) -> None:
    """And leaves nothing behind, not even a key."""
    before = keys_stored(bank)
    for address in INSIDE:
        refused = client.post(URL, json={**WANTED, "url": address}, headers=head)
        assert refused.status_code == 422, address
        assert refused.json()["errors"][0]["code"] == "webhook-address-wrong"
    assert (keys_stored(bank), client.get(URL, headers=head).json()) == (before, {"webhooks": []})


def test_what_is_asked_wrongly_is_refused_in_words(
    client: TestClient, head: dict[str, str], bank: Bank
) -> None:
    """Types that there are not, too many addresses, and one that has ended."""
    for types, code in ((["nothing"], "kind-unknown"), ([], "field-missing")):
        refused = client.post(URL, json={**WANTED, "types": types}, headers=head)
        assert [one["code"] for one in refused.json()["errors"]] == [code]
    made = [client.post(URL, json=WANTED, headers=head).json()["id"] for _ in range(ENDPOINTS_MAX)]
    refused = client.post(URL, json=WANTED, headers=head)
    assert (refused.status_code, refused.json()["code"]) == (409, "webhooks-too-many")
    ended = {"reason": "系统停用"}
    for _ in range(2):
        assert client.post(f"{URL}/{made[0]}/end", json=ended, headers=head).status_code == 204
    refused = client.post(f"{URL}/{made[0]}/secret", headers=head)
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook-ended")
    assert client.get(f"{URL}/{made[0]}", headers=head).json()["reason"] == "系统停用"
    object.__setattr__(bank, "settings", bank.settings.model_copy(update={"webhooks": False}))
    refused = client.post(URL, json=WANTED, headers=head)
    assert (refused.status_code, refused.json()["code"]) == (409, "webhooks-off")


def test_a_changed_row_is_shown_as_such_and_can_be_ended(
    client: TestClient, head: dict[str, str], bank: Bank
) -> None:
    """Whoever wrote into the table, or destroyed its key; a new secret is refused."""
    made = client.post(URL, json=WANTED, headers=head).json()["id"]
    engine = bank.writer._engine  # noqa: SLF001 - an operator at the tables
    with engine.begin() as connection:
        connection.execute(text("UPDATE webhook_endpoint SET kinds = '[\"matter-ended\"]'"))
    assert client.get(f"{URL}/{made}", headers=head).json()["url"] is None
    refused = client.post(f"{URL}/{made}/secret", headers=head)
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook-changed")
    bank.keystore.destroy([made])
    assert client.get(f"{URL}/{made}", headers=head).json()["url"] is None
    assert client.post(f"{URL}/{made}/end", json={"reason": "x"}, headers=head).status_code == 204


def test_the_pages_lead_from_an_address_to_its_first_message(
    head: dict[str, str],
    signed_in: Callable[[dict[str, str]], Visitor],
    client: TestClient,
    make_staff: Callable[..., dict[str, str]],
    provider: Provider,
) -> None:
    """Checked before it is done; another's page is as unknown as none."""
    her = signed_in(head)
    assert "Nothing is posted yet" in her.get("/desk/webhooks").text
    typed = {"url": ADDRESS, "types": "batch.ended", "attempt": "1" * 32}
    assert "Is the address right?" in her.post("/desk/webhooks/new", **typed).text
    assert client.get(URL, headers=head).json()["webhooks"] == []
    back = her.post("/desk/webhooks/new", **typed, step="back").text
    assert f'value="{ADDRESS}"' in back
    done = her.post("/desk/webhooks/new", **typed, step="do").text
    assert "whsec_" in done
    [one] = client.get(URL, headers=head).json()["webhooks"]
    page = f"/desk/webhooks/{one['id']}"
    assert "whsec_" not in her.get(page).text
    assert her.post(f"{page}/test").headers["location"] == page
    assert "It is on its way." in her.get(page).text
    her.post(f"{page}/pause")
    assert "Paused" in her.get("/desk/webhooks").text
    her.post(f"{page}/pause", go_on="yes")
    rotated = her.post(f"{page}/secret", former_hours="24").text
    assert "whsec_" in rotated
    assert "signs, too, until" in her.get(page).text
    her.post(f"{page}/end", reason="停用")
    shown = her.get(page).text
    assert ("Given up" in shown, "停用" in shown, f"{page}/test" in shown) == (True, True, False)
    stranger = signed_in(make_staff(_another(client, provider), Role.DIRECTOR))
    assert stranger.get(page).status_code == 404


def _another(client: TestClient, provider: Provider) -> str:
    listed = client.get("/api/v1/institutions").json()["institutions"]
    return next(one["id"] for one in listed if one["id"] != provider.institution)


def test_the_terminal_does_what_the_routes_do(terminal: Terminal, provider: Provider) -> None:
    """Add, test, list, rotate, pause, go on, send again, end."""
    own = ("--institution", provider.institution)
    added = terminal.answer("webhooks", "add", ADDRESS, "--type", "batch.ended", *own)
    one, secret = added["webhook"], added["secret"]
    assert secret.startswith("whsec_")
    assert "(invalid-input)" in terminal.refused(
        "webhooks", "add", "http://x", "--type", "batch.ended", *own
    )
    delivery = terminal.answer("webhooks", "test", one, *own)["delivery"]
    [waiting] = terminal.answer("webhooks", "deliveries", one, *own)["deliveries"]
    assert (waiting["id"], waiting["state"], waiting["type"]) == (
        delivery, "waiting", "webhook.test",
    )  # fmt: skip
    assert terminal.answer("webhooks", "rotate", one, *own)["secret"] != secret
    assert terminal.answer("webhooks", "pause", one, *own)["paused"]
    assert not terminal.answer("webhooks", "resume", one, *own)["paused"]
    terminal.answer("webhooks", "end", one, "--reason", "停用", *own)
    [shown] = terminal.answer("webhooks", "list", *own)["webhooks"]
    assert (shown["state"], shown["reason"]) == ("ended", "停用")
    assert "(webhook-ended)" in terminal.refused("webhooks", "send-again", one, *own)
