"""Files of results at the pages: chosen, checked, mended, countersigned, sent back, withdrawn."""

import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import pytest

from api.web.cookies import FILE_KEY
from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.outcomes.batches.drafts import draft_key
from creditbank.outcomes.batches.find import find_batches
from creditbank.outcomes.batches.kept_rehearsal import PROGRESS, find_rehearsal
from creditbank.outcomes.batches.practice import SetPractice
from tests.fixtures.bank import Provider
from tests.fixtures.pages import Visitor
from tests.fixtures.provider_pages import BAD_COURSE, BAD_DAY, HELD, OTHER, RIGHT, lines

NEW = "/desk/batches/new"


@dataclass(frozen=True)
class Office:
    """The people of a provider at their browsers."""

    clerk: Visitor
    second: Visitor
    bank: Bank
    institution: str

    def check(self, content: bytes, name: str = "results.csv", **fields: str) -> str:
        """Choose a file; gives the address of its check."""
        answer = self.send(content, name, **fields)
        assert answer.status_code == 303
        return str(answer.headers["location"])

    def send(self, content: bytes, name: str = "results.csv", **fields: str) -> Any:
        """Send a file as a browser does, with the fields of a mapping that was not chosen."""
        parts = [(f'name="{field}"', text.encode()) for field, text in fields.items()]
        parts += [(f'name="file"; filename="{name}"', content)]
        parts += [(f'name="{field}"; filename=""', b"") for field in ("mapping", "tables")]
        body = b"".join(
            f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + part + b"\r\n"
            for head, part in parts
        )
        headers = {"Content-Type": "multipart/form-data; boundary=edge"}
        whole = body + b"--edge--\r\n"
        return self.clerk.request("POST", NEW, content=whole, headers=headers)

    def hand_in(self, content: bytes, **fields: str) -> str:
        """Check a file and hand it in; gives the batch's address."""
        answer = self.clerk.post(self.check(content) + "/record", **{"way": "good", **fields})
        assert answer.status_code == 303
        return str(answer.headers["location"])

    def settled(self, address: str) -> str:
        """Wait until nothing more becomes of a batch; gives its page."""
        for _ in range(200):
            with self.bank.readers.reading() as connection:
                state = find_batches(connection, [address.rpartition("/")[2]]).popitem()[1].state
            if state not in {"recording", "withdrawing"}:
                return str(self.clerk.get(address).text)
            time.sleep(0.05)
        pytest.fail("the batch is not settled")


@pytest.fixture
def office(
    bank: Bank,
    provider: Provider,
    make_staff: Callable[..., dict[str, str]],
    signed_in: Callable[[dict[str, str]], Visitor],
) -> Office:
    """A clerk and a second person of a provider."""
    clerk = signed_in(make_staff(provider.institution, Role.CLERK))
    second = signed_in(make_staff(provider.institution, Role.CHECKER))
    return Office(clerk, second, bank, provider.institution)


def ask_two_persons(office: Office) -> None:
    """Have files countersigned."""
    office.bank.writer.write(
        SetPractice(institution_id=office.institution, two_persons=True, by="login-head")
    )


def counts(page: str) -> dict[str, int]:
    """What a page says becomes of the rows."""
    found = re.findall(r'<th scope="row">[+= ]*([A-Z][\w ]+)</th><td class="number">(\d+)', page)
    return {name: int(number) for name, number in found}


def test_a_file_is_checked_first_and_its_wrong_rows_are_told_in_place(office: Office) -> None:
    """Row, column, value and remedy; nothing is recorded meanwhile."""
    address = office.check(lines(RIGHT, BAD_COURSE, BAD_DAY))
    page = office.clerk.get(address).text

    expected = {"Accepted": 1, "Duplicate": 0, "Not counted": 0, "Wrong": 2, "Rows of the file": 3}
    assert counts(page) == expected
    assert ("课程代码" in page, "<code>ZZZ</code>" in page, "<code>2024-06-31</code>" in page) == (
        True,
        True,
        True,
    )
    alone = office.clerk.get(f"{address}?kind=awarded_on~date-impossible&page=9").text
    assert ("<code>2024-06-31</code>" in alone) != ("<code>ZZZ</code>" in alone)
    with office.bank.readers.reading() as connection:
        assert find_batches(connection, [address.rpartition("/")[2]]) == {}


def test_the_file_of_wrong_rows_comes_back_mended_and_closes_them(office: Office) -> None:
    """It names its batch and rows itself; the family says what is still open."""
    address = office.hand_in(lines(RIGHT, BAD_COURSE))
    office.settled(address)
    report = office.clerk.get(f"{address}/rejected.csv")
    assert report.headers["content-disposition"].startswith("attachment")
    mended = report.text.replace("ZZZ", "BBB").encode()

    again = office.settled(office.hand_in(mended))
    assert counts(again)["Accepted"] == 1
    assert "The first file had 2 rows; 2 are settled, 0 are still open." in again
    assert "receipt" in office.clerk.get(f"{address}/receipts.ndjson").text
    assert office.clerk.get(address.replace("batches/", "batches/checked/")).status_code == 303


def test_all_or_nothing_records_nothing_of_a_file_with_a_wrong_row(office: Office) -> None:
    """And says why."""
    page = office.settled(office.hand_in(lines(RIGHT, BAD_DAY), way="all"))
    assert "Nothing recorded" in page
    assert "1 rows are wrong" in page


def test_a_second_person_sees_the_check_and_countersigns(office: Office) -> None:
    """The one who handed the file in is not asked, and cannot do it by a form of her own."""
    ask_two_persons(office)
    address = office.hand_in(lines(RIGHT, OTHER, BAD_DAY))

    assert "you handed it in yourself" in office.clerk.get(address).text
    assert office.clerk.post(f"{address}/countersignature").status_code == 403
    waiting = "/desk/batches?waiting=yes"
    assert address in office.second.get(waiting).text
    desk = re.sub(r"\s+", " ", office.second.get("/desk").text)
    assert f'<span class="number">1</span> <span class="name"><a href="{waiting}">' in desk
    assert f'href="{address}"' in desk
    page = office.second.get(address).text
    assert counts(page)["Accepted"] == 2
    assert office.second.post(f"{address}/countersignature").status_code == 303
    assert counts(office.settled(address))["Accepted"] == 2
    again = office.second.post(f"{address}/countersignature")
    assert (again.status_code, again.headers["location"]) == (303, address)
    assert "No file waits for a second person." in office.second.get(waiting).text
    assert re.search(r"<dt>Countersigned</dt><dd>[^<]+ · staff-", office.clerk.get(address).text)
    slip = office.clerk.get(f"{address}/slip").text
    assert re.search(r"<dd>[0-9a-f]{64}</dd>", slip)


def test_a_file_is_sent_back_with_a_reason_alone(office: Office) -> None:
    """Without one the form comes back; what is sent back is closed."""
    ask_two_persons(office)
    address = office.hand_in(lines(RIGHT))
    refused = office.second.post(f"{address}/discard", reason=" ")
    assert (refused.status_code, 'href="#reason"' in refused.text) == (422, True)
    assert office.second.post(f"{address}/discard", reason="错班").status_code == 303
    page = office.clerk.get(address).text
    assert ("Sent back by the second person" in page, "错班" in page) == (True, True)


def test_a_waiting_file_that_came_from_a_program_is_checked_on_demand(
    office: Office, provider: Provider
) -> None:
    """So that nobody countersigns what she has not seen."""
    ask_two_persons(office)
    headers = {**provider.headers, "Content-Type": "text/csv"}
    url = "/api/v1/outcome-batches"
    sent = office.clerk.client.post(url, content=lines(RIGHT, BAD_DAY), headers=headers).json()
    address = f"/desk/batches/{sent['id']}"

    assert "came without a check" in office.second.get(address).text
    office.second.post(f"{address}/check")
    assert counts(office.second.get(address).text)["Wrong"] == 1


def test_a_withdrawal_says_first_whom_it_concerns_and_wants_a_reason(office: Office) -> None:
    """What was chosen is kept; afterwards nothing of the file stands."""
    address = office.hand_in(lines(RIGHT, HELD))
    office.settled(address)
    asked = office.clerk.get(f"{address}/withdrawal").text
    assert "Take one result back" in asked
    refused = office.clerk.post(f"{address}/withdrawal", status="revoked", reason="")
    assert (refused.status_code, 'href="#reason"' in refused.text) == (422, True)
    assert re.search(r'value="revoked" checked', refused.text)

    assert office.clerk.post(f"{address}/withdrawal", status="void", reason="错").status_code == 303
    assert "Withdrawn" in office.settled(address)


def test_a_file_that_cannot_be_read_is_told_at_its_field(office: Office) -> None:
    """No file, an old spreadsheet, an unknown column; the other choice of the form is kept."""
    for name, content, said in (
        ("", b"", "required"),
        ("results.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 4096, "XLSX"),
        ("results.csv", "学号,哪一门\n1,2\n".encode(), "哪一门"),
    ):
        answer = office.send(content, name, learners="refuse")
        assert answer.status_code >= 400
        assert ('href="#file"' in answer.text, said in answer.text) == (True, True), name
        assert re.search(r'value="refuse" checked', answer.text)


def test_a_checked_file_is_its_senders_alone_and_can_be_removed(office: Office) -> None:
    """Without the key that her browser keeps nobody reads it, the bank included."""
    address = office.check(lines(RIGHT))
    kept = dict(office.clerk.cookies)
    office.second.cookies |= {name: text for name, text in kept.items() if "file" in name}
    assert office.second.get(address).status_code == 403
    del office.clerk.cookies[next(name for name in kept if "file" in name)]
    assert office.clerk.get(address).status_code == 404
    office.clerk.cookies = kept

    assert office.clerk.post(f"{address}/removal").headers["location"] == NEW
    assert office.clerk.get(address).status_code == 404


def test_a_check_that_is_not_over_says_how_far_it_is_or_that_it_was_interrupted(
    office: Office,
) -> None:
    """It looks again by itself, with and without a script, until nobody works at it any more."""
    address = office.check(lines(RIGHT, BAD_DAY))
    draft_id = address.rpartition("/")[2]
    key = draft_key(draft_id, office.clerk.cookies[f"{FILE_KEY}-{draft_id}"])
    uploads = office.bank.uploads
    kept = find_rehearsal(uploads, key)
    assert kept is not None
    uploads.put_note(key, PROGRESS, orjson.dumps({**asdict(kept), "whole": False}))

    with uploads.held(draft_id):
        page = office.clerk.get(address).text
        part = office.clerk.get(f"{address}/progress")
        assert ("2 of 2 rows" in page, '<meta http-equiv="refresh"' in page) == (True, True)
        assert ("2 of 2 rows" in part.text, "HX-Refresh" in part.headers) == (True, False)
    assert office.clerk.get(f"{address}/progress").headers["HX-Refresh"] == "true"
    assert "The check was interrupted" in office.clerk.get(address).text


def test_logging_out_leaves_no_key_of_a_checked_file_behind(office: Office) -> None:
    """Who comes next to the same desk finds nothing of hers."""
    office.check(lines(RIGHT))
    left = office.clerk.post("/logout").headers.get_list("set-cookie")
    assert any(one.startswith(FILE_KEY) and "Max-Age=0" in one for one in left)
