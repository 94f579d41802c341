"""Where the operator offers it, revoked credentials are listed by ids, and an id is no link."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from fastapi.testclient import TestClient

from certificates.vocabularies import OPEN_BADGES_EXTENSIONS
from creditbank.bank import Bank
from creditbank.credentials.status_lists import LOOKED_AT_EVERY
from creditbank.installation.former_names import FormerName
from tests.fixtures.bank import Provider
from tests.fixtures.clocks import Clock
from tests.fixtures.endings import ask, erase
from tests.fixtures.people import Citizen
from tests.fixtures.printed import Printed
from tests.fixtures.whose import audited

ORIGIN = "http://bank.test"
LIST = "/status/revoked-credentials"
ENTRY = {"id": f"{ORIGIN}{LIST}", "type": "1EdTechRevocationList"}
OVER = {"series": "电工", "number": "A-1", "valid_from": "2014-10-01", "valid_until": "2020-06-30"}
Made = dict[str, Any]
Switch = Callable[..., None]
Issue = Callable[..., tuple[Made, Any]]


@pytest.fixture
def switch(bank: Bank) -> Switch:
    """Offer the list, or offer it no more: `switch(offered=True)`."""

    def act(*, offered: bool) -> None:
        told = {"revocation_list": offered, "transcripts": True}
        object.__setattr__(bank, "settings", bank.settings.model_copy(update=told))

    return act


@pytest.fixture
def offered(switch: Switch) -> None:
    """The operator offers the list."""
    switch(offered=True)


@pytest.fixture
def listed(client: TestClient, bank: Bank) -> Callable[[], list[str]]:
    """Give the ids in the list as it is served once it is looked at anew."""
    clock = Clock(bank.clock())
    object.__setattr__(bank.status_lists, "clock", clock)

    def act() -> list[str]:
        clock.now += LOOKED_AT_EVERY
        document = client.get(LIST).json()
        assert (document["id"], document["issuer"]) == (ENTRY["id"], "did:web:bank.test")
        assert all(one["revoked"] is True for one in document["revokedCredential"])
        return [one["id"] for one in document["revokedCredential"]]

    return act


@pytest.fixture
def issue(client: TestClient, citizen: Citizen) -> Issue:
    """Ask for the credential of an outcome; gives its view and its document."""

    def act(outcome: str) -> tuple[Made, Any]:
        body = {"outcome": outcome}
        made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
        return made, fetch(client, made).json()

    return act


@pytest.fixture
def new(issue: Issue, citizen: Citizen, post_result: Callable[..., Made]) -> Issue:
    """Issue the credential of one more outcome: `new(term="2014")`."""
    return lambda **result: issue(post_result(citizen, **result)["id"])


def fetch(client: TestClient, made: Made, accept: str = "application/vc") -> Any:
    """Fetch by its link."""
    return client.get(made["url"].removeprefix(ORIGIN), headers={"Accept": accept})


def verify(client: TestClient, document: str) -> str:
    """Give the verdict."""
    return str(client.post("/api/v1/verify", json={"document": document}).json()["verdict"])


def post(client: TestClient, provider: Provider, made: Made, what: str, **body: str) -> None:
    """Let the provider revoke, suspend or extend what a credential is of."""
    path = f"/api/v1/outcomes/{made['outcome']}/{what}"
    answer = client.post(path, json={"reason": "复核", **body}, headers=provider.headers)
    assert answer.status_code == 201, answer.text


def test_unless_it_is_offered_an_id_is_the_link_and_there_is_no_list(
    client: TestClient, new: Issue
) -> None:
    """The document has its bits alone, and no context for more."""
    made, document = new()
    assert document["id"] == made["url"]
    assert [one["type"] for one in document["credentialStatus"]] == ["BitstringStatusListEntry"] * 2
    assert OPEN_BADGES_EXTENSIONS not in document["@context"]
    answer = client.get(LIST)
    assert (answer.status_code, answer.json()["code"]) == (404, "door-closed")


@pytest.mark.usefixtures("offered")
def test_an_id_is_no_link_and_the_credential_verifies_in_every_form(
    client: TestClient, bank: Bank, new: Issue
) -> None:
    """The link serves it and stands in print; the entry of the list comes after the bits."""
    assert "CREDITBANK_REVOCATION_LIST" in bank.settings.open_doors
    made, document = new()
    named = UUID(document["id"])
    assert (document["id"], named.version, named.variant) == (named.urn, 8, RFC_4122)
    assert document["credentialStatus"][2] == ENTRY
    assert OPEN_BADGES_EXTENSIONS in document["@context"]
    assert made["url"].rpartition("/")[2] not in json.dumps(document)
    tokens = [fetch(client, made, one).text for one in ("application/jwt", "application/vc+jwt")]
    for form in (json.dumps(document), *tokens, made["url"]):
        assert verify(client, form) == "valid"
    printed = fetch(client, made, "application/pdf").content
    headers = {"Content-Type": "application/pdf"}
    report = client.post("/api/v1/verify-uploads", content=printed, headers=headers).json()
    assert (report["verdict"], json.loads(report["found"])) == ("valid", document)
    code = f"{ORIGIN}/V/{made['url'].rpartition('/')[2]}".upper()
    assert Printed(printed).codes() == [code]
    assert audited(bank) == []


@pytest.mark.usefixtures("offered")
def test_what_is_revoked_is_listed_and_nothing_in_the_list_leads_anywhere(
    client: TestClient, provider: Provider, new: Issue, listed: Callable[[], list[str]]
) -> None:
    """Neither why it was revoked is told, nor what only is suspended."""
    revoked, document = new(term="2013")
    suspended, _ = new(term="2014")
    assert listed() == []
    post(client, provider, revoked, "revocation", status="revoked")
    post(client, provider, suspended, "suspension")
    assert listed() == [document["id"]]
    assert verify(client, json.dumps(document)) == "revoked"
    answer = client.get(LIST)
    assert answer.json()["revokedCredential"] == [{"id": document["id"], "revoked": True}]
    bits = client.get("/status/revocation-1").headers
    for name in ("Access-Control-Allow-Origin", "Cache-Control"):
        assert answer.headers[name] == bits[name]
    number = document["id"].removeprefix("urn:uuid:")
    for shown in (document["id"], number, f"{ORIGIN}/V/{number}"):
        assert verify(client, shown) == "unknown"
        asked = client.get(f"/api/v1/credentials/{shown}")
        assert asked.status_code == 404, asked.text


@pytest.mark.usefixtures("offered")
def test_an_erased_learner_s_credential_is_listed(
    client: TestClient, bank: Bank, citizen: Citizen, new: Issue, listed: Callable[[], list[str]]
) -> None:
    """Of her it says no more than the bit does."""
    made, document = new()
    assert ask(client, "POST", "erasure", citizen).status_code in {200, 201, 202}
    assert erase(bank) == 1
    assert listed() == [document["id"]]
    assert fetch(client, made).status_code == 410
    assert verify(client, json.dumps(document)) == "gone"


@pytest.mark.parametrize("first", [True, False])
def test_an_extended_credential_keeps_its_id_whatever_is_offered_by_then(
    client: TestClient, bank: Bank, provider: Provider, new: Issue, issue: Issue,
    switch: Switch, first: bool,  # noqa: FBT001 - what was offered first
) -> None:  # fmt: skip
    """A link is never listed, and no entry points to a list that is not offered."""
    switch(offered=first)
    made, document = new(certificate=OVER)
    for until, is_offered in (("2030-06-30", not first), ("2031-06-30", first)):
        switch(offered=is_offered)
        post(client, provider, made, "extension", valid_until=until)
        renewed, again = issue(made["outcome"])
        assert (renewed["url"], again["id"]) == (made["url"], document["id"])
        assert (ENTRY in again["credentialStatus"]) is (is_offered and first)
        assert verify(client, json.dumps(again)) == "valid"
    assert verify(client, json.dumps(document)) == "expired"
    assert audited(bank) == []


@pytest.mark.usefixtures("offered")
def test_a_list_of_credentials_is_named_and_listed_alike(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    provider: Provider,
    new: Issue,
    listed: Callable[[], list[str]],
) -> None:
    """Its parts are found by their ids, by who verifies and by the audit."""
    part, wrapped = new()
    body = {"credentials": [part["id"]]}
    made = client.post("/api/v1/transcripts", json=body, headers=citizen.headers).json()
    document = fetch(client, made).json()
    assert document["credentialSubject"]["verifiableCredential"] == [wrapped]
    assert document["credentialStatus"][2] == ENTRY
    assert verify(client, json.dumps(document)) == "valid"
    post(client, provider, part, "suspension")
    assert verify(client, json.dumps(document)) == "suspended"
    path = f"/api/v1/transcripts/{made['id']}"
    assert client.delete(path, headers=citizen.headers).status_code == 204
    assert listed() == [document["id"]]
    assert audited(bank) == []


@pytest.mark.usefixtures("offered")
def test_an_id_that_only_begins_alike_is_of_no_credential(
    client: TestClient, bank: Bank, new: Issue
) -> None:
    """Signed by the bank's own key, and in no ledger."""
    _, document = new()
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    for wrong in (document["id"][:-1] + "g", document["id"][:-4] + "0000", "urn:uuid:"):
        signed = bank.credential_issuer.sign({**unsecured, "id": wrong}, bank.clock())
        assert verify(client, signed.document_bytes.decode()) == "altered"


@pytest.mark.usefixtures("offered")
def test_after_a_move_each_origin_has_the_list_under_its_own_name(
    client: TestClient, bank: Bank
) -> None:
    """An entry names the origin of the credential's bits, as these do."""
    old, did = "https://old.example", "did:web:old.example"
    former = FormerName(issuer_did=did, origin=old, lists={"revocation": 1}, entry_index=0)
    moved = bank.settings.model_copy(update={"former_origins": old})
    object.__setattr__(bank, "settings", moved)
    object.__setattr__(bank, "installation", replace(bank.installation, formers=(former,)))
    document = client.get(LIST, headers={"Host": "old.example"}).json()
    assert (document["id"], document["issuer"]) == (f"{old}{LIST}", did)
    assert client.get(LIST).json()["id"] == ENTRY["id"]
    issuer, urn = bank.credential_issuer, UUID(int=0).urn
    for number, origin in ((1, old), (2, ORIGIN)):
        entries = issuer.of_list(number).status((number, 7), urn)
        assert {one.list_url.partition("/status/")[0] for one in entries} == {origin}
