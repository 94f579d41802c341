"""What a learner asks for is done once, and what she changes is changed back."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from creditbank.bank import Bank
from tests.fixtures.evidence import a_picture
from tests.fixtures.learner_life import live_as
from tests.fixtures.lived_offers import WHY
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""What a form says does not depend on the engine; what is stored is tested on both elsewhere."""


@pytest.fixture
def ids(bank: Bank, citizen: Citizen) -> dict[str, str]:
    """What she learned and asked for."""
    return {**live_as(bank, citizen.account_number), "number": citizen.account_number}


@pytest.fixture
def her(citizen: Citizen, signed_in: Callable[[dict[str, str]], Visitor]) -> Visitor:
    """Her browser."""
    return signed_in(citizen.headers)


def test_a_plan_that_was_changed_on_the_way_is_refused(her: Visitor, ids: dict[str, str]) -> None:
    """Steps that nobody can read ask for nothing."""
    path = f"/me/conversions/plans/{ids['enrolment_id']}/check"
    assert her.post(path, step="{}").status_code == 422
    assert her.post(path).status_code == 422


def test_a_second_click_asks_for_nothing_more(her: Visitor, ids: dict[str, str]) -> None:
    """Each step of a plan is one attempt."""
    path = f"/me/conversions/plans/{ids['enrolment_id']}/check"
    shown = her.get(path).text
    posted = {
        "attempt": re.findall(r'name="attempt" value="([0-9a-f]+)"', shown)[0],
        "step": [
            one.replace("&#34;", '"') for one in re.findall(r'name="step" value="([^"]+)"', shown)
        ],
    }
    first, second = (her.post(path, **posted) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert her.get("/me/conversions").text.count("/me/conversions/plans/") == 1
    listed = re.findall(r'href="/me/conversions/[0-9a-f]{8,}"', her.get("/me/conversions").text)
    assert len(listed) == len(posted["step"]) + 2


def test_what_a_school_did_not_enter_is_offered_checked_and_counts_once(
    her: Visitor, ids: dict[str, str]
) -> None:
    """Home says so, its page says why; a second click and a late one do nothing more."""
    offer = f"/me/offers/{ids['enrolment_id']}/{ids['offered']}"
    assert f'href="{offer}"' in her.get("/me").text
    assert f'href="{offer}"' in her.get("/me/conversions").text
    assert WHY in her.get(offer).text
    [attempt] = re.findall(r'name="attempt" value="([0-9a-f]+)"', her.get(f"{offer}/check").text)
    for _ in range(2):
        accepted = her.post(f"{offer}/check", attempt=attempt)
        assert accepted.headers["location"] == f"/me/conversions/{ids['offered']}"
    assert offer not in her.get("/me").text
    late = her.post(f"{offer}/check")
    assert (late.status_code, "error-summary" in late.text) == (422, True)
    assert "something has changed since" in late.text


def test_a_deposit_with_a_photo_is_kept_and_its_certification_asked_for(
    her: Visitor, ids: dict[str, str]
) -> None:
    """A file that is no picture is told at the photo, and what was typed beside it is kept."""
    fields = {"title": "插花", "awarding_body": "社区学院", "awarded_on": "2024"}
    new = "/me/matters/new/deposit"
    wrong = her.request("POST", new, data=fields, files={"photo": ("a.jpg", b"no picture")})
    assert wrong.status_code == 422
    assert 'id="photo-error"' in wrong.text
    assert "社区学院" in wrong.text

    kept = her.request("POST", new, data=fields, files={"photo": ("a.jpg", a_picture())})
    assert kept.status_code == 303, kept.text
    matter = kept.headers["location"]
    shown = her.get(matter).text
    [evidence] = re.findall(r'href="(/me/evidence/[^"]+)"', shown)
    assert her.get(evidence).content == a_picture()
    asked = her.post(f"{matter}/certification", institution=ids["attesting"])
    assert "/me/matters/" in asked.headers["location"]
    taken_back = her.post(f"{asked.headers['location']}/withdrawal")
    assert taken_back.headers["location"] == asked.headers["location"]


def test_a_record_that_is_wrong_is_told_to_who_posted_it(her: Visitor, ids: dict[str, str]) -> None:
    """As one matter with holder and due day, which the record shows until it is answered."""
    record = f"/me/outcomes/{ids['learned']}"
    said = {"field": "class_hours", "should_be": "12"}
    asked = her.request(
        "POST", f"{record}/dispute", data=said, files={"photo": ("a.jpg", a_picture())}
    )
    assert asked.status_code == 303, asked.text
    shown, matter = her.get(asked.headers["location"]).text, asked.headers["location"]
    assert "The class hours" in shown
    assert "Community Learning Centre" in shown
    assert "File 1" in shown
    page = her.get(record).text
    assert f'href="{matter}"' in page
    assert f'href="{record}/dispute"' not in page
    assert her.get(f"{record}/dispute").headers["location"] == matter
    assert her.post(f"{matter}/withdrawal").status_code == 303
    assert f'href="{record}/dispute"' in her.get(record).text


@pytest.mark.parametrize(
    ("path", "other", "said", "again"),
    [
        ("/me/limit", "/me/close", "Your account is limited", "Use my account again"),
        ("/me/close", "/me/limit", "Your account is closed", "Open my account again"),
    ],
)
def test_an_account_rests_until_she_ends_it(
    her: Visitor, ids: dict[str, str], path: str, other: str, said: str, again: str
) -> None:
    """Home says so with the way back; meanwhile she reads all, and nothing new is done."""
    assert her.post(path, understood="yes").headers["location"] == path
    home = her.get("/me").text
    assert said in home
    assert f'href="{path}"' in home
    assert again in her.get(path).text
    assert 'name="understood"' not in her.get(other).text
    twice = her.post(path, understood="yes")
    assert (twice.status_code, twice.headers["location"]) == (303, path), "a second click"
    assert her.get(f"/me/outcomes/{ids['learned']}").status_code == 200
    assert her.post("/me/passes/new", outcomes=ids["learned"], days="7").status_code == 422
    assert her.post(f"{path}/end").status_code == 303
    assert said not in her.get("/me").text
    assert 'name="understood"' in her.get(path).text


def test_what_belongs_to_the_account_is_changed_and_changed_back(
    her: Visitor, ids: dict[str, str], client: TestClient
) -> None:
    """Consent, contact, helper, deletion: each given and taken back, each said so."""
    texts = client.get("/api/v1/consent-texts").json()["texts"]
    text = next(one for one in texts if one["purpose"] == "research")
    agreed = her.post("/me/consents", purpose="research", text_sha256=text["text_sha256"])
    assert agreed.status_code == 303
    [withdrawal] = re.findall(r'action="(/me/consents/[^"]+)"', her.get("/me/consents").text)
    assert her.post(withdrawal).status_code == 303
    assert "/withdrawal" not in her.get("/me/consents").text

    assert her.post(f"/me/contacts/{ids['contact_id']}/code").status_code == 303
    assert her.post(f"/me/contacts/{ids['contact_id']}/removal").status_code == 303
    assert "/removal" not in her.get("/me/contacts").text

    [reading, *_] = re.findall(r'action="(/me/notices/[^"]+)"', her.get("/me/notices").text)
    assert her.post(reading).status_code == 303
    assert reading not in her.get("/me/notices").text

    filing = f"/me/filings/{ids['filing_id']}"
    assert her.post(f"{filing}/withdrawal").status_code == 303
    assert her.post(f"/me/matters/{ids['matter_id']}/withdrawal").status_code == 303
    asked = her.post("/me/delete", understood="yes")
    assert asked.status_code == 303, asked.text
    assert "/me/delete/call-off" in her.get("/me/delete").text
    assert her.post("/me/delete/call-off").status_code == 303
    assert "/me/delete/call-off" not in her.get("/me/delete").text
