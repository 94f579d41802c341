"""Verifiers by other people judge what a running bank issued: good, altered, revoked, of another.

`https://bank.example` is answered from the bank's own process; nothing else can be reached.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.fixtures.processes import Program, Server
from tests.integration.test_post_outcome import RESULT

FOLDER = Path(__file__).parent / "node"
ORIGIN, DID = "https://bank.example", "did:web:bank.example"
PASSWORD = "long enough"
PUBLIC = ("/.well-known/did.json", "/.well-known/jwks.json")
LISTS = ("/status/revocation-1", "/status/suspension-1")
OVER = {"series": "电工", "number": "A-1", "valid_from": "2014-10-01", "valid_until": "2020-06-30"}


@dataclass(frozen=True)
class Issued:
    """What the bank gives to everybody, and credentials in two envelopes by what befell them."""

    answers: dict[str, Any]
    documents: dict[str, Any]
    tokens: dict[str, str]
    disclosing: str
    """The good one's credits and title alone, as SD-JWT VC."""


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issued]:
    """Credentials that a served bank issued: one good, one revoked, one suspended, one expired."""
    folder = tmp_path_factory.mktemp("issuing")
    settings = {
        "CREDITBANK_DATA_DIR": str(folder / "data"),
        "CREDITBANK_ORIGIN": ORIGIN,
        "CREDITBANK_SD_JWT": "true",
    }
    program = Program(settings, folder)
    program.answer("init")
    provider = program.register_provider()
    server = Server(program)
    try:
        with server.client(provider) as school, server.client() as client:
            learner = _open_account(client)
            links = {}
            for what in ("good", "revoked", "suspended", "expired"):
                more = {"certificate": OVER} if what == "expired" else {}
                result = {**RESULT, "learner": learner["learner"], "term": what, **more}
                outcome = school.post("/api/v1/outcomes", json=result).json()["id"]
                made = client.post(
                    "/api/v1/credentials", json={"outcome": outcome}, headers=learner["headers"]
                )
                links[what] = made.json()["url"].removeprefix(ORIGIN)
                if what == "good":
                    path = f"/api/v1/accounts/me/outcomes/{outcome}/sd-jwt"
                    asked = {"field": ["credits", "title"]}
                    disclosing = client.get(path, params=asked, headers=learner["headers"]).text
                _befall(school, outcome, what)
            yield _gathered(client, links, disclosing)
    finally:
        server.kill()


def _open_account(client: httpx2.Client) -> dict[str, Any]:
    stated = {"name": "示例学习者", "birth_year": 1958, "password": PASSWORD}
    opened = client.post("/api/v1/accounts", json=stated).json()
    form = {
        "grant_type": "password",
        "username": opened["account_number"],
        "password": PASSWORD,
    }
    token = client.post("/api/v1/token", data=form).json()["access_token"]
    return {
        "learner": {"account_number": opened["account_number"]},
        "headers": {"Authorization": f"Bearer {token}"},
    }


def _befall(school: httpx2.Client, outcome: str, what: str) -> None:
    ways = {
        "revoked": ("revocation", {"status": "revoked", "reason": "复核"}),
        "suspended": ("suspension", {"reason": "复核"}),
    }
    if what in ways:
        path, body = ways[what]
        answer = school.post(f"/api/v1/outcomes/{outcome}/{path}", json=body)
        assert answer.status_code == 201, answer.text


def _gathered(client: httpx2.Client, links: dict[str, str], disclosing: str) -> Issued:
    answers = {ORIGIN + path: client.get(path).json() for path in (*PUBLIC, *LISTS)}
    tokens = {
        what: client.get(link, headers={"Accept": "application/jwt"}).text
        for what, link in links.items()
    }
    documents = {what: client.get(link).json() for what, link in links.items()}
    return Issued(
        answers={**answers, "did": DID}, documents=documents, tokens=tokens, disclosing=disclosing
    )


def judge(issued: Issued, cases: list[dict[str, Any]], **answers: Any) -> list[Any]:
    """Have cases judged; gives what each verifier said."""
    if shutil.which("node") is None or not (FOLDER / "node_modules" / "jose").is_dir():
        pytest.fail("node or its packages are missing: run `make test-packages`", pytrace=False)
    job = json.dumps({"answers": {**issued.answers, **answers}, "cases": cases})
    done = subprocess.run(
        ["node", "verify_credentials.mjs"],
        cwd=FOLDER, input=job, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said: list[Any] = json.loads(done.stdout)
    return said


def altered(document: Any) -> dict[str, Any]:
    """Give copies of a credential, each changed in one place."""
    copies = {name: deepcopy(document) for name in ("credits", "issuer name", "date", "evidence")}
    copies["credits"]["credentialSubject"]["creditsEarned"] = 31
    copies["issuer name"]["issuer"]["name"] = "another"
    copies["date"]["proof"][0]["created"] = "2020-01-01T00:00:00Z"
    copies["evidence"]["evidence"][0]["narrative"] = "x"
    return copies


@pytest.mark.parametrize("verifier", ["digitalbazaar", "verifier-core"])
def test_a_good_credential_is_accepted_and_no_other(issued: Issued, verifier: str) -> None:
    """Whatever was changed, or has befallen it, or who signed it."""
    wrong = altered(issued.documents["good"]) | {
        what: issued.documents[what] for what in ("revoked", "suspended", "expired")
    }
    documents = {"good": issued.documents["good"], **wrong}
    said = judge(
        issued,
        [
            {"name": name, "verifier": verifier, "document": document}
            for name, document in documents.items()
        ],
    )
    assert {one["name"]: one["accepted"] for one in said} == {
        "good": True,
        **dict.fromkeys(wrong, False),
    }, said


@pytest.mark.parametrize("verifier", ["digitalbazaar", "verifier-core"])
def test_a_credential_under_the_name_of_another_issuer_is_refused(
    issued: Issued, verifier: str
) -> None:
    """The true signature helps nobody who says that he is somebody else."""
    other = json.loads(json.dumps(issued.answers[f"{ORIGIN}{PUBLIC[0]}"]).replace(DID, f"{DID}.cn"))
    forged = deepcopy(issued.documents["good"])
    forged["issuer"]["id"] = f"{DID}.cn"
    case = {"name": "other", "verifier": verifier, "document": forged}
    (said,) = judge(issued, [case], **{"https://bank.example.cn/.well-known/did.json": other})
    assert not said["accepted"], said


def test_the_token_is_accepted_and_an_altered_one_is_not(issued: Issued) -> None:
    """By the JWKS, with ES256; the header names the key and holds none."""
    good = issued.tokens["good"]
    header, payload, signature = good.split(".")
    wrong = {
        "payload": f"{header}.{payload[:-8]}.{signature}",
        "signature": f"{header}.{payload}.{signature[::-1]}",
        "no algorithm": f"eyJhbGciOiJub25lIn0.{payload}.",
        "other": issued.tokens["revoked"].rpartition(".")[0] + f".{signature}",
    }
    cases = [
        {"name": name, "verifier": "jose", "document": token}
        for name, token in {"good": good, **wrong}.items()
    ]
    said = {one["name"]: one for one in judge(issued, cases)}
    assert {name: one["accepted"] for name, one in said.items()} == {
        "good": True,
        **dict.fromkeys(wrong, False),
    }, said
    assert said["good"]["detail"]["header"].keys() == {"alg", "typ", "kid"}


def test_a_wallet_reads_the_disclosed_fields_alone_and_no_altered_one(issued: Issued) -> None:
    """`@sd-jwt/sd-jwt-vc` checks the signature and each disclosure's digest."""
    token, first, second, _ = issued.disclosing.split("~")
    wrong = {
        "disclosure": f"{token}~{first[:-8]}~",
        "signature": f"{token[:-8]}~{first}~",
    }
    texts = {"good": issued.disclosing, "one": f"{token}~{second}~", **wrong}
    cases = [
        {"name": name, "verifier": "sd-jwt-vc", "document": text} for name, text in texts.items()
    ]
    said = {one["name"]: one for one in judge(issued, cases)}
    assert {name: one["accepted"] for name, one in said.items()} == {
        "good": True,
        "one": True,
        **dict.fromkeys(wrong, False),
    }, said
    claims = said["good"]["detail"]["claims"]
    assert (claims["credits"], claims["vct"]) == ("30", f"{ORIGIN}/vct/outcome")
    assert "grade" not in claims
    assert {"credits", "title"} - said["one"]["detail"]["claims"].keys()
