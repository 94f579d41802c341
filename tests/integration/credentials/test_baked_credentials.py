"""A credential is carried in a picture, where the operator offers it."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from api.app import create_app
from creditbank.bank import Bank, open_bank
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]
KINDS = ("image/png", "image/svg+xml")


@pytest.fixture
def path(client: TestClient, citizen: Citizen, post_result: Post) -> str:
    """Where a credential is fetched."""
    body = {"outcome": post_result(citizen)["id"]}
    made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
    return str(made["url"]).removeprefix("http://bank.test")


@pytest.fixture
def baking(bank: Bank, path: str) -> Iterator[TestClient]:
    """The same bank, which has a credential, after its operator switched it on."""
    settings = bank.settings.model_copy(update={"baked_credentials": True})
    assert path
    with closing(open_bank(settings)) as later, TestClient(create_app(later)) as then:
        yield then


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_holds_the_credential_and_verifies(
    baking: TestClient, path: str, kind: str
) -> None:
    """Fetched, saved, handed in: the same document, and valid."""
    answer = baking.get(path, headers={"Accept": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    headers = {"Content-Type": kind}
    report = baking.post("/api/v1/verify-uploads", content=answer.content, headers=headers).json()
    assert report["verdict"] == "valid"
    assert report["found"] == baking.get(path).text


def test_other_programs_see_a_picture_with_the_element_of_the_standard(
    baking: TestClient, path: str
) -> None:
    """Pillow reads the text chunk, and an XML parser the element as the first child."""
    content = baking.get(path, headers={"Accept": "image/png"}).content
    picture = Image.open(io.BytesIO(content))
    picture.load()
    document = baking.get(path).text
    assert picture.text == {"openbadgecredential": document}  # type: ignore[attr-defined]
    drawing = ET.fromstring(  # noqa: S314 - our own output
        baking.get(path, headers={"Accept": "image/svg+xml"}).text
    )
    assert drawing[0].tag == "{https://purl.imsglobal.org/ob/v3p0}credential"
    assert (drawing[0].text, drawing[0].attrib) == (document, {})


@pytest.mark.parametrize("kind", KINDS)
def test_a_bank_that_does_not_offer_it_says_so(client: TestClient, path: str, kind: str) -> None:
    """And a browser that would also take anything else gets the document."""
    answer = client.get(path, headers={"Accept": kind})
    assert (answer.status_code, answer.json()["code"]) == (404, "door-closed")
    browser = client.get(path, headers={"Accept": f"text/html,{kind},*/*;q=0.8"})
    assert browser.headers["content-type"] == "application/vc"
