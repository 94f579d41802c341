"""A citizen has credentials that she chose signed as one list, and ends it when she likes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from certificates.clr import LearnerRecord, clr_document
from certificates.data_integrity import proofs_of, verifies
from certificates.did import ASSERTION, methods_of
from certificates.vocabularies import CREDENTIALS_V2, LEARNER_RECORDS, OPEN_BADGES
from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from creditbank.credentials.compile_transcript import PARTS_MAX
from creditbank.credentials.entry import NewVersion
from creditbank.credentials.transcripts import RecordTranscript
from tests.fixtures.bank import Provider
from tests.fixtures.lived_credentials import set_in
from tests.fixtures.people import Citizen
from tests.fixtures.printed import Printed

Made = dict[str, Any]


@pytest.fixture(autouse=True)
def _opened(bank: Bank) -> None:
    """The bank has opened this door."""
    opened = bank.settings.model_copy(update={"transcripts": True})
    object.__setattr__(bank, "settings", opened)


@pytest.fixture
def credential(
    client: TestClient, citizen: Citizen, post_result: Callable[..., Made]
) -> Callable[..., Made]:
    """Issue a credential of one more outcome: `credential(term=…)`; `outcome` is of which."""

    def make(*, holder: Citizen = citizen, **result: object) -> Made:
        body = {"outcome": post_result(holder, **result)["id"], "show_name": True}
        made: Made = client.post("/api/v1/credentials", json=body, headers=holder.headers).json()
        return made

    return make


@pytest.fixture
def several(credential: Callable[..., Made]) -> list[Made]:
    """Three credentials of the citizen."""
    return [credential(term=term) for term in ("2013", "2014", "2015")]


@pytest.fixture
def transcribe(client: TestClient, citizen: Citizen) -> Callable[..., Any]:
    """Ask for a list of credentials: `transcribe(id, id)`."""

    def act(*ids: str) -> Any:
        body = {"credentials": list(ids)}
        return client.post("/api/v1/transcripts", json=body, headers=citizen.headers)

    return act


def fetch(client: TestClient, made: Made, accept: str = "application/vc") -> Any:
    """Fetch by its link."""
    return client.get(made["url"].removeprefix("http://bank.test"), headers={"Accept": accept})


def verify(client: TestClient, document: str) -> tuple[str, str | None]:
    """Give verdict and reason."""
    answer = client.post("/api/v1/verify", json={"document": document}).json()
    return answer["verdict"], answer["reason"]


def end(client: TestClient, citizen: Citizen, made: Made) -> Any:
    """Ask for the end of a list."""
    return client.delete(f"/api/v1/transcripts/{made['id']}", headers=citizen.headers)


def is_sound(bank: Bank) -> bool:
    """Say whether the audit finds nothing."""
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    return (report.differing, report.unexplained) == (0, 0)


def test_the_list_is_a_clr_that_wraps_the_signed_credentials_as_they_are(
    client: TestClient, bank: Bank, several: list[Made], transcribe: Callable[..., Any]
) -> None:
    """In her order and each once, signed by the bank, valid by document, tokens and link."""
    answer = transcribe(several[2]["id"], several[0]["id"], several[2]["id"])
    assert answer.status_code == 201, answer.text
    made = answer.json()
    document = fetch(client, made).json()
    assert document["@context"] == [CREDENTIALS_V2, LEARNER_RECORDS, OPEN_BADGES]
    assert document["type"] == ["VerifiableCredential", "ClrCredential"]
    wrapped = document["credentialSubject"]["verifiableCredential"]
    assert wrapped == [fetch(client, one).json() for one in (several[2], several[0])]
    keys = methods_of(client.get("/.well-known/did.json").json(), ASSERTION)
    for one in (document, *wrapped):
        (proof,) = proofs_of(one)
        assert verifies(one, proof, keys[proof["verificationMethod"]])
    tokens = [fetch(client, made, one).text for one in ("application/jwt", "application/vc+jwt")]
    for form in (json.dumps(document), *tokens, made["url"]):
        assert verify(client, form) == ("valid", None)
    assert is_sound(bank)


def test_the_list_is_printed_with_the_signed_one_inside(
    client: TestClient, several: list[Made], transcribe: Callable[..., Any]
) -> None:
    """One code, that of the list."""
    made = transcribe(*(one["id"] for one in several)).json()
    answer = fetch(client, made, "application/pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    paper = Printed(answer.content)
    assert paper.attached() == {"credential.json": fetch(client, made).content}
    assert paper.codes() == [f"http://bank.test/V/{made['url'].rpartition('/')[2]}".upper()]
    assert "学习成果清单" in paper.text
    assert "示例学习者" in paper.text


def test_its_holder_ends_it_and_its_parts_stand_as_they_do(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    make_citizen: Callable[..., Citizen],
    several: list[Made],
    transcribe: Callable[..., Any],
) -> None:
    """Nobody else does; its link is gone, its bit set, and whoever kept it learns that it ended."""
    made = transcribe(several[0]["id"]).json()
    kept = fetch(client, made).text
    place = int(json.loads(kept)["credentialStatus"][0]["statusListIndex"])
    assert end(client, make_citizen(), made).json()["code"] == "credential-unknown"
    assert end(client, citizen, several[0]).json()["code"] == "credential-unknown"
    for _ in range(2):
        assert end(client, citizen, made).status_code == 204
    assert (fetch(client, made).status_code, fetch(client, made).json()["code"]) == (
        410,
        "credential-ended",
    )
    for form in (kept, made["url"]):
        assert verify(client, form) == ("revoked", "share_ended")
    assert verify(client, several[0]["url"]) == ("valid", None)
    with bank.readers.reading() as connection:
        assert set_in(connection, "revocation") == {place}
    listed = client.get("/api/v1/credentials", headers=citizen.headers).json()["credentials"]
    assert [one["id"] for one in listed if one["ended_at"]] == [made["id"]]
    assert is_sound(bank)


def test_a_part_that_no_longer_stands_is_told_of_the_list_and_makes_no_new_one(
    client: TestClient,
    bank: Bank,
    provider: Provider,
    several: list[Made],
    transcribe: Callable[..., Any],
) -> None:
    """The list's own bit stays: its holder did not end it."""
    made = transcribe(several[0]["id"], several[1]["id"]).json()
    path = f"/api/v1/outcomes/{several[1]['outcome']}/suspension"
    answer = client.post(path, json={"reason": "复核"}, headers=provider.headers)
    assert answer.status_code == 201, answer.text
    assert verify(client, made["url"]) == ("suspended", "suspended")
    refused = transcribe(several[1]["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "credential-not-standing")
    own_place = int(fetch(client, made).json()["credentialStatus"][1]["statusListIndex"])
    with bank.readers.reading() as connection:
        assert own_place not in set_in(connection, "suspension")


def test_only_single_credentials_of_one_s_own_are_chosen(
    make_citizen: Callable[[], Citizen],
    credential: Callable[..., Made],
    transcribe: Callable[..., Any],
) -> None:
    """Another's and a list are as unknown as what never was; a list has a length."""
    mine, others = credential()["id"], credential(holder=make_citizen())["id"]
    a_list = transcribe(mine).json()["id"]
    for ids in ((mine, others), (mine, "x"), (a_list,)):
        assert transcribe(*ids).json()["code"] == "credential-unknown"
    for ids in ((), ("x",) * (PARTS_MAX + 1)):
        assert transcribe(*ids).json()["code"] == "invalid-input"


@pytest.mark.parametrize(
    ("token", "ref", "finding"),
    [
        (None, 0, "its newest part is not what its leaf refers to"),
        ("A" * 26, None, "it wraps what is no credential of this bank"),
    ],
)
def test_the_audit_finds_a_list_that_says_more_than_the_bank_issued(
    client: TestClient,
    bank: Bank,
    citizen: Citizen,
    credential: Callable[..., Made],
    token: str | None,
    ref: int | None,
    finding: str,
) -> None:
    """Signed by the bank's own key, and recorded as if it were sound."""
    part, issuer = credential(), bank.credential_issuer
    wrapped = fetch(client, part).json()
    if token is not None:
        wrapped["id"] = issuer.link(token)
    record = LearnerRecord(
        id=issuer.link("B" * 26),
        issuer=issuer.party,
        valid_from=bank.clock(),
        subject="urn:uuid:6f1ed002-ab5e-4c0c-8f1c-0e0d8f6f7b10",
        parts=[wrapped],
        status=issuer.entries(1, 7),
    )
    new = NewVersion(
        signed=issuer.sign(clr_document(record), bank.clock()),
        version=1,
        token="B" * 26,
        at=(1, 7),
        kid=issuer.key.kid.hex(),
        jwt_kid=issuer.jwt_key.kid.hex(),
        of={},
        ref=part["entry_index"] if ref is None else ref,
    )
    key = bank.keystore.get([citizen.id])[citizen.id]
    owner = bank.installation.institution_id
    bank.writer.write(RecordTranscript(key=key, new=new, institution_id=owner))
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert finding in str(report.findings)


def test_the_door_is_closed_unless_the_bank_opens_it(
    bank: Bank, credential: Callable[..., Made], transcribe: Callable[..., Any]
) -> None:
    """Single credentials are had all the same."""
    closed = bank.settings.model_copy(update={"transcripts": False})
    object.__setattr__(bank, "settings", closed)
    refused = transcribe(credential()["id"])
    assert (refused.status_code, refused.json()["code"]) == (403, "transcripts-closed")
