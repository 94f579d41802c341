"""A citizen shows what she chooses, to whom and until when, and ends it at will."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from fastapi.testclient import TestClient
from PIL import Image

from certificates.cose import open1
from certificates.pass_cbor import decode
from certificates.pass_text import from_text
from creditbank.bank import Bank
from creditbank.passes.verify import RecordView
from creditbank.verification.report import Verdict
from tests.fixtures.bank import Provider
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]


@pytest.fixture
def create(client: TestClient, citizen: Citizen, bank: Bank) -> Callable[..., Any]:
    """Ask for a pass: `create([outcome ids], shown=…)`."""

    def act(outcome_ids: list[str], **changes: object) -> Any:
        expires = (bank.clock() + timedelta(days=90)).isoformat()
        body = {"outcomes": outcome_ids, "expires_at": expires, **changes}
        return client.post("/api/v1/passes", json=body, headers=citizen.headers)

    return act


def verdict(client: TestClient, document: str) -> dict[str, Any]:
    """Give the report on what a verifier was shown."""
    answer = client.post("/api/v1/verify", json={"document": document})
    assert answer.status_code == 200
    report: dict[str, Any] = answer.json()
    return report


def test_a_pass_answers_by_link_by_typed_code_and_by_its_own_text(
    create: Callable[..., Any], post_result: Post, citizen: Citizen, client: TestClient, bank: Bank
) -> None:
    """One verdict from each, and her count of looks grows."""
    made = create([post_result(citizen)["id"]], purpose="求职").json()
    for document in (made["url"], made["code"].lower(), made["token"], made["offline_text"]):
        assert verdict(client, document)["verdict"] == "valid"
    bank.writer.write(RecordView(pass_id=made["id"], verdict=Verdict.VALID))  # the last in line
    path = f"/api/v1/passes/{made['id']}"
    assert client.get(path, headers=citizen.headers).json()["views"] == 5


def test_only_what_was_chosen_is_inside(
    create: Callable[..., Any], post_result: Post, citizen: Citizen, client: TestClient
) -> None:
    """The grade is neither on the page nor in the signed bytes nor among the disclosures."""
    made = create([post_result(citizen)["id"]], shown=["credits"]).json()
    report = verdict(client, made["url"])
    (shown,) = report["content"]["outcomes"]
    assert (shown["credits"], shown["grade"], shown["awarded_on"]) == ("30", None, None)
    assert "holder" in report["content"]
    assert report["content"]["holder"] is None
    claims = decode(open1(from_text(made["offline_text"])).payload)
    assert claims.outcomes[0].grade is None
    assert "grade" not in str([one["disclosures"] for one in report["evidence"]])


def test_the_name_stands_on_a_pass_only_where_she_asks_for_it(
    create: Callable[..., Any], post_result: Post, citizen: Citizen, client: TestClient
) -> None:
    """As it was printed when the account was opened."""
    made = create([post_result(citizen)["id"]], show_name=True).json()
    assert verdict(client, made["url"])["content"]["holder"] == "示例学习者"


def test_a_pass_ends_at_once_and_stays_ended(
    create: Callable[..., Any], post_result: Post, citizen: Citizen, client: TestClient
) -> None:
    """A verifier hears that the share was ended, with no word about the outcome."""
    made = create([post_result(citizen)["id"]]).json()
    path = f"/api/v1/passes/{made['id']}"
    for _ in range(2):
        assert client.delete(path, headers=citizen.headers).status_code == 204
    report = verdict(client, made["url"])
    assert (report["verdict"], report["reason"]) == ("revoked", "share_ended")


def test_the_qr_code_leads_to_the_pass(
    create: Callable[..., Any], post_result: Post, citizen: Citizen, client: TestClient
) -> None:
    """Read by a reader that we did not write."""
    made = create([post_result(citizen)["id"]]).json()
    path = f"/api/v1/passes/{made['id']}/qr"
    image = client.get(f"{path}.png", headers=citizen.headers)
    drawing = client.get(f"{path}.svg", headers=citizen.headers)

    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(image.content)))
    assert code.text == made["url"].upper()
    assert verdict(client, code.text)["verdict"] == "valid"
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert client.get(f"{path}.gif", headers=citizen.headers).status_code == 422


def test_a_pass_shows_standing_outcomes_of_its_own_holder_only(
    create: Callable[..., Any],
    post_result: Post,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    client: TestClient,
    provider: Provider,
) -> None:
    """Neither those of others, nor those that were taken back, nor unknown ones."""
    foreign = post_result(make_citizen())["id"]
    revoked = post_result(citizen)["id"]
    client.post(
        f"/api/v1/outcomes/{revoked}/revocation",
        json={"status": "void", "reason": "录错人"},
        headers=provider.headers,
    )
    for outcome in (foreign, revoked, "0" * 32):
        assert create([outcome]).json()["code"] == "pass-outcomes-wrong"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"expires_at": "2020-01-01T00:00:00+08:00"}, "expires_at"),
        ({"expires_at": "2099-01-01T00:00:00+08:00"}, "expires_at"),
        ({"expires_at": "2027-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"expires_at": 1_800_000_000}, "expires_at"),
        ({"shown": ["account_number"]}, "shown"),
        ({"purpose": "a\x00b"}, "purpose"),
        ({"outcomes": []}, "outcomes"),
        ({"outcomes": ["1"] * 51}, "outcomes"),
        ({"pin": "12"}, "pin"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_in_a_request_for_a_pass_is_named(
    changes: dict[str, object],
    field: str,
    create: Callable[..., Any],
    post_result: Post,
    citizen: Citizen,
) -> None:
    """And no pass is made."""
    answer = create([post_result(citizen)["id"]], **changes)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_an_outcome_stands_on_a_pass_once(
    create: Callable[..., Any], post_result: Post, citizen: Citizen
) -> None:
    """Two of the same would look like two achievements."""
    outcome = post_result(citizen)["id"]
    assert create([outcome, outcome]).json()["errors"][0]["field"] == "outcomes"


def test_nobody_sees_or_ends_the_passes_of_others(
    create: Callable[..., Any],
    post_result: Post,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    client: TestClient,
) -> None:
    """To them they are not there."""
    path = f"/api/v1/passes/{create([post_result(citizen)['id']]).json()['id']}"
    other = make_citizen()
    assert client.get(path, headers=other.headers).status_code == 404
    assert client.get(f"{path}/qr.png", headers=other.headers).status_code == 404
    assert client.delete(path, headers=other.headers).status_code == 404
    assert client.get("/api/v1/passes", headers=other.headers).json() == {"passes": []}
    assert len(client.get("/api/v1/passes", headers=citizen.headers).json()["passes"]) == 1
