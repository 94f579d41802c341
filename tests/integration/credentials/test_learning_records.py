"""A citizen prints what she learned: one credential, or a list of those that she chose."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from tests.fixtures.applying import School
from tests.fixtures.people import Citizen
from tests.fixtures.printed import Printed, declared

Post = Callable[..., dict[str, Any]]
PDF = {"Accept": "application/pdf"}


@pytest.fixture
def credential(
    client: TestClient, citizen: Citizen, post_result: Post
) -> Callable[..., dict[str, Any]]:
    """Issue a credential of one more outcome: `credential(term=…)`."""

    def make(*, holder: Citizen = citizen, show_name: bool = True, **result: object) -> Any:
        body = {"outcome": post_result(holder, **result)["id"], "show_name": show_name}
        made = client.post("/api/v1/credentials", json=body, headers=holder.headers)
        assert made.status_code == 201, made.text
        return made.json()

    return make


def path_of(made: dict[str, Any]) -> str:
    """The path of a credential's link."""
    return str(made["url"]).removeprefix("http://bank.test")


def code_of(made: dict[str, Any]) -> str:
    """What the code on its record says: the page that answers whoever scans it."""
    return f"http://bank.test/V/{made['url'].rpartition('/')[2]}".upper()


def set_up(bank: Bank, **changes: object) -> None:
    """Run the test's bank with other settings."""
    object.__setattr__(bank, "settings", bank.settings.model_copy(update=changes))


def test_the_record_is_the_credential_on_paper_with_the_signed_one_inside(
    client: TestClient, bank: Bank, credential: Callable[..., dict[str, Any]]
) -> None:
    """Byte for byte what `application/vc` gives."""
    made = credential(credits="2.5", class_hours="48")
    answer = client.get(path_of(made), headers=PDF)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert (answer.headers["Vary"], answer.headers["Cache-Control"]) == ("Accept", "no-store")
    paper = Printed(answer.content)
    signed = client.get(path_of(made), headers={"Accept": "application/vc"})
    assert paper.attached() == {"credential.json": signed.content}
    assert paper.codes() == [code_of(made)]
    with paper.opened() as pdf:
        assert declared(pdf)["pdfaid:part"] == "3"
    stated = signed.json()
    leaf_hash = stated["evidence"][0]["narrative"].split("\n")[2]
    for said in ("示例学习者", "48 课时 class hours", bank.installation.issuer_did, leaf_hash):
        assert said in paper.text
    assert client.get(path_of(made), headers=PDF).content == answer.content


def test_whoever_has_the_paper_or_the_file_verifies_it(
    client: TestClient, credential: Callable[..., dict[str, Any]]
) -> None:
    """The code opens the page of the verdict; the attachment is valid by itself."""
    paper = Printed(client.get(path_of(credential()), headers=PDF).content)
    (code,) = paper.codes()
    page = client.get(code.removeprefix("HTTP://BANK.TEST"))
    assert page.status_code == 200
    assert "有效" in page.text
    presented = {"document": paper.attached()["credential.json"].decode()}
    assert client.post("/api/v1/verify", json=presented).json()["verdict"] == "valid"


def test_credit_that_a_school_entered_is_printed_place_by_place(school: School) -> None:
    """It is a learning record as any other."""
    made = school.convert("big")
    application = made["applied"][0]["id"]
    school.enter(application)
    body = {"application": application}
    issued = school.client.post("/api/v1/credentials", json=body, headers=school.citizen.headers)
    paper = Printed(school.client.get(path_of(issued.json()), headers=PDF).content)
    assert "认定学分：现代物流" in paper.text
    assert "BIG Part 36" in paper.text
    assert paper.codes() == [code_of(issued.json())]


def test_a_bank_without_fonts_says_which_and_gives_every_other_form(
    client: TestClient, bank: Bank, credential: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """Whoever runs the bank is told what to install."""
    made = credential()
    set_up(bank, fonts_dir=tmp_path)
    refused = client.get(path_of(made), headers=PDF)
    assert (refused.status_code, refused.json()["code"]) == (503, "fonts-missing")
    assert "Noto Serif CJK SC" in refused.json()["detail"]
    assert client.get(path_of(made)).status_code == 200


def test_a_name_that_no_font_has_is_refused_by_its_character(
    client: TestClient,
    bank: Bank,
    make_citizen: Callable[..., Citizen],
    credential: Callable[..., dict[str, Any]],
) -> None:
    """With the font of rare characters she stands there by her name, without it nothing does."""
    made = credential(holder=make_citizen("𠀀示例"))
    assert "𠀀示例" in Printed(client.get(path_of(made), headers=PDF).content).text
    set_up(bank, record_fonts="Noto Serif CJK SC")
    refused = client.get(path_of(made), headers=PDF)
    assert (refused.status_code, refused.json()["code"]) == (422, "character-unprintable")
    assert "𠀀 (U+20000)" in refused.json()["detail"]
