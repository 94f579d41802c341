"""A record that is wrong and a decision that is not right: at her pages, the desk, the counter."""

import re
from collections.abc import Callable
from datetime import date

import pytest

from api.v1.outcome_changes import CorrectionRequest, correction_command
from creditbank.access.actor import COMMAND_LINE, PROVIDER_SCOPES, Actor
from creditbank.bank import Bank
from creditbank.filings.chain import Act
from creditbank.matters.queries import matters_of_accounts
from tests.fixtures.clocks import real_today, yesterday
from tests.fixtures.evidence import a_pdf, a_picture
from tests.fixtures.filings import Persons
from tests.fixtures.objections import appeal, dispute, refused, returned
from tests.fixtures.pages import Visitor
from tests.fixtures.staff_life import CHECKER, RULE, SCHOOL_CLERK, StaffLife

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""What a form says does not depend on the engine; what is stored is tested on both elsewhere."""

At = Callable[[str], Visitor]


def made(life: StaffLife, term: str) -> str:
    """Let a rule recognise credit of hers alone; gives the conversion."""
    hours = life.recognition.hours("16", term, account_number=life.key.number)
    return life.recognition.recognise(life.key, "class-hours", [hours])


def test_she_appeals_against_what_a_rule_decided_alone(her: Visitor, life: StaffLife) -> None:
    """What she typed stays; then the decision says with whom her appeal lies, and until when."""
    decision = f"/me/conversions/{made(life, '2019春')}"
    assert f'href="{decision}/appeal"' in her.get(decision).text
    nothing = {"files": {"photo": ("a.jpg", a_picture())}, "data": {"text": " "}}
    empty = her.request("POST", f"{decision}/appeal", **nothing)
    assert (empty.status_code, 'href="#text"' in empty.text) == (422, True)
    assert "One file is kept already" in empty.text
    long = her.post(f"{decision}/appeal", text="长" * 2_001)
    assert (long.status_code, "长" * 2_001 in long.text) == (422, True)

    filed = her.post(f"{decision}/appeal", text="这些学时我另有用途。")
    matter = filed.headers["location"]
    assert "Another person than before decides" in her.get(matter).text
    shown = her.get(decision).text
    assert f'href="{matter}"' in shown
    assert "With:" in shown
    assert her.get(f"{decision}/appeal").headers["location"] == matter
    assert matter in her.get("/me/matters").text
    assert "An appeal against a decision on credit" in her.get("/me").text


def test_she_appeals_against_what_was_refused_and_sees_the_end(
    her: Visitor, at_desk: At, life: StaffLife
) -> None:
    """Who refused is shown no form and finds nothing that waits; then it is final."""
    first = refused(life.recognition, life.key, life.recognition.school, life.logins[CHECKER])
    path = f"/me/matters/{first}"
    empty = her.post(f"{path}/appeal", text="")
    assert (empty.status_code, 'href="#text"' in empty.text) == (422, True)
    filed = her.post(f"{path}/appeal", text="名册见附件")
    again = filed.headers["location"].rpartition("/")[2]
    assert f'href="/me/matters/{again}"' in her.get(path).text

    checker = at_desk(CHECKER)
    shown = checker.get(f"/desk/matters/{again}").text
    assert "Another person decides this appeal" in shown
    assert f'href="/desk/matters/{again}"' not in checker.get("/desk").text
    answer = {"decision": "refused", "text": "仍未查到", "code": "not-found-in-records"}
    same = checker.post(f"/desk/matters/{again}/decision", **answer, confirmed="yes")
    assert (same.status_code, "Another person must decide this appeal" in same.text) == (422, True)
    director = at_desk("director")
    done = director.post(f"/desk/matters/{again}/decision", **answer, confirmed="yes")
    assert done.status_code == 303
    assert "it was decided a second time" in her.get(f"/me/matters/{again}").text


def test_a_dispute_is_answered_by_the_correction_which_she_sees(
    her: Visitor, at_desk: At, life: StaffLife, school_bank: Bank
) -> None:
    """Before that the answer is refused and what was typed stays; a clerk sees what to correct."""
    school = life.recognition
    fields = {"certificate_number": "示例-0031", "term": "第 31 考次"}
    record = school.certificate(**fields)
    matter = dispute(school, life.key, record, "良好")
    checker, path = at_desk(CHECKER), f"/desk/matters/{matter}"
    assert "The record as it stands" in checker.get(path).text
    answer = {"decision": "corrected", "text": "已更正"}
    early = checker.post(f"{path}/decision", **answer, confirmed="yes")
    assert (early.status_code, "The record stands as it did" in early.text) == (422, True)
    assert "已更正</textarea>" in early.text
    wrong = checker.post(f"{path}/decision", **answer, outcome="x", confirmed="yes")
    assert (wrong.status_code, 'id="outcome-error"' in wrong.text) == (422, True)

    clerk = at_desk(SCHOOL_CLERK)
    assert (
        "Its learner says that this record is wrong" in clerk.get(f"/desk/outcomes/{record}").text
    )
    body = CorrectionRequest(
        course="DG-3",
        term=fields["term"],
        result="良好",
        awarded_on="2024-11-20",
        certificate={"series": "电工", "number": fields["certificate_number"], "level": "三级"},
        reason="录错",
    )
    by = Actor(id=COMMAND_LINE, scopes=PROVIDER_SCOPES, institution_id=school.school)
    right = school_bank.writer.write(correction_command(record, body, by, school_bank)).answer
    assert "Check your answers" in checker.post(f"{path}/decision", **answer).text
    assert checker.post(f"{path}/decision", **answer, confirmed="yes").status_code == 303
    shown = her.get(f"/me/matters/{matter}").text
    assert f'href="/me/outcomes/{right.change.outcome_id}"' in shown


def test_an_appeal_at_the_desk_shows_the_tests_and_reverses(
    her: Visitor, at_desk: At, life: StaffLife
) -> None:
    """Each test with its figures; what follows stands before the button."""
    conversion = made(life, "2019秋")
    matter = appeal(life.recognition, life.key, conversion)
    checker, path = at_desk(CHECKER), f"/desk/matters/{matter}"
    shown = checker.get(path).text
    assert "Each test with its figures" in shown
    assert f'href="/desk/conversions/{conversion}"' in shown
    assert f"<code>{conversion}</code>" in her.get(f"/me/conversions/{conversion}").text
    answer = {"decision": "upheld", "text": "规则适用有误"}
    checked = checker.post(f"{path}/decision", **answer)
    assert "what it used is free to be offered again" in checked.text
    assert checker.post(f"{path}/decision", **answer, confirmed="yes").status_code == 303
    assert "You were right" in her.get(f"/me/matters/{matter}").text
    assert "It counts no more" not in her.get(f"/me/conversions/{conversion}").text
    assert "You appealed" in her.get(f"/me/conversions/{conversion}").text


def test_a_dispute_at_the_counter_with_a_scan_and_a_slip(
    at_desk: At, school_bank: Bank, life: StaffLife, person: str
) -> None:
    """Everything that is wrong is told at once; the slip says with whom it lies, until when."""
    clerk = at_desk(SCHOOL_CLERK)
    record = life.recognition.certificate(certificate_number="示例-0041", term="第 41 考次")
    assert f'href="{person}/disputes/{record}"' in clerk.get(f"{person}/disputes").text
    path = f"{person}/disputes/{record}"
    wrong = clerk.post(path, text="证上是良好", received_on="soon")
    assert wrong.status_code == 422
    assert all(f'href="#{name}"' in wrong.text for name in ("field", "received_on"))
    assert "证上是良好</textarea>" in wrong.text
    assert 'value="soon"' in wrong.text
    said = {"field": "result", "should_be": "良好", "received_on": str(real_today())}
    photo = {"files": {"photo": ("a.gif", b"GIF89a")}, "data": said}
    assert 'id="photo-error"' in clerk.request("POST", path, **photo).text
    photo["files"] = {"photo": ("a.pdf", a_pdf())}
    filed = clerk.request("POST", path, **photo)
    assert f"{person}/matter-slips/" in filed.headers["location"]
    slip = clerk.get(filed.headers["location"]).text
    with school_bank.readers.reading() as connection:
        matter = matters_of_accounts(connection, [life.key.account_id])[0]
    days = [date.fromisoformat(one or "") for one in (matter.received_on, matter.due_on)]
    assert days[0] == real_today() < days[1]
    for said_there in ("Slip of a dispute", "良好", *(f"{one.day} {one:%B %Y}" for one in days)):
        assert said_there in slip
    twice = clerk.post(path, **said)
    assert (twice.status_code, "being looked at" in twice.text) == (422, True)
    elsewhere = f"/desk/counter/accounts/{life.ids['visitor']}/disputes/{record}"
    assert clerk.get(elsewhere).status_code in {403, 404}


def test_what_was_sent_back_is_answered_at_the_counter_with_a_scan_and_a_slip(
    at_desk: At, life: StaffLife, person: str, school_bank: Bank
) -> None:
    """Who decides sees the scan; its time goes on from the day of receipt; then there is a slip."""
    school = life.recognition
    matter = returned(school, life.key, school.school, life.logins[CHECKER])
    clerk, checker, path = at_desk(SCHOOL_CLERK), at_desk(CHECKER), f"{person}/answers/{matter}"
    assert f'href="{path}"' in clerk.get(person).text
    assert "请补交结业证书的照片" in clerk.get(path).text
    early = clerk.post(path, text="见扫描件", received_on=str(yesterday()))
    assert (early.status_code, 'href="#received_on"' in early.text) == (422, True)
    strange = clerk.post(path, text="见扫描件", received_on=str(real_today()), evidence="0" * 32)
    assert (strange.status_code, 'href="#evidence"' in strange.text) == (422, True)
    scan = {"photo": ("a.pdf", a_pdf("补" * 600_000), "application/pdf")}
    said = {"text": "见扫描件", "received_on": str(real_today())}
    answered = clerk.request("POST", path, data=said, files=scan)
    assert answered.headers["location"] == f"{person}/matter-slips/{matter}"
    slip = clerk.get(answered.headers["location"]).text
    assert ("见扫描件" in slip, "To be answered by" in slip) == (True, True)
    shown = re.findall(r'href="([^"]+/evidence/\w+)"', checker.get(f"/desk/matters/{matter}").text)
    assert [checker.get(one).content == scan["photo"][1] for one in shown] == [True]
    assert clerk.get(path).headers["location"] == answered.headers["location"]
    assert clerk.post(path, **said).status_code == 422
    with school_bank.readers.reading() as connection:
        [one] = [
            one
            for one in matters_of_accounts(connection, [life.key.account_id])
            if one.id == matter
        ]
    assert date.fromisoformat(one.due_on or "") > real_today()


def test_she_answers_with_a_photo_what_was_sent_back_to_her(her: Visitor, life: StaffLife) -> None:
    """It stands beside what she showed before."""
    school = life.recognition
    matter = returned(school, life.key, school.school, life.logins[CHECKER])
    photo = {"photo": ("a.jpg", a_picture(), "image/jpeg")}
    path = f"/me/matters/{matter}/answer"
    empty = her.request("POST", path, data={"text": " "}, files=photo)
    assert (empty.status_code, "One file is kept already" in empty.text) == (422, True)
    assert her.request("POST", path, data={"text": "见照片"}, files=photo).status_code == 303
    assert her.get(f"/me/matters/{matter}").text.count('href="/me/evidence/') == 1


def refused_filing(life: StaffLife) -> str:
    """A filing of her that a checker refused, which no other test looks at."""
    persons = Persons(life.recognition)
    outcome = life.recognition.certificate(certificate_number="示例-0018", term="第 18 考次")
    filing = persons.file(life.key, RULE, outcome, "DQ-1")
    persons.act(filing, life.key, life.logins[SCHOOL_CLERK])
    persons.act(filing, life.key, life.logins[CHECKER], Act.REFUSED, code="content-differs")
    return filing


def test_an_appeal_at_the_counter_against_a_matter_a_filing_and_a_conversion(
    at_desk: At, life: StaffLife, person: str
) -> None:
    """Handed in on a day; who took it down does not decide it."""
    clerk, checker = at_desk(SCHOOL_CLERK), at_desk(CHECKER)
    school = life.recognition
    matter = refused(school, life.key, school.school, life.logins["director"])
    conversion, filing = made(life, "2018春"), refused_filing(life)
    page = clerk.get(f"{person}/appeals").text
    for one in (matter, conversion, filing):
        assert f'href="{person}/appeals/{one}"' in page
    wrong = clerk.post(f"{person}/appeals/{matter}", received_on="2999-01-01")
    assert (wrong.status_code, 'href="#text"' in wrong.text) == (422, True)
    future = clerk.post(f"{person}/appeals/{matter}", text="请再查", received_on="2999-01-01")
    assert (future.status_code, "lies in the future" in future.text) == (422, True)
    assert "请再查</textarea>" in future.text

    for one in (matter, conversion, filing):
        early = clerk.post(f"{person}/appeals/{one}", text="请再查", received_on=str(yesterday()))
        assert (early.status_code, 'href="#received_on"' in early.text) == (422, True)
    piece = re.findall(r'name="evidence" value="(\w+)"', future.text)
    said = {"text": "请再查", "received_on": str(real_today())}
    scan = {"photo": ("a.pdf", a_pdf("大" * 1_000_000), "application/pdf")}
    for one in (conversion, filing):
        filed = clerk.request("POST", f"{person}/appeals/{one}", data=said, files=scan)
        assert filed.status_code == 303, filed.text
        assert "Slip of an appeal" in clerk.get(filed.headers["location"]).text
    appealed = filed.headers["location"].rpartition("/")[2]
    shown = re.findall(
        r'href="([^"]+/evidence/[^"]+)"', checker.get(f"/desk/filings/{appealed}").text
    )
    assert [checker.get(one).content == scan["photo"][1] for one in shown] == [True]
    unknown = checker.get(f"/desk/filings/{filing}/evidence/{shown[0].rpartition('/')[2]}")
    assert unknown.status_code == 404
    begun = checker.post(f"{person}/visit")
    assert begun.status_code == 303
    filed = checker.post(f"{person}/appeals/{matter}", **said, evidence=piece)
    again = filed.headers["location"].rpartition("/")[2]
    assert "请再查" in checker.get(filed.headers["location"]).text
    assert "Another person decides this appeal" in checker.get(f"/desk/matters/{again}").text
    assert clerk.get(f"{person}/appeals/{matter}").status_code == 404
