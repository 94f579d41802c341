"""What is done at the counter for who has no phone: a filing is answered, a card made."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from creditbank.filings.chain import Act
from tests.fixtures.clocks import real_today
from tests.fixtures.filings import Persons
from tests.fixtures.pages import Visitor
from tests.fixtures.staff_life import CHECKER, RULE, SCHOOL_CLERK, StaffLife

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""What a form says does not depend on the engine; what is stored is tested on both elsewhere."""

At = Callable[[str], Visitor]
TODAY = real_today().isoformat()
YESTERDAY = (real_today() - timedelta(days=1)).isoformat()


@pytest.fixture
def person(life: StaffLife) -> str:
    """Where she is at the counter."""
    return f"/desk/counter/accounts/{life.key.account_id}"


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
    early = clerk.post(path, text="成绩单已补交", received_on=YESTERDAY)
    assert (early.status_code, 'href="#received_on"' in early.text) == (422, True)
    assert "成绩单已补交</textarea>" in early.text
    assert checker.post(f"{person}/visit").status_code == 303
    said = {"text": "成绩单已补交", "received_on": TODAY, "attempt": "0" * 32}
    answered = checker.post(path, **said)
    assert answered.headers["location"] == f"{person}/slips/{filing}"
    assert checker.post(path, **said).headers["location"] == f"{person}/slips/{filing}"
    slip = checker.get(answered.headers["location"]).text
    assert ("成绩单已补交" in slip, "Next step due" in slip) == (True, True)
    assert clerk.get(path).headers["location"] == answered.headers["location"]
    assert clerk.post(path, text="再答", received_on=TODAY).status_code == 422
    shown = persons.show(filing, life.key)
    assert shown.progress.due_on is not None
    assert real_today() < shown.progress.due_on
    same = checker.post(f"/desk/filings/{filing}/decision", decision="passed", text="同意")
    assert (same.status_code, "Another person must weigh this" in same.text) == (422, True)
    elsewhere = f"/desk/counter/accounts/{life.ids['visitor']}/answers/{filing}"
    assert clerk.get(elsewhere).status_code in {403, 404}
