"""Whoever received a file learns of it what she would of the text inside; no file does harm."""

import io
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from api.v1.verify_uploads import WAITING_MAX, waiting
from certificates.baked_png import bake_png
from certificates.baked_svg import bake_svg
from certificates.qr import png, svg
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.hostile_files import HOSTILE, as_format, pdf, with_attachments
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]
SECONDS_MAX = 30
"""A process has 15 s; making and sending the file are within the rest."""


@pytest.fixture
def credential(client: TestClient, citizen: Citizen, post_result: Post) -> dict[str, str]:
    """A credential of the citizen: its link, document and token."""
    body = {"outcome": post_result(citizen)["id"]}
    made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
    path = made["url"].removeprefix("http://bank.test")
    jwt = client.get(path, headers={"Accept": "application/jwt"}).text
    return {"url": made["url"], "document": client.get(path).text, "jwt": jwt}


def upload(client: TestClient, content: bytes, media_type: str = "application/pdf") -> Any:
    """Hand a file in; what it is, its bytes say."""
    headers = {"Content-Type": media_type}
    answer = client.post("/api/v1/verify-uploads", content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(report: Any) -> str | None:
    """Give what is told of the form."""
    return next(one["problem"] for one in report["checks"] if one["name"] == "format")


def test_each_kind_of_file_leads_to_what_it_holds(
    client: TestClient, credential: dict[str, str]
) -> None:
    """A code, a badge, an attached or a bare credential: all are the same credential."""
    url, document, jwt = credential["url"], credential["document"], credential["jwt"]
    files = {
        "png": png(url),
        "jpeg": as_format(png(url), "JPEG"),
        "pdf": as_format(png(url), "PDF"),
        "baked png": bake_png(png("something else"), document),
        "baked png with a token": bake_png(png("something else"), jwt),
        "baked svg": bake_svg(svg("something else"), document).encode(),
        "baked svg with a token": bake_svg(svg("x"), jwt).encode(),
        "attached": with_attachments(b"a note", document.encode()),
        "document": document.encode(),
        "token": jwt.encode(),
    }
    for name, content in files.items():
        report = upload(client, content)
        assert (report["verdict"], problem(report)) == ("valid", None), name
        assert report["credential"]["id"] == url
        assert report["found"] in {url, document, jwt}


def test_a_changed_badge_is_altered(client: TestClient, credential: dict[str, str]) -> None:
    """The picture vouches for nothing."""
    changed = credential["document"].replace('"creditsEarned":30', '"creditsEarned":31')
    assert changed != credential["document"]
    assert upload(client, bake_png(png("x"), changed))["verdict"] == "altered"


def test_a_pass_in_a_picture_is_found_and_may_be_asked_for_with_a_pin(
    client: TestClient, citizen: Citizen, post_result: Post
) -> None:
    """The answer gives the text, so that nobody types 26 letters."""
    outcome = post_result(citizen)["id"]
    body = {"outcomes": [outcome], "expires_at": EXPIRES, "pin": "4826"}
    made = client.post("/api/v1/passes", json=body, headers=citizen.headers).json()
    image = client.get(f"/api/v1/passes/{made['id']}/qr.png", headers=citizen.headers).content
    report = upload(client, image, "image/png")
    assert report["verdict"] == "unconfirmed"
    again = client.post("/api/v1/verify", json={"document": report["found"], "pin": "4826"})
    assert again.json()["verdict"] == "valid"


def _side_by_side(*texts: str) -> bytes:
    codes = [Image.open(io.BytesIO(png(text))).convert("L") for text in texts]
    paper = Image.new("L", (sum(one.width for one in codes), codes[0].height), 255)
    at = 0
    for one in codes:
        paper.paste(one, (at, 0))
        at += one.width
    stream = io.BytesIO()
    paper.save(stream, "PNG")
    return stream.getvalue()


def test_several_different_codes_are_not_chosen_from(
    client: TestClient, credential: dict[str, str]
) -> None:
    """A person sees one and a program another; the same twice is one."""
    url, document = credential["url"], credential["document"]
    other = url[:-1] + ("A" if url[-1] != "A" else "B")
    twice = bake_png(bake_png(png("x"), document), credential["jwt"])
    both = with_attachments(document.encode(), credential["jwt"].encode())
    for content in (_side_by_side(url, other), twice, both):
        report = upload(client, content)
        assert (report["verdict"], problem(report), report["found"]) == (
            "unknown", "several-codes", None,
        )  # fmt: skip
    assert upload(client, _side_by_side(url, url))["verdict"] == "valid"


def test_a_file_without_a_code_says_so(client: TestClient) -> None:
    """Nothing was found is not the same as something that is wrong."""
    blank = Image.new("L", (300, 300), 255)
    stream = io.BytesIO()
    blank.save(stream, "PNG")
    empty = pdf(lambda document: document.add_blank_page())
    plain = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    for content in (stream.getvalue(), empty, plain):
        report = upload(client, content)
        assert (report["verdict"], problem(report)) == ("unknown", "no-code-found")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_a_report(client: TestClient, name: str) -> None:
    """In bounded time, within the memory of a process that is given up when it asks for more."""
    make, problems = HOSTILE[name]
    content = make()
    before = time.monotonic()
    report = upload(client, content)
    assert time.monotonic() - before < SECONDS_MAX
    assert report["verdict"] == "unknown"
    assert problem(report) in problems


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\0" * 1_000, b"GIF89a", b"PK\x03\x04"])
def test_what_is_no_file_of_these_is_unreadable(client: TestClient, content: bytes) -> None:
    """Whatever its sender calls it."""
    assert problem(upload(client, content, "image/png")) == "unreadable"


def test_a_body_over_ten_mebibytes_is_refused(client: TestClient) -> None:
    """Before it is read on."""
    answer = client.post(
        "/api/v1/verify-uploads",
        content=bytes((10 << 20) + 1),
        headers={"Content-Type": "image/png"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_another_kind_of_content_is_refused(client: TestClient) -> None:
    """With the list of what is taken."""
    headers = {"Content-Type": "application/zip"}
    answer = client.post("/api/v1/verify-uploads", content=b"x", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type-unsupported")


def test_who_comes_when_enough_files_wait_is_told_when_to_come_again(client: TestClient) -> None:
    """So that those who hand in files cannot stop the others from being served."""
    with ExitStack() as held:
        for _ in range(WAITING_MAX):
            held.enter_context(waiting)
        headers = {"Content-Type": "image/png"}
        answer = client.post("/api/v1/verify-uploads", content=png("x"), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert problem(upload(client, png("x"), "image/png")) == "unreadable"
