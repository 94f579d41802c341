"""Who asks to be forgotten is: no store holds anything of hers, and every proof still holds."""

import base64
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.audits.full import audit_bank
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.endings import ask, erase, share, verdict
from tests.fixtures.evidence import a_pdf
from tests.fixtures.merging import Two
from tests.fixtures.people import PASSWORD, Citizen, sign_in
from tests.fixtures.recognition import Recognition

Json = dict[str, Any]
Post = Callable[..., Json]


def facets(bank: Bank) -> list[tuple[object, ...]]:
    """Give what figures are made of, of all outcomes, in no order of persons."""
    columns = "definition_id, institution_id, outcome_class, credits, class_hours, awarded_month"
    with bank.readers.reading() as connection:
        rows = connection.exec_driver_sql(f"SELECT {columns}, status FROM outcome")
        return sorted(map(tuple, rows), key=repr)


def spellings(secret: bytes) -> Iterator[bytes]:
    """Give the ways in which a value may lie on a disk."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    yield base64.b64encode(secret).rstrip(b"=")
    yield base64.urlsafe_b64encode(secret).rstrip(b"=")


def texts(word: str) -> Iterator[bytes]:
    """Give the ways in which a text may lie on a disk."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        yield from spellings(word.encode(encoding))


def on_disk(bank: Bank) -> bytes:
    """Give everything that the bank's stores hold: files, write-ahead logs, or a dump."""
    settings = bank.settings
    found = [one.read_bytes() for one in settings.data_dir.rglob("*") if one.is_file()]
    for url in (settings.database_url, settings.keystore_url):
        if url is not None:
            dump = subprocess.run(["pg_dump", "--inserts", url], capture_output=True, check=True)
            found.append(dump.stdout)
    return b"\n".join(found)


def test_after_an_erasure_nothing_of_the_learner_is_found_anywhere(
    bank: Bank,
    client: TestClient,
    provider: Provider,
    recognition: Recognition,
    citizen: Citizen,
    post_result: Post,
) -> None:
    """Not her name, numbers, grade, tags, ids or key, in any spelling; and figures do not change.

    What the ledger shows of her stays proven, and nobody can tell any more whose it was.
    """
    learner = {"learner_number": "学号-77-特别", "name": "极罕见姓名甲", "birth_year": 1958}
    opened = client.post("/api/v1/accounts", json=learner, headers=provider.headers).json()
    claim = {
        "code": opened["claim_code"],
        "name": learner["name"],
        "birth_year": 1958,
        "password": PASSWORD,
    }
    claimed = client.post("/api/v1/account-claims", json=claim).json()
    form = {
        "grant_type": "password",
        "username": claimed["account_number"],
        "password": PASSWORD,
    }
    token = client.post("/api/v1/token", data=form).json()["access_token"]
    hers = Citizen(opened["id"], claimed["account_number"], token)
    others = post_result(citizen)["id"]
    outcome = post_result(hers, grade="83.7")["id"]
    hours = recognition.hours("16", "2025春", account_number=hers.account_number)
    asked = {"rule": "class-hours", "outcomes": [hours]}
    assert client.post("/api/v1/conversions", json=asked, headers=hers.headers).is_success
    scan = client.post(
        f"/api/v1/outcomes/{outcome}/evidence?kind=other",
        content=a_pdf("a scan of hers"),
        headers=provider.headers,
    )
    assert scan.is_success
    shared = share(client, hers, outcome).json()
    for done in give_more(client, hers):
        assert done.is_success, done.text
    key = bank.keystore.get([hers.id])[hers.id]
    secrets = [
        *texts(learner["learner_number"]),
        *texts(learner["name"]),
        *texts(hers.account_number),
        *texts(hers.id),
        *texts("83.7"),
        *texts("021 5550 0199"),
        *texts("a scan of hers"),
        *spellings(key.secret),
        *(one for tag in tags_of(bank, hers.id) for one in spellings(tag)),
    ]
    before, present = facets(bank), on_disk(bank)
    assert sum(one in present for one in secrets) > 4  # The search finds what is there.

    assert ask(client, "POST", "erasure", hers).status_code == 201
    assert erase(bank) == 1

    left = on_disk(bank)
    assert [one for one in secrets if one in left] == []
    assert list(bank.settings.evidence_dir.rglob("*.*")) == []
    assert facets(bank) == before
    assert verdict(client, shared["token"]) == "gone"
    assert verdict(client, share(client, citizen, others).json()["token"]) == "valid"
    assert client.post("/api/v1/token", data=form).status_code == 400
    assert client.get("/api/v1/accounts/me", headers=hers.headers).status_code == 401
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert report.findings == ()
    assert report.sealed == 7


def give_more(client: TestClient, hers: Citizen) -> Iterator[Any]:
    """Let her account hold what accounts hold: a contact, a consent that she withdrew."""
    path = "/api/v1/accounts/me"
    contact = {"kind": "phone", "contact": "021 5550 0199"}
    yield client.post(f"{path}/contacts", json=contact, headers=hers.headers)
    text = client.get("/api/v1/consent-texts").json()["texts"][0]
    stated = {"purpose": text["purpose"], "text_sha256": text["text_sha256"]}
    given = client.post(f"{path}/consents", json=stated, headers=hers.headers)
    yield given
    withdrawn = f"{path}/consents/{given.json()['id']}/withdrawal"
    yield client.post(withdrawn, headers=hers.headers)


def tags_of(bank: Bank, account_id: str) -> list[bytes]:
    """Give every tag by which an account or an outcome of hers is found."""
    with bank.keystore._engine.connect() as connection:  # noqa: SLF001 - as a thief sees it
        found = connection.exec_driver_sql(
            f"SELECT tag FROM lookup_tag WHERE account_id = '{account_id}'"
        )
        tags = [bytes(row[0]) for row in found]
    with bank.readers.reading() as connection:
        found = connection.exec_driver_sql(
            f"SELECT natural_tag FROM outcome WHERE account_id = '{account_id}'"
        )
        return tags + [bytes(row[0]) for row in found]


@pytest.mark.parametrize("stop", ["begun", "key gone"])
def test_an_erasure_that_broke_off_is_ended_by_the_next_look(
    bank: Bank,
    client: TestClient,
    citizen: Citizen,
    post_result: Post,
    monkeypatch: pytest.MonkeyPatch,
    stop: str,
) -> None:
    """What the tombstone needs of her key was kept before the key was destroyed."""
    post_result(citizen)
    ask(client, "POST", "erasure", citizen)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if stop == "begun":
            patched.setattr(type(bank.keystore), "destroy", die)
        else:
            patched.setattr("creditbank.closures.erase.FinishErasure", die)
        with pytest.raises(KeyboardInterrupt):
            erase(bank)
    refused = ask(client, "DELETE", "erasure", citizen)
    assert refused.status_code in {404, 409}
    assert erase(bank, days=0) == 1
    assert erase(bank) == 0
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert report.findings == ()
    assert report.sealed == 2


def test_an_operator_who_blanks_a_record_and_calls_it_erased_is_found(
    bank: Bank, client: TestClient, make_citizen: Callable[[], Citizen], post_result: Post
) -> None:
    """The tombstones on the log say how many entries were erased, and nobody was told of this."""
    erased, living = make_citizen(), make_citizen()
    post_result(erased)
    outcome = post_result(living)["id"]
    ask(client, "POST", "erasure", erased)
    erase(bank)
    engine = bank.writer._engine  # noqa: SLF001 - as an operator works
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO pseudonym VALUES ('ff')")
        blank = "x''" if engine.dialect.name == "sqlite" else "''"
        connection.exec_driver_sql(
            f"UPDATE outcome SET account_id = 'ff', sealed_statement = {blank},"
            f" natural_tag = NULL WHERE id = '{outcome}'"
        )
    with bank.readers.snapshot() as connection:
        report = audit_bank(connection, bank.keystore, bank.evidence, bank.trust)
    assert [one.problem for one in report.findings] == [
        "3 entries have no key, and tombstones tell of 2"
    ]
    assert report.unexplained == 1


def test_an_account_in_a_merge_is_erased_once_it_is_parted_and_one_to_be_erased_is_not_merged(
    bank: Bank,
    client: TestClient,
    two: Two,
    merge: Callable[..., Any],
    part: Callable[..., Any],
    post_result: Post,
) -> None:
    """A merge could not be undone any more if one of the two were gone."""
    post_result(two.merged)
    assert merge(two).status_code == 201
    for one in two:  # Either signs in to the account that goes on.
        refused = ask(client, "POST", "erasure", one)
        assert (refused.status_code, refused.json()["code"]) == (409, "erasure-merged")
    assert part(two).status_code == 201
    merged = Citizen(
        two.merged.id, two.merged.account_number, sign_in(client, two.merged.account_number)
    )
    assert ask(client, "POST", "erasure", merged).status_code == 201
    again = merge(two)
    assert (again.status_code, again.json()["code"]) == (409, "merge-of-erased")
    numbers = [*texts(two.merged.account_number), *texts(two.merged.id)]
    assert any(one in on_disk(bank) for one in numbers)
    assert erase(bank) == 1
    left = on_disk(bank)
    assert [one for one in numbers if one in left] == []
    assert client.get("/api/v1/accounts/me", headers=two.survivor.headers).status_code == 200
    with bank.readers.snapshot() as connection:
        assert audit_bank(connection, bank.keystore, bank.evidence, bank.trust).findings == ()
