"""What is done at the counter for who has no phone: a filing is answered, a card made."""

from collections.abc import Callable

import pytest

from creditbank.filings.chain import Act
from creditbank.venues.cards import CreateCard
from tests.fixtures.clocks import real_today, yesterday
from tests.fixtures.filings import Persons
from tests.fixtures.pages import Visitor
from tests.fixtures.staff_life import CHECKER, RULE, SCHOOL_CLERK, StaffLife

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""What a form says does not depend on the engine; what is stored is tested on both elsewhere."""

At = Callable[[str], Visitor]
DONE = "make and end my cards for checking in"


def test_a_filing_that_was_sent_back_is_answered_at_the_counter_with_a_slip(
    at_desk: At, life: StaffLife, person: str
) -> None:
    """Its time goes on from the day of receipt; who took the answer down does not review it."""
    persons = Persons(life.recognition)
    outcome = life.recognition.certificate(certificate_number="示例-0051", term="第 51 考次")
    filing = persons.file(life.key, RULE, outcome, "DQ-1")
    persons.act(filing, life.key, life.logins[SCHOOL_CLERK])
    persons.act(filing, life.key, life.logins[CHECKER], Act.RETURNED)
    clerk, checker, path = at_desk(SCHOOL_CLERK), at_desk(CHECKER), f"{person}/answers/{filing}"
    assert f'href="{path}"' in clerk.get(person).text
    asked = clerk.get(path).text
    assert ("理由" in asked, 'type="file"' in asked) == (True, False)
    early = clerk.post(path, text="成绩单已补交", received_on=str(yesterday()))
    assert (early.status_code, 'href="#received_on"' in early.text) == (422, True)
    assert "成绩单已补交</textarea>" in early.text
    assert checker.post(f"{person}/visit").status_code == 303
    said = {"text": "成绩单已补交", "received_on": str(real_today()), "attempt": "0" * 32}
    answered = checker.post(path, **said)
    assert answered.headers["location"] == f"{person}/slips/{filing}"
    assert checker.post(path, **said).headers["location"] == f"{person}/slips/{filing}"
    slip = checker.get(answered.headers["location"]).text
    assert ("成绩单已补交" in slip, "Next step due" in slip) == (True, True)
    assert clerk.get(path).headers["location"] == answered.headers["location"]
    assert clerk.post(path, text="再答", received_on=str(real_today())).status_code == 422
    shown = persons.show(filing, life.key)
    assert shown.progress.due_on is not None
    assert real_today() < shown.progress.due_on
    same = checker.post(f"/desk/filings/{filing}/decision", decision="passed", text="同意")
    assert (same.status_code, "Another person must weigh this" in same.text) == (422, True)
    elsewhere = f"/desk/counter/accounts/{life.ids['visitor']}/answers/{filing}"
    assert clerk.get(elsewhere).status_code in {403, 404}


def test_a_card_to_check_in_is_made_printed_and_ended_at_the_counter(
    at_desk: At, her: Visitor, life: StaffLife, person: str
) -> None:
    """Only during a visit; she reads what was done. A card that is not hers is not shown."""
    clerk, cards = at_desk(SCHOOL_CLERK), f"{person}/check-in-cards"
    unseen = f"/desk/counter/accounts/{life.ids['visitor']}/check-in-cards"
    for refused in (clerk.get(unseen), clerk.post(unseen)):
        assert (refused.status_code, "begin the visit" in refused.text) == (403, True)
    assert f'href="{cards}"' in clerk.get(person).text
    told = her.get("/me/helpers").text.count(DONE)
    made = clerk.post(cards).headers["location"]
    assert f'href="{made}"' in clerk.get(cards).text
    printed = clerk.get(made).text
    assert ("data:image/png;base64," in printed, 'class="code"' in printed) == (True, True)
    before = clerk.get(cards).text.count("/end")
    assert "cannot be undone" in clerk.get(f"{made}/end").text
    assert [clerk.post(f"{made}/end").headers["location"] for _ in range(2)] == [cards, cards]
    assert clerk.get(f"{made}/end").headers["location"] == cards
    assert clerk.get(cards).text.count("/end") == before - 1
    assert 'class="code"' not in clerk.get(made).text
    assert her.get("/me/helpers").text.count(DONE) == told + 3
    others = life.recognition.key(learner="20230002")
    strange = life.recognition.bank.writer.write(CreateCard(key=others)).answer
    for one in ("x", strange):
        asked = (clerk.get(f"{cards}/{one}"), clerk.get(f"{cards}/{one}/end"))
        assert [answer.status_code for answer in (*asked, clerk.post(f"{cards}/{one}/end"))] == (
            [404] * 3
        )
    while (many := clerk.post(cards)).status_code == 303:
        assert "card-made" in many.headers["set-cookie"]
    assert (many.status_code, "5 hold at a time" in many.text) == (422, True)
