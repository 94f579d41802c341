"""Whoever verifies gets one verdict with named checks, whatever was shown."""

from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.cli.passes import create_pass
from certificates.pass_text import to_text
from certificates.token import new_token
from creditbank.bank import Bank
from creditbank.passes.end import EndPass
from creditbank.passes.show import HeldPass
from tests.fixtures.bank import Provider
from tests.fixtures.lived_bank import correct, post, revoke


@pytest.fixture
def outcome(client: TestClient, provider: Provider) -> str:
    """One posted outcome."""
    return post(client, provider)


@pytest.fixture
def held(bank: Bank, outcome: str) -> HeldPass:
    """A pass over it."""
    return create_pass(bank, [outcome], days=30)


def verify(client: TestClient, document: str) -> dict[str, Any]:
    """Ask the door."""
    answer = client.post("/api/v1/verify", json={"document": document})
    assert answer.status_code == 200, answer.text
    return cast("dict[str, Any]", answer.json())


def result_of(report: dict[str, Any], name: str) -> tuple[str, str | None]:
    """Give one named check."""
    (check,) = (one for one in report["checks"] if one["name"] == name)
    return check["result"], check["problem"]


def test_a_valid_pass_says_so_by_token_link_and_printed_text(
    client: TestClient, held: HeldPass
) -> None:
    """One pass, three ways to show it, one answer."""
    shown = [held.token, f"http://bank.test/V/{held.token}", to_text(held.document)]
    for document in shown:
        report = verify(client, document)
        assert report["verdict"] == "valid"
        assert [check["name"] for check in report["checks"]] == [
            "format", "signature", "issuer", "ledger", "status", "dates", "holder",
        ]  # fmt: skip
        assert {check["result"] for check in report["checks"]} == {"passed", "skipped"}
        assert report["content"]["outcomes"][0]["credits"] == "30"
        assert report["status_as_of"] is not None


@pytest.mark.parametrize("status", ["revoked", "void"])
def test_a_revoked_outcome_is_told_with_its_reason_class(
    status: str, client: TestClient, provider: Provider, outcome: str, held: HeldPass
) -> None:
    """The change is visible at once, and a clerk's error is not called misconduct."""
    revoke(client, provider, outcome, status)
    report = verify(client, held.token)
    assert (report["verdict"], report["reason"]) == ("revoked", status)
    assert result_of(report, "status") == ("failed", status)
    assert result_of(report, "signature") == ("passed", None)


def test_a_corrected_outcome_is_superseded(
    client: TestClient, provider: Provider, outcome: str, held: HeldPass
) -> None:
    """The pass shows what was replaced."""
    correct(client, provider, outcome, grade="90")
    report = verify(client, held.token)
    assert (report["verdict"], report["reason"]) == ("revoked", "superseded")


def test_an_ended_share_is_told_as_such(bank: Bank, client: TestClient, held: HeldPass) -> None:
    """The holder ended it; nothing is wrong with the learning."""
    bank.writer.write(EndPass(pass_id=held.pass_id))
    report = verify(client, to_text(held.document))
    assert (report["verdict"], report["reason"]) == ("revoked", "share_ended")
    assert result_of(report, "status") == ("failed", "share_ended")


def test_of_an_ended_share_nothing_else_is_told(
    bank: Bank, client: TestClient, provider: Provider, outcome: str, held: HeldPass
) -> None:
    """Whoever keeps the link does not learn what befell the learning since, nor sees it."""
    bank.writer.write(EndPass(pass_id=held.pass_id))
    revoke(client, provider, outcome, "revoked")
    report = verify(client, held.token)
    assert (report["verdict"], report["reason"]) == ("revoked", "share_ended")
    assert (report["content"], report["evidence"]) == (None, [])


def test_an_altered_text_shows_nothing(client: TestClient, held: HeldPass) -> None:
    """Where the signature fails, no content is returned."""
    document = bytearray(held.document)
    document[len(document) // 2] ^= 1
    report = verify(client, to_text(bytes(document)))
    assert report["verdict"] == "altered"
    assert result_of(report, "signature") == ("failed", "signature-mismatch")
    assert (report["content"], report["evidence"]) == (None, [])


def test_an_unknown_code_is_told_as_unknown(bank: Bank, client: TestClient) -> None:
    """It is well formed, and this bank never gave it out."""
    report = verify(client, new_token(bank.entropy))
    assert report["verdict"] == "unknown"
    assert result_of(report, "issuer") == ("failed", "unknown-pass")
    assert report["content"] is None


@pytest.mark.parametrize(
    "document", ["?", "LP1:", "http://bank.test/", "你好", "\x00", "A" * 5_000]
)
def test_unreadable_input_is_unknown_and_never_altered(document: str, client: TestClient) -> None:
    """Nobody is accused by a smudged code."""
    report = verify(client, document)
    assert report["verdict"] == "unknown"
    assert result_of(report, "format") == ("failed", "unreadable")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.text(), st.text().map("LP1:{}".format), st.text().map("http://{}".format)))
def test_the_door_never_fails(client: TestClient, document: str) -> None:
    """Any text gets a report or is refused as malformed."""
    answer = client.post("/api/v1/verify", json={"document": document})
    assert answer.status_code in {200, 422}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.binary(), st.binary().map(lambda data: b'{"document":"' + data + b'"}')))
def test_the_door_never_fails_for_bytes(client: TestClient, body: bytes) -> None:
    """Nor for what is no JSON, no UTF-8, or a lone surrogate."""
    headers = {"Content-Type": "application/json"}
    for sent in (body, b'{"document":"\\ud800"}', b'{"document":"LP1:\\ud800"}'):
        answer = client.post("/api/v1/verify", content=sent, headers=headers)
        assert answer.status_code in {200, 400, 422}
