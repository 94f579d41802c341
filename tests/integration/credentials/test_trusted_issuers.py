"""Each employer says for itself which other issuers it knows."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.credentials.trusted_issuers import ISSUERS_MAX
from tests.fixtures.bank import Provider
from tests.fixtures.issuers import DID, Issuer
from tests.fixtures.terminal import Terminal

PATH = "/api/v1/trusted-issuers"
KEY_DID = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


def test_the_list_is_replaced_as_a_whole(client: TestClient, provider: Provider) -> None:
    """In the order of the DIDs, with the names that the employer gave."""
    assert client.get(PATH, headers=provider.headers).json() == {"issuers": []}
    first = [{"did": DID, "name": "示例大学"}, {"did": KEY_DID, "name": None}]
    for issuers in (first, first[:1], []):
        answer = client.put(PATH, json={"issuers": issuers}, headers=provider.headers)
        assert answer.status_code == 200, answer.text
        expected = {"issuers": sorted(issuers, key=lambda one: one["did"] or "")}
        assert answer.json() == expected
        assert client.get(PATH, headers=provider.headers).json() == expected


@pytest.mark.parametrize(
    ("dids", "place", "code"),
    [
        (["https://issuer.example"], 0, "did-unsupported"),
        ([DID, "did:ion:abc"], 1, "did-unsupported"),
        (["did:key:zDnaeXYZ"], 0, "did-unsupported"),
        (["did:web:issuer.example%3A8443"], 0, "did-unsupported"),
        ([DID, KEY_DID, DID], 2, "did-repeated"),
    ],
)
def test_what_is_no_did_that_is_verified_here_is_refused(
    client: TestClient, provider: Provider, dids: list[str], place: int, code: str
) -> None:
    """The field is named, and the list stays as it was."""
    client.put(PATH, json={"issuers": [{"did": KEY_DID}]}, headers=provider.headers)
    body = {"issuers": [{"did": did} for did in dids]}
    answer = client.put(PATH, json=body, headers=provider.headers)
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        (f"issuers.{place}.did", code)
    ]
    assert len(client.get(PATH, headers=provider.headers).json()["issuers"]) == 1


def test_a_list_is_bounded(client: TestClient, provider: Provider) -> None:
    """It is read for every verification."""
    many: dict[str, Any] = {
        "issuers": [{"did": f"did:web:a{number}.example"} for number in range(ISSUERS_MAX + 1)]
    }
    assert client.put(PATH, json=many, headers=provider.headers).status_code == 422
    many["issuers"].pop()
    assert client.put(PATH, json=many, headers=provider.headers).status_code == 200


def test_a_key_that_opens_nothing_is_told_so_and_not_taken_for_nobody(client: TestClient) -> None:
    """Else an employer would be answered by an empty list without knowing."""
    headers = {"Authorization": "Bearer cbk_000000000000_nothing"}
    answer = client.post("/api/v1/verify", json={"document": "x"}, headers=headers)
    assert answer.status_code == 401


def test_the_command_line_sets_lists_and_goes_by_it(
    terminal: Terminal, provider: Provider, tmp_path: Path
) -> None:
    """A badge under did:key needs no network."""
    issuer = Issuer.by_key()
    badge = tmp_path / "badge.json"
    badge.write_text(json.dumps(issuer.sign(issuer.badge())), "utf-8")
    acting = ("--institution", provider.institution)
    set_all = terminal.answer("trusted-issuers", "set", issuer.did, DID, *acting)
    assert [one["did"] for one in set_all["issuers"]] == [issuer.did, DID]
    assert terminal.answer("trusted-issuers", "list", *acting) == set_all
    assert terminal.answer("verify", str(badge), *acting)["verdict"] == "valid"
    alone = terminal.run("verify", str(badge), "--json")
    assert (alone.exit_code, json.loads(alone.stdout)["verdict"]) == (1, "unconfirmed")
    assert terminal.answer("trusted-issuers", "set", *acting) == {"issuers": []}
    assert "(institution-unknown)" in terminal.refused(
        "trusted-issuers", "set", DID, "--institution", "inst-nobody"
    )
