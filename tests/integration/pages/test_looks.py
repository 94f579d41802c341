"""A holder is told of a look once, however often its answer is shown again."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from creditbank.passes.looks import AGAIN_SECONDS, is_marked, look_mark, mark_of_noted
from creditbank.passes.verify import RecordView
from creditbank.verification.report import Verdict
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""What is noted does not depend on the engine."""

Post = Callable[..., dict[str, Any]]
UNTIL = "2027-01-01T00:00:00+08:00"
FIELD = re.compile(r'<input type="hidden" name="(look|codes)" value="([^"]*)"')


@pytest.fixture
def made(client: TestClient, citizen: Citizen, post_result: Post) -> dict[str, Any]:
    """A pass of the citizen."""
    body = {"outcomes": [post_result(citizen)["id"]], "expires_at": UNTIL}
    shown: dict[str, Any] = client.post("/api/v1/passes", json=body, headers=citizen.headers).json()
    return shown


@pytest.fixture
def looks(
    bank: Bank, client: TestClient, citizen: Citizen, made: dict[str, Any]
) -> Callable[[], int]:
    """How many looks its holder was told of."""
    counted: list[RecordView] = []

    def count() -> int:
        counted.append(RecordView(pass_id=made["id"], verdict=Verdict.VALID))
        bank.writer.write(counted[-1])  # The last in line: what was noted before is written.
        answer = client.get(f"/api/v1/passes/{made['id']}", headers=citizen.headers)
        return int(answer.json()["views"]) - len(counted)

    return count


def handed(answer: Any) -> dict[str, str]:
    """Give what an answer hands along."""
    return {name: unescape(value) for name, value in FIELD.findall(answer.text)}


def test_answer_name_language_and_receipt_are_one_look(
    visitor: Visitor, made: dict[str, Any], looks: Callable[[], int]
) -> None:
    """Whoever was answered looks once, and then at the same answer."""
    address = f"/verify/{made['token']}"
    look = handed(visitor.get(address))["look"]
    assert looks() == 1
    again = visitor.post(address, look=look, name="示例学习者", language="zh")
    assert "姓名" in again.text
    receipt = visitor.post("/verify/receipt", code=made["token"], look=handed(again)["look"])
    assert receipt.status_code == 200
    assert looks() == 1


def test_a_mark_of_another_pass_an_old_one_and_none_are_looks_of_their_own(
    visitor: Visitor, made: dict[str, Any], looks: Callable[[], int]
) -> None:
    """Nobody looks without its holder being told."""
    look = handed(visitor.get(f"/verify/{made['token']}"))["look"]
    at, _, tag = look.partition(".")
    for wrong in ("", "x", f"{int(at) + 1}.{tag}", f"{at}.{tag[:-1]}", f"{at}.é", "²."):
        visitor.post("/verify/receipt", code=made["token"], look=wrong)
    assert looks() == 7


def test_a_mark_holds_for_an_hour_and_for_its_own_text(bank: Bank) -> None:
    """Later it is another look."""
    secrets, now = bank.keystore.secrets, bank.clock()
    mark = look_mark(secrets, "ABCD", now)
    for seconds, holds in ((0, True), (AGAIN_SECONDS, True), (AGAIN_SECONDS + 1, False)):
        assert is_marked(secrets, mark, "ABCD", now + timedelta(seconds=seconds)) is holds
    assert not is_marked(secrets, mark, "ABCE", now)
    assert mark_of_noted(secrets, mark, "ABCD", now + timedelta(seconds=AGAIN_SECONDS)) == mark
    later = now + timedelta(seconds=AGAIN_SECONDS + 1)
    assert mark_of_noted(secrets, mark, "ABCD", later) == look_mark(secrets, "ABCD", later)
    assert not is_marked(secrets, mark, "ABCD", now - timedelta(seconds=2))


def test_a_withheld_answer_hands_no_mark_along(
    client: TestClient, visitor: Visitor, citizen: Citizen, post_result: Post
) -> None:
    """Else the right PIN afterwards would be a look of which nobody is told."""
    body = {
        "outcomes": [post_result(citizen, term="2015J")["id"]],
        "expires_at": UNTIL,
        "pin": "4826",
    }
    token = client.post("/api/v1/passes", json=body, headers=citizen.headers).json()["token"]
    withheld = visitor.post(f"/verify/{token}", pin="1111")
    assert handed(withheld)["look"] == ""
    assert handed(visitor.post(f"/verify/{token}", pin="4826"))["look"] != ""


def test_a_table_is_shown_in_the_other_language_with_the_same_lines(
    visitor: Visitor, made: dict[str, Any], looks: Callable[[], int]
) -> None:
    """What was pasted or came in a file has no address, so a link would lose it."""
    answer = visitor.post("/verify/many", codes=f'code\n\n{made["token"]}\n,\n"a,b"')
    assert "1 of 2 are valid" in answer.text
    other = visitor.post("/verify/many", language="zh", **handed(answer))
    numbers = re.findall(r'data-label="[^"]+">(\d+)</td>', answer.text)
    assert numbers == re.findall(r'data-label="[^"]+">(\d+)</td>', other.text) == ["3", "5"]
    assert "2 个中 1 个有效" in other.text
    assert visitor.cookies["creditbank-language"] == "zh"
    assert looks() == 1
