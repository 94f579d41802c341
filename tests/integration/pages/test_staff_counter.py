"""The counter: whom one serves is found by number or document, and bad input loses nothing."""

import re
from collections.abc import Callable
from datetime import timedelta

from creditbank.bank import Bank
from creditbank.matters.queries import matters_of_accounts
from tests.fixtures.clocks import real_today
from tests.fixtures.evidence import a_pdf
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen
from tests.fixtures.staff_life import CHECKER, SCHOOL_CLERK, UNVISITED, StaffLife

At = Callable[[str], Visitor]
COUNTER = "/desk/counter"
SEEN = {
    "type": "passport",
    "country": "CHN",
    "number": "E00000001",
    "name": "示例来访者",
    "checked": "original_seen",
}


def test_nobody_is_found_whom_one_does_not_serve(
    at_desk: At, life: StaffLife, make_citizen: Callable[[], Citizen]
) -> None:
    """Another's account is answered like one that does not exist."""
    clerk, elsewhere = at_desk(SCHOOL_CLERK), make_citizen()
    unknown = clerk.post(COUNTER, by="number", account_number="1111 2222 3333 4444")
    another = clerk.post(COUNTER, by="number", account_number=elsewhere.account_number)
    assert unknown.status_code == another.status_code == 422
    assert "Nobody whom you serve" in unknown.text
    assert "Nobody whom you serve" in another.text
    assert clerk.get(f"{COUNTER}/accounts/{elsewhere.id}").status_code == 404
    assert clerk.post(COUNTER, by="number", account_number="").status_code == 422
    wrong = clerk.post(COUNTER, by="document", type="identity_card", number="123")
    assert (wrong.status_code, 'value="123"' in wrong.text) == (422, True)

    own = clerk.post(COUNTER, by="number", account_number=life.key.number)
    assert own.headers["location"] == f"{COUNTER}/accounts/{life.key.account_id}"


def test_from_an_account_without_a_phone_over_a_document_to_what_is_hers(
    at_desk: At, life: StaffLife
) -> None:
    """Nothing is shown before she agrees; the password is typed twice; then she is found by it."""
    clerk, visitor = at_desk(SCHOOL_CLERK), f"{COUNTER}/accounts/{life.ids['visitor']}"
    assert clerk.post(f"{COUNTER}/open", name="来访者", birth_year="19x0").status_code == 422
    opened = clerk.post(f"{COUNTER}/open", name="新来访者", birth_year="1950", learner_number="G-1")
    assert (opened.status_code, "Claim code" in opened.text) == (200, True)

    assert "示例来访者" not in clerk.get(visitor).text
    assert clerk.get(f"{visitor}/card").status_code == 403
    assert clerk.post(f"{visitor}/visit").status_code == 303
    assert "示例来访者" in clerk.get(visitor).text
    assert "8" in clerk.get(f"{visitor}/card").text

    twice = {"password": "晒太阳 养花 写字", "password_again": "another one"}
    wrong = clerk.post(f"{visitor}/document", **SEEN, **twice)
    assert (wrong.status_code, "is not the same as above" in wrong.text) == (422, True)
    assert 'value="E00000001"' in wrong.text
    assert "晒太阳" not in wrong.text, "a password is never shown again"
    right = {**twice, "password_again": twice["password"]}
    assert clerk.post(f"{visitor}/document", **SEEN, **right).status_code == 303
    assert "document seen" in clerk.get(visitor).text
    found = clerk.post(COUNTER, by="document", type="passport", country="CHN", number="E00000001")
    assert found.headers["location"] == visitor


def test_a_scan_then_a_deposit_with_the_day_of_receipt(
    at_desk: At, school_bank: Bank, life: StaffLife
) -> None:
    """No day in the future, no file of another kind, and every missing field is named."""
    clerk, person = at_desk(SCHOOL_CLERK), f"{COUNTER}/accounts/{life.key.account_id}"
    nothing = f"{COUNTER}/accounts/{life.ids['visitor']}/deposit"
    assert "Take it first" in clerk.get(nothing).text
    for file in (b"", b"GIF89a"):
        asked = {"files": {"scan": ("a.gif", file)}, "data": {"kind": "certificate"}}
        refused = clerk.request("POST", f"{person}/evidence", **asked)
        assert (refused.status_code, 'href="#scan"' in refused.text) == (422, True)
    asked = {"files": {"scan": ("a.pdf", a_pdf())}, "data": {"kind": "certificate"}}
    assert clerk.request("POST", f"{person}/evidence", **asked).status_code == 303

    form = clerk.get(f"{person}/deposit").text
    piece = form.partition('name="evidence" value="')[2].partition('"')[0]
    stated = {"title": "摄影班", "awarding_body": "社区学校", "awarded_on": "2023"}
    future = clerk.post(f"{person}/deposit", **stated, evidence=piece, received_on="2999-01-01")
    assert (future.status_code, "lies in the future" in future.text) == (422, True)
    assert 'value="摄影班"' in future.text
    today = real_today()
    long_ago = (today - timedelta(days=367)).isoformat()
    early = clerk.post(f"{person}/deposit", **stated, evidence=piece, received_on=long_ago)
    assert (early.status_code, "is too early" in early.text) == (422, True)
    received = (today - timedelta(days=360)).isoformat()
    empty = clerk.post(f"{person}/deposit", received_on=received)
    assert all(f'href="#{name}"' in empty.text for name in ("title", "awarded_on"))
    kept = clerk.post(f"{person}/deposit", **stated, evidence=piece, received_on=received)
    assert kept.status_code == 303
    assert "摄影班" in clerk.get(person).text
    with school_bank.readers.reading() as connection:
        newest = matters_of_accounts(connection, [life.key.account_id])[0]
    assert (newest.kind, newest.received_on) == ("deposit", received)


def test_a_record_is_signed_as_she_asks_and_printed(at_desk: At, life: StaffLife) -> None:
    """Not before she lets one look; what was chosen is kept; asked for twice it is signed once."""
    clerk = at_desk(SCHOOL_CLERK)
    record = f"{COUNTER}/accounts/{life.key.account_id}/signed-record"
    clerk.post(f"{COUNTER}/accounts/{life.key.account_id}/visit")
    outcome = life.ids["staff_outcome"]
    nothing = clerk.post(f"{record}/new")
    assert (nothing.status_code, nothing.text.count('class="error"')) == (422, 2)
    unasked = clerk.post(f"{record}/new", outcomes=outcome)
    assert (unasked.status_code, 'href="#agreed"' in unasked.text) == (422, True)
    assert f'value="{outcome}" checked' in unasked.text
    for _ in range(2):
        signed = clerk.post(f"{record}/new", outcomes=outcome, agreed="yes")
        assert signed.headers["location"] == record
    shown = clerk.get(record).text
    [printed] = re.findall(rf'href="({record}/[^"]+/print)"', shown)
    paper = clerk.get(printed)
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    another = at_desk(UNVISITED)
    assert another.get(printed).status_code == 403


def test_a_conversion_is_filed_and_two_of_the_staff_recover(at_desk: At, life: StaffLife) -> None:
    """Who started a recovery does not confirm it; the code is on the page of the other one."""
    clerk, checker = at_desk(SCHOOL_CLERK), at_desk(CHECKER)
    person = f"{COUNTER}/accounts/{life.key.account_id}"
    filing, outcome = f"{person}/filing/electricians-certificate", life.ids["staff_outcome"]
    nothing = clerk.post(filing, received_on="tomorrow")
    assert (nothing.status_code, 'href="#outcomes"' in nothing.text) == (422, True)
    day = clerk.post(filing, received_on="tomorrow", outcomes=outcome, targets="DQ-2")
    assert (day.status_code, 'value="tomorrow"' in day.text) == (422, True)
    filed = clerk.post(filing, received_on="2026-11-02", outcomes=outcome, targets="DQ-2")
    assert "/slips/" in filed.headers["location"]
    assert "2 November 2026" in clerk.get(filed.headers["location"]).text

    assert "a colleague logs in" in clerk.get(f"{person}/recovery").text
    page = checker.get(f"{person}/recovery").text
    confirmation = page.partition(f'action="{person}/recovery/')[2].partition('"')[0]
    assert clerk.post(f"{person}/recovery/{confirmation}").status_code == 422
    code = checker.post(f"{person}/recovery/{confirmation}")
    assert (code.status_code, "Recovery code" in code.text) == (200, True)
    assert clerk.post(f"{person}/recovery", document="").status_code == 422
    assert "Call a colleague" in clerk.post(f"{person}/recovery", document="护照").text


def test_an_objection_is_taken_down_for_somebody_at_the_counter(
    at_desk: At, life: StaffLife
) -> None:
    """One at a time: it waits for its answer; what is not published has no such page."""
    clerk, path = at_desk(SCHOOL_CLERK), f"/desk/publications/{life.ids['published']}"
    assert path in clerk.get("/desk/publications").text
    assert clerk.get(f"/desk/publications/{life.ids['filing_refused']}").status_code == 404
    assert clerk.post(path, text="").status_code == 422
    assert clerk.post(path, text="证书存疑").headers["location"] == "/desk/publications"
    assert "An objection waits" in clerk.get(path).text
    again = clerk.post(path, text="再次")
    assert (again.status_code, "waiting already" in again.text) == (422, True)
    checker, filing = at_desk(CHECKER), f"/desk/filings/{life.ids['published']}"
    assert "Dismiss the objection" in checker.get(filing).text
    answer = {"decision": "objection_dismissed", "text": "已核实"}
    assert "Check your answers" in checker.post(f"{filing}/decision", **answer).text
    assert checker.post(f"{filing}/decision", **answer, confirmed="yes").status_code == 303
