"""Whoever is shown something verifies it at the pages by every way in, without a browser here."""

import csv
import hashlib
import io
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from api.v1.verify_batches import DOCUMENTS_MAX
from certificates.baked_png import bake_png
from certificates.qr import png
from tests.fixtures.hostile_files import as_format
from tests.fixtures.issuers import Issuer
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen

Post = Callable[..., dict[str, Any]]
UNTIL = "2027-01-01T00:00:00+08:00"
SUMMARY = re.compile(r'class="error-summary".*?</div>', re.DOTALL)
TABLE = re.compile(r'href="data:text/csv;charset=utf-8,([^"]*)"')


@pytest.fixture
def token(client: TestClient, citizen: Citizen, post_result: Post) -> str:
    """A pass that does not show its holder's name, with a PIN."""
    body = {"outcomes": [post_result(citizen)["id"]], "expires_at": UNTIL, "pin": "4826"}
    made = client.post("/api/v1/passes", json=body, headers=citizen.headers).json()
    return str(made["token"])


@pytest.fixture
def credential(client: TestClient, citizen: Citizen, post_result: Post) -> str:
    """The text of a credential of the citizen."""
    body = {"outcome": post_result(citizen, term="2015J")["id"], "show_name": True}
    made = client.post("/api/v1/credentials", json=body, headers=citizen.headers).json()
    return client.get(made["url"].removeprefix("http://bank.test")).text


def upload(visitor: Visitor, content: bytes, path: str = "/verify/file", **fields: str) -> Any:
    """Send a file as a form does."""
    files = {"file": ("chosen", content, "application/octet-stream")}
    return visitor.request("POST", path, files=files, data=fields)


def line(answer: Any) -> str:
    """Give the first heading: the one line."""
    found = re.search(r"<h1>(.*?)</h1>", answer.text, re.DOTALL)
    assert found is not None, answer.text
    return unescape(found[1])


def test_a_name_is_compared_and_never_told_and_the_pin_is_not_asked_twice(
    visitor: Visitor, token: str
) -> None:
    """Match, no match, and after three wrong names none any more."""
    path = f"/verify/{token}"
    shown = visitor.post(path, pin="4826")
    assert line(shown) == "Valid"
    assert 'name="pin" value="4826"' in shown.text
    right = visitor.post(path, pin="4826", name="示例学习者")
    assert (line(right), "Match: this is the holder" in right.text) == ("Valid", True)
    for _ in range(3):
        wrong = visitor.post(path, pin="4826", name="别人")
        assert line(wrong) == "Cannot be confirmed"
        assert "No match" in wrong.text
        assert 'value="别人"' in wrong.text
        assert "示例学习者" not in wrong.text
    assert "Too many wrong names" in visitor.post(path, pin="4826", name="示例学习者").text


@pytest.mark.parametrize(("field", "value"), [("name", "名" * 500), ("pin", "123456789")])
def test_what_cannot_be_a_name_or_a_pin_is_told_at_its_field(
    visitor: Visitor, credential: str, field: str, value: str
) -> None:
    """And the answer to the rest stays."""
    answer = visitor.post("/verify", code=credential, **{field: value})
    assert line(answer) == "Valid"
    assert ("is-wrong" in answer.text) == (field == "name")


def test_a_credential_is_verified_as_text_as_file_and_in_a_picture(
    visitor: Visitor, credential: str
) -> None:
    """All are the same, and no more than the signed content is shown."""
    ways = (
        visitor.post("/verify", code=credential),
        visitor.post("/verify/file", text=credential),
        upload(visitor, credential.encode()),
        upload(visitor, bake_png(png("something else"), credential)),
    )
    for answer in ways:
        assert line(answer) == "Valid"
        assert "BBB 模块" in answer.text
        assert "示例学习者" in answer.text


def test_a_photo_and_a_pdf_of_a_code_lead_to_the_page_of_the_pass(
    visitor: Visitor, token: str
) -> None:
    """Which can be kept as a bookmark."""
    picture = png(f"http://bank.test/V/{token}")
    for content in (as_format(picture, "JPEG"), as_format(picture, "PDF")):
        answer = upload(visitor, content)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/verify/{token}")


@pytest.mark.parametrize(
    ("content", "field", "said"),
    [
        (b"", "file", "File is required"),
        (b"\xff\xfe\x00", "file", "it has not the form of a pass"),
        (b"no pass", "file", "it has not the form of a pass"),
        (as_format(png("x"), "JPEG")[:400], "file", "Not recognised"),
        (b"%PDF-1.7 nothing", "file", "Not recognised"),
    ],
)
def test_a_file_without_anything_is_told_at_the_field(
    visitor: Visitor, content: bytes, field: str, said: str
) -> None:
    """Bad input of any kind; what was typed beside it is kept."""
    answer = upload(visitor, content, text="" if not content else "typed beside it")
    summary = SUMMARY.search(answer.text)
    assert summary is not None
    assert f'href="#{field}"' in summary[0]
    assert said in summary[0]
    assert ("typed beside it" in answer.text) == bool(content)


def test_a_text_that_is_nothing_is_told_at_its_own_field(visitor: Visitor) -> None:
    """And kept."""
    answer = visitor.post("/verify/file", text="{ half a credential")
    assert 'href="#text"' in answer.text
    assert "{ half a credential</textarea>" in answer.text


def test_a_file_over_its_bound_is_refused_with_a_page(visitor: Visitor) -> None:
    """Ten megabytes, as at the door for programs."""
    answer = upload(visitor, b" " * (10 << 20))
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")


def test_a_badge_of_another_issuer_is_shown_whole_in_the_reader_s_language(
    asking: TestClient, issuer: Issuer
) -> None:
    """Its signature is good, its issuer is not known: both are said, and what was signed."""
    names = [{"@value": "电工", "@language": "zh"}, {"@value": "Electrician", "@language": "en"}]
    badge = issuer.badge(description=names)
    signed = json.dumps(issuer.sign(badge), ensure_ascii=False)
    for language, said in (("en", "Cannot be confirmed"), ("zh", "无法确认")):
        visitor = Visitor(asking)
        visitor.headers["Accept-Language"] = language
        answer = visitor.post("/verify", code=signed)
        assert line(answer) == said
        for words in (
            "Electrician",
            "示例大学",
            "did:web:issuer.example",
            "Passed the examination.",
        ):
            assert words in answer.text
        assert f"<dd>{'Electrician' if language == 'en' else '电工'}</dd>" in answer.text
        asked = visitor.post("/verify", code=signed, name="某人")
        assert ("no name was compared" in asked.text) == (language == "en")


def test_a_receipt_says_what_was_answered_and_is_signed(
    client: TestClient, visitor: Visitor, credential: str
) -> None:
    """On the page, in its signature, and in the file that can be taken along: the same."""
    answer = visitor.post("/verify/receipt", code=credential, name="示例学习者")
    assert line(answer) == "Verification receipt"
    digest = hashlib.sha256(credential.encode()).hexdigest()
    for words in ("Valid", digest, "it is the holder's", "BBB 模块", "Ledger proof"):
        assert words in answer.text
    (token,) = set(re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", answer.text))
    assert f'href="data:application/jwt,{token}"' in answer.text
    bank = client.get("/.well-known/did.json").json()["id"]
    assert f"<code>{bank}</code>" in answer.text


@pytest.mark.parametrize("code", ["", "nothing at all", "LP1:"])
def test_a_receipt_of_nothing_says_so(visitor: Visitor, code: str) -> None:
    """That nothing was recognised is an answer too."""
    answer = visitor.post("/verify/receipt", code=code)
    assert answer.status_code == 200
    assert "Not recognised" in answer.text


def table_of(answer: Any) -> list[list[str]]:
    """Give the table that can be saved."""
    found = TABLE.search(answer.text)
    assert found is not None, answer.text
    return list(csv.reader(io.StringIO(unquote(found[1]).removeprefix("\ufeff"))))


def test_many_codes_are_answered_in_their_order_and_no_cell_is_a_formula(
    visitor: Visitor, token: str, credential: str
) -> None:
    """Pasted; what a spreadsheet would run has an apostrophe before it, what is shown has not."""
    one_line = json.dumps(json.loads(credential), ensure_ascii=False).replace('"', '""')
    pasted = f'code\r\n{token}\r\n\r\n"{one_line}"\r\n=cmd|calc\r\n@SUM(1)'
    answer = visitor.post("/verify/many", codes=pasted)
    assert line(answer) == "1 of 4 are valid"
    header, *rows = table_of(answer)
    assert header[:3] == ["line", "code", "verdict"]
    assert [row[0] for row in rows] == ["2", "4", "5", "6"]
    assert [row[2] for row in rows] == [
        "A PIN is needed", "Valid", "Not recognised", "Not recognised",
    ]  # fmt: skip
    assert [row[1] for row in rows[2:]] == ["'=cmd|calc", "'@SUM(1)"]
    assert (rows[1][3], rows[1][4][:6]) == ("示例学习者", "BBB 模块")
    assert f'href="/verify/{token}"' in answer.text
    assert "<code>=cmd|calc</code>" in answer.text


def test_many_codes_may_come_as_a_file(visitor: Visitor, token: str) -> None:
    """Their first column, with the mark of a spreadsheet before it, whatever stands beside."""
    content = f"\ufeffcode,name\r\n{token},某人\r\n".encode()
    answer = upload(visitor, content, "/verify/many")
    assert [row[:1] for row in table_of(answer)[1:]] == [["2"]]
    gb = upload(visitor, f"{token},某人\r\n".encode("gb18030"), "/verify/many")
    assert [row[2] for row in table_of(gb)[1:]] == ["A PIN is needed"]


@pytest.mark.parametrize(
    ("codes", "content", "field", "kept"),
    [
        ("", b"", "codes", ""),
        ("\n" * 3, b"", "codes", ""),
        ("A\n" * (DOCUMENTS_MAX + 1), b"", "codes", "A\nA"),
        ("typed", b"A\n" * (DOCUMENTS_MAX + 1), "file", "typed"),
    ],
)
def test_none_or_too_many_codes_are_told_at_the_field(
    visitor: Visitor, codes: str, content: bytes, field: str, kept: str
) -> None:
    """What was typed is kept."""
    answer = upload(visitor, content, "/verify/many", codes=codes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert kept in answer.text


def test_an_answer_is_shown_in_the_other_language_without_asking_again(
    visitor: Visitor, credential: str
) -> None:
    """What was pasted has no address, so a link would lose it; the choice is kept."""
    answer = visitor.post("/verify", code=credential, name="示例学习者", language="zh")
    assert line(answer) == "有效"
    assert "一致：这是持有人的姓名" in answer.text
    assert line(visitor.post("/verify", code=credential)) == "有效"
    assert line(visitor.post("/verify/receipt", code=credential, language="en")) == (
        "Verification receipt"
    )
    assert visitor.get("/verify/receipt").headers["location"] == "/verify"


@pytest.mark.parametrize(
    "name", ["\ud800", "<script>alert(1)</script>", "名" * 3_000, "\x00", {"a": 1}]
)
def test_whatever_another_issuer_signed_is_answered_with_a_page(
    asking: TestClient, issuer: Issuer, name: Any
) -> None:
    """Who signs it may be anybody; nothing of it becomes part of the page."""
    badge = {**issuer.badge(), "name": name}
    badge["credentialSubject"] = {**badge["credentialSubject"], "licenseNumber": name}
    head, _, signature = issuer.token(issuer.badge()).split(".")
    body = urlsafe_b64encode(json.dumps(badge).encode()).rstrip(b"=").decode()
    visitor = Visitor(asking)
    for code in (f"{head}.{body}.{signature}", json.dumps(badge), issuer_token(issuer, badge)):
        for path in ("/verify", "/verify/receipt"):
            answer = visitor.post(path, code=code)
            is_unreadable = 'id="code-error"' in answer.text
            assert answer.status_code == (422 if is_unreadable else 200)
            assert "<script>alert" not in answer.text


def issuer_token(issuer: Issuer, badge: dict[str, Any]) -> str:
    """Give a token, or nothing where the issuer cannot sign that either."""
    try:
        return issuer.token(badge)
    except (ValueError, TypeError):
        return ""
