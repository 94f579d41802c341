"""A bank has moved: verifiers by other people judge what it signed before and after.

Each origin is answered by the bank's own process, by the host name that is asked.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.fixtures.processes import Program, Server
from tests.integration.test_post_outcome import RESULT
from tests.interop.test_credentials import judge, open_account

OLD, NEW = "https://bank.example", "https://credits.example"
Credentials = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], Credentials]]:
    """What both origins answer, and credentials by when they were issued and what befell them."""
    folder = tmp_path_factory.mktemp("moving")
    settings = {"CREDITBANK_DATA_DIR": str(folder / "data"), "CREDITBANK_ORIGIN": OLD}
    program = Program(settings, folder)
    program.answer("init")
    provider = program.register_provider()
    server = Server(program)
    with server.client(provider) as school, server.client() as client:
        learner = open_account(client)
        before = {what: issue(client, school, learner, what) for what in ("good", "revoked")}
    server.stop()

    moved = {"CREDITBANK_ORIGIN": NEW, "CREDITBANK_FORMER_ORIGINS": OLD}
    program = Program({**settings, **moved}, folder)
    program.answer("move", "--from", OLD)
    server = Server(program)
    try:
        with server.client(provider) as school, server.client() as client:
            body = {"status": "revoked", "reason": "复核"}
            path = f"/api/v1/outcomes/{before['revoked']['outcome']}/revocation"
            assert school.post(path, json=body).status_code == 201
            after = issue(client, school, learner, "good after the move")
            made = {**before, "good after the move": after}
            credentials = {
                what: {
                    "document": ask(client, one["url"]).json(),
                    "token": ask(client, one["url"], Accept="application/jwt").text,
                }
                for what, one in made.items()
            }
            yield answers_of(client, credentials), credentials
    finally:
        server.kill()


def issue(client: httpx2.Client, school: httpx2.Client, learner: Any, term: str) -> Any:
    """Post a result and have its credential issued; gives the outcome's id and the link."""
    result = {**RESULT, "learner": learner["learner"], "term": term}
    outcome = school.post("/api/v1/outcomes", json=result).json()["id"]
    asked = {"outcome": outcome}
    made = client.post("/api/v1/credentials", json=asked, headers=learner["headers"])
    return {"outcome": outcome, "url": made.json()["url"]}


def ask(client: httpx2.Client, url: str, **headers: str) -> httpx2.Response:
    """Ask the bank at an address of either origin, by its host name."""
    parts = urlsplit(url)
    answer = client.get(parts.path, headers={"Host": parts.netloc, **headers})
    assert answer.status_code == 200, url
    return answer


def answers_of(client: httpx2.Client, credentials: Credentials) -> dict[str, Any]:
    """Give what a stranger finds: the documents of both names, and every list pointed to."""
    lists = {
        entry["statusListCredential"]
        for one in credentials.values()
        for entry in one["document"]["credentialStatus"]
    }
    documents = (f"{origin}/.well-known/did.json" for origin in (OLD, NEW))
    keys = f"{NEW}/.well-known/jwks.json"
    return {url: ask(client, url).json() for url in (*documents, keys, *lists)}


@pytest.mark.parametrize("verifier", ["digitalbazaar", "verifier-core", "jose"])
def test_strangers_accept_what_stands_whichever_name_signed_it(
    shown: tuple[dict[str, Any], Credentials], verifier: str
) -> None:
    """What was issued before the move and revoked after it is refused, by the list of its name."""
    answers, credentials = shown
    accepted = {}
    for name, one in credentials.items():
        did = one["document"]["issuer"]["id"]
        case = {
            "name": name,
            "verifier": verifier,
            "document": one["token" if verifier == "jose" else "document"],
        }
        (said,) = judge({**answers, "did": did}, [case])
        accepted[name] = said["accepted"], did
    before, after = "did:web:bank.example", "did:web:credits.example"
    # A token says nothing of its status; who takes one asks for its list.
    assert accepted == {
        "good": (True, before),
        "revoked": (verifier == "jose", before),
        "good after the move": (True, after),
    }
