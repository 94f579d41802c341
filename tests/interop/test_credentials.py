"""Verifiers by other people judge what a running bank issued: good, altered, revoked, of another.

`https://bank.example` is answered from the bank's own process; nothing else can be reached.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from certificates.linked_data import pinned_context
from certificates.vocabularies import LEARNER_RECORDS
from tests.fixtures.processes import Program, Server
from tests.integration.test_post_outcome import RESULT
from tests.interop.scripts import FOLDER, run_script

DOCUMENT = Path(__file__).parents[2] / "docs" / "credentials.md"
ORIGIN, DID, OTHER = "https://bank.example", "did:web:bank.example", "did:web:bank.example.cn"
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
    listed: Any
    """The good one as the only part of a list (CLR 2.0)."""
    receipt: str
    """What the bank signed of its answer about the good one."""


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issued]:
    """Credentials that a served bank issued: one good, one revoked, one suspended, one expired."""
    folder = tmp_path_factory.mktemp("issuing")
    settings = {
        "CREDITBANK_DATA_DIR": str(folder / "data"),
        "CREDITBANK_ORIGIN": ORIGIN,
        "CREDITBANK_SD_JWT": "true",
        "CREDITBANK_TRANSCRIPTS": "true",
    }
    program = Program(settings, folder)
    program.answer("init")
    provider = program.register_provider()
    server = Server(program)
    try:
        with server.client(provider) as school, server.client() as client:
            learner = open_account(client)
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
                    listed = _listed(client, learner, made.json()["id"])
                _befall(school, outcome, what)
            yield _gathered(client, links, disclosing, listed)
    finally:
        server.kill()


def open_account(client: httpx2.Client) -> dict[str, Any]:
    """Open a citizen's account; gives how results name her, and what authenticates her."""
    stated = {"name": "示例学习者", "birth_year": 1958, "password": PASSWORD}
    opened = client.post("/api/v1/accounts", json=stated).json()
    form = {"grant_type": "password", "username": opened["account_number"], "password": PASSWORD}
    token = client.post("/api/v1/token", data=form).json()["access_token"]
    return {
        "learner": {"account_number": opened["account_number"]},
        "headers": {"Authorization": f"Bearer {token}"},
    }


def _listed(client: httpx2.Client, learner: dict[str, Any], credential: str) -> Any:
    chosen = {"credentials": [credential]}
    made = client.post("/api/v1/transcripts", json=chosen, headers=learner["headers"])
    assert made.status_code == 201, made.text
    return client.get(str(made.json()["url"]).removeprefix(ORIGIN)).json()


def _befall(school: httpx2.Client, outcome: str, what: str) -> None:
    ways = {
        "revoked": ("revocation", {"status": "revoked", "reason": "复核"}),
        "suspended": ("suspension", {"reason": "复核"}),
    }
    if what in ways:
        path, body = ways[what]
        answer = school.post(f"/api/v1/outcomes/{outcome}/{path}", json=body)
        assert answer.status_code == 201, answer.text


def _gathered(client: httpx2.Client, links: dict[str, str], disclosing: str, listed: Any) -> Issued:
    answers = {ORIGIN + path: client.get(path).json() for path in (*PUBLIC, *LISTS)}
    tokens = {
        what: client.get(link, headers={"Accept": "application/jwt"}).text
        for what, link in links.items()
    }
    documents = {what: client.get(link).json() for what, link in links.items()}
    asked = {"document": links["good"]}
    return Issued(
        answers={**answers, "did": DID},
        documents=documents,
        tokens=tokens,
        disclosing=disclosing,
        listed=listed,
        receipt=client.post("/api/v1/verify?receipt=true", json=asked).json()["receipt"],
    )


def judge(answers: dict[str, Any], cases: list[dict[str, Any]]) -> list[Any]:
    """Have cases judged by one process; gives what each verifier said."""
    job = json.dumps({"answers": answers, "cases": cases})
    said: list[Any] = json.loads(run_script("verify_credentials.mjs", shown=job))
    return said


def altered(document: Any) -> dict[str, Any]:
    """Give copies of a credential, each changed in one place."""
    copies = {
        f"altered {name}": deepcopy(document) for name in ("credits", "issuer", "proof", "evidence")
    }
    copies["altered credits"]["credentialSubject"]["creditsEarned"] = 31
    copies["altered issuer"]["issuer"]["name"] = "another"
    copies["altered proof"]["proof"][0]["created"] = "2020-01-01T00:00:00Z"
    copies["altered evidence"]["evidence"][0]["narrative"] = "x"
    return copies


def documents_of(issued: Issued) -> dict[str, Any]:
    """Give the credentials with Data Integrity proofs: the good one first."""
    under_another_name = deepcopy(issued.documents["good"])
    under_another_name["issuer"]["id"] = OTHER
    return {
        **issued.documents,
        **altered(issued.documents["good"]),
        "another issuer's name": under_another_name,
    }


def tokens_of(issued: Issued) -> dict[str, str]:
    """Give tokens of ES256: the good one first."""
    good = issued.tokens["good"]
    header, payload, signature = good.split(".")
    return {
        "good": good,
        "altered payload": f"{header}.{payload[:-8]}.{signature}",
        "altered signature": f"{header}.{payload}.{signature[::-1]}",
        "no algorithm": f"eyJhbGciOiJub25lIn0.{payload}.",
        "another's signature": issued.tokens["revoked"].rpartition(".")[0] + f".{signature}",
    }


def disclosing_of(issued: Issued) -> dict[str, str]:
    """Give tokens that disclose fields: the good one first."""
    token, first, second, _ = issued.disclosing.split("~")
    return {
        "good": issued.disclosing,
        "good, one field": f"{token}~{second}~",
        "altered disclosure": f"{token}~{first[:-8]}~",
        "altered signature": f"{token[:-8]}~{first}~",
    }


@pytest.fixture(scope="module")
def judged(issued: Issued) -> dict[tuple[str, str], Any]:
    """What each verifier said of each thing, by verifier and name."""
    shown = {
        "digitalbazaar": documents_of(issued),
        "verifier-core": documents_of(issued),
        "jose": tokens_of(issued),
        "sd-jwt-vc": disclosing_of(issued),
    }
    cases = [
        {"name": name, "verifier": verifier, "document": document}
        for verifier, documents in shown.items()
        for name, document in documents.items()
    ]
    own = issued.answers[f"{ORIGIN}{PUBLIC[0]}"]
    other = json.loads(json.dumps(own).replace(DID, OTHER))
    answers = {**issued.answers, "https://bank.example.cn/.well-known/did.json": other}
    return {(one["verifier"], one["name"]): one for one in judge(answers, cases)}


@pytest.mark.parametrize("verifier", ["digitalbazaar", "verifier-core", "jose", "sd-jwt-vc"])
def test_what_is_good_is_accepted_and_nothing_else(
    judged: dict[tuple[str, str], Any], verifier: str
) -> None:
    """Whatever was changed, or has befallen it, or whose name it bears."""
    said = {name: one for (by, name), one in judged.items() if by == verifier}
    accepted = {name: one["accepted"] for name, one in said.items()}
    assert accepted == {name: name.startswith("good") for name in said}, said
    assert len(said) >= 4


def test_a_suspension_is_told_from_a_revocation(judged: dict[tuple[str, str], Any]) -> None:
    """By the list in which the bit is set."""
    for what, purpose in (("revoked", "revocation"), ("suspended", "suspension")):
        assert judged["digitalbazaar", what]["detail"]["set"] == [purpose]


def test_a_token_s_header_names_the_key_and_holds_none(
    judged: dict[tuple[str, str], Any],
) -> None:
    """So nobody can bring a key of his own."""
    assert judged["jose", "good"]["detail"]["header"].keys() == {"alg", "typ", "kid"}


def test_a_wallet_reads_the_disclosed_fields_alone(judged: dict[tuple[str, str], Any]) -> None:
    """Neither the grade nor, where one field is shown, any other."""
    both, one = (
        judged["sd-jwt-vc", name]["detail"]["claims"] for name in ("good", "good, one field")
    )
    assert (both["credits"], both["vct"]) == ("30", f"{ORIGIN}/vct/outcome")
    assert "grade" not in both
    assert {"credits", "title"} - one.keys()


def test_a_list_of_credentials_is_accepted_and_an_altered_one_is_not(issued: Issued) -> None:
    """Whether the list was changed or what it wraps; the context is the pinned one."""
    copies = {name: deepcopy(issued.listed) for name in ("name", "part", "fewer")}
    copies["name"]["name"] = "another"
    wrapped = copies["part"]["credentialSubject"]["verifiableCredential"][0]
    wrapped["credentialSubject"]["creditsEarned"] = 31
    copies["fewer"]["credentialSubject"]["verifiableCredential"] = []
    cases = [
        {"name": name, "verifier": "digitalbazaar", "document": document}
        for name, document in {"good": issued.listed, **copies}.items()
    ]
    said = judge({**issued.answers, LEARNER_RECORDS: pinned_context(LEARNER_RECORDS)}, cases)
    assert {one["name"]: one["accepted"] for one in said} == {
        "good": True,
        **dict.fromkeys(copies, False),
    }, said


def test_the_document_has_the_table_of_their_verdicts(judged: dict[tuple[str, str], Any]) -> None:
    """With the versions that are installed; a new verdict is written there or mended here."""
    packages = {
        "digitalbazaar": ("@digitalbazaar/vc", "@digitalbazaar/vc-bitstring-status-list"),
        "verifier-core": ("@digitalcredentials/verifier-core",),
        "jose": ("jose",),
        "sd-jwt-vc": ("@sd-jwt/sd-jwt-vc",),
    }
    lines = ["| shown | judged by | verdict |", "|---|---|---|"]
    for (verifier, name), one in judged.items():
        named = ", ".join(f"{package} {version(package)}" for package in packages[verifier])
        lines.append(f"| {name} | {named} | {'accepted' if one['accepted'] else 'refused'} |")
    table = "\n".join(lines)
    print(f"\n{table}")  # noqa: T201 - to be pasted into the document
    assert table in DOCUMENT.read_text("utf-8")


def version(package: str) -> str:
    """Give the version of an installed package."""
    stated = json.loads((FOLDER / "node_modules" / package / "package.json").read_text("utf-8"))
    return str(stated["version"])


def test_a_receipt_of_a_verification_is_read_by_another_program(issued: Issued) -> None:
    """`jose` checks it by the published keys; with one letter changed it does not."""
    header, claims, signature = issued.receipt.split(".")
    wrong = f"{header}.{claims[:-2]}AA.{signature}"
    cases = [
        {"name": name, "verifier": "jose", "document": text}
        for name, text in {"good": issued.receipt, "wrong": wrong}.items()
    ]
    said = {one["name"]: one for one in judge(issued.answers, cases)}
    assert (said["good"]["accepted"], said["wrong"]["accepted"]) == (True, False), said
    assert said["good"]["detail"]["header"]["typ"] == "verification-receipt+jwt"
    assert {"verdict", "presented_sha256", "log"} <= set(said["good"]["detail"]["claims"])
