"""Everything of one's own in one file; and a password that is changed by who has it."""

import io
import json
import zipfile
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.closures.own_rows import OTHERS_SEALS, own_rows
from creditbank.closures.treatment import TREATMENTS
from tests.fixtures.evidence import a_pdf, hand_in
from tests.fixtures.learner_life import live_as
from tests.fixtures.pages import COOKIE, Visitor
from tests.fixtures.people import PASSWORD, Citizen, sign_in

COPY, PASSWORDS = "/api/v1/accounts/me/copy", "/api/v1/accounts/me/password"


def copied(client: TestClient, headers: dict[str, str]) -> dict[str, bytes]:
    """Download a copy; gives its files by name."""
    answer = client.get(COPY, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_copy_has_what_was_stated_in_words_the_credential_and_the_photo(
    client: TestClient, bank: Bank, citizen: Citizen, post_result: Any
) -> None:
    """And no hash of her password; what she asked for, keeps and grants is in it, opened."""
    live_as(bank, citizen.account_number)
    outcome = post_result(citizen)["id"]
    made = client.post("/api/v1/credentials", json={"outcome": outcome}, headers=citizen.headers)
    credential, evidence = made.json()["id"], hand_in(client, citizen)

    files = copied(client, citizen.headers)
    data = json.loads(files["data.json"])
    assert "81.5" in {one["statement"].get("grade") for one in data["tables"]["outcome"]}
    assert data["tables"]["matter"][0]["content"]["title"] == "插花证书"
    assert data["tables"]["matter_step"][-1]["text"] == "请补充任课教师姓名。"
    assert data["tables"]["filing"][0]["request"]["targets"] == ["DQ-1"]
    assert data["tables"]["account_contact"][0]["contact"] == "021 5550 0100"
    assert data["tables"]["standing_grant"][0]["document"]
    assert data["tables"]["account"][0]["statement"]["name"] == "示例学习者"
    assert data["account_number"] == citizen.account_number
    assert "password_hash" not in files["data.json"].decode()
    signed = json.loads(files[f"credentials/{credential}.json"])
    assert signed["credentialSubject"]["achievement"]
    assert files[f"credentials/{credential}.pdf"].startswith(b"%PDF")
    assert files[f"evidence/{evidence}.pdf"] == a_pdf()
    assert "密码".encode() in files["README.txt"]


@pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)  # Seals are the same on both.
def test_every_sealed_value_of_every_table_opens(lived_bank: Bank) -> None:
    """In a bank in which everything happened; what is under another key is named with its why."""
    seen: dict[str, set[str]] = {}
    with lived_bank.readers.reading() as connection:
        accounts = connection.exec_driver_sql("SELECT id FROM account").scalars().all()
        for key in lived_bank.keystore.get(accounts).values():
            for table, rows in own_rows(connection, key):
                seen.setdefault(table, set()).update(name for row in rows for name in row)
    assert len(seen) > len(TREATMENTS) // 2
    for table, names in seen.items():
        for column in TREATMENTS[table].sealed:
            if (table, column) not in OTHERS_SEALS:
                assert column.removeprefix("sealed_") in names, (table, column)


def test_a_password_is_changed_by_who_has_it_and_she_is_signed_out_elsewhere(
    client: TestClient, citizen: Citizen, signed_in: Any
) -> None:
    """A wrong one changes nothing; the session in which it is done goes on."""
    here, elsewhere = signed_in(citizen.headers), signed_in(citizen.headers)
    wrong = client.put(
        PASSWORDS,
        json={"old_password": "not it", "password": "another long one"},
        headers=citizen.headers,
    )
    assert (wrong.status_code, wrong.json()["code"]) == (400, "sign-in-refused")

    form = {"old_password": PASSWORD, "password": "another long one"}
    assert here.post("/me/password", **form).status_code == 303
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 303
    assert client.get("/api/v1/accounts/me", headers=citizen.headers).status_code == 401
    assert sign_in(client, citizen.account_number, "another long one")
    assert isinstance(here, Visitor)
    assert COOKIE in here.cookies
