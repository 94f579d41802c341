"""Checking in at a venue by pages: a volunteer's phone, a learner's code and card, a screen."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.conversion.days import civil_day
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen
from tests.fixtures.venues import Museum

NEW = "/desk/venues/new"
ASKED = {
    "course": "MUSEUM",
    "name": "市博物馆临时展",
    "from_day": "2020-01-01",
    "minutes": "90",
    "visits_a_day": "2",
    "minutes_between": "60",
    "methods": ["live_code", "card"],
}


@pytest.fixture
def runner(
    museum: Museum,
    make_staff: Callable[..., dict[str, str]],
    signed_in: Callable[[dict[str, str]], Visitor],
) -> Visitor:
    """A clerk of the museum at her browser."""
    return signed_in(make_staff(museum.institution, Role.CLERK))


@pytest.fixture
def her(citizen: Citizen, signed_in: Callable[[dict[str, str]], Visitor]) -> Visitor:
    """The learner's browser."""
    return signed_in(citizen.headers)


@pytest.fixture
def phone(museum: Museum, client: TestClient) -> Visitor:
    """A volunteer's phone, paired by its page."""
    made = Visitor(client)
    offered = museum.offer(museum.shift())
    assert made.post("/check-in", code=offered["code"]).headers["location"] == "/check-in/scan"
    return made


def test_a_venue_is_declared_after_a_check_and_gets_another_rule_later(
    make_museum: Callable[[], Museum],
    make_staff: Callable[..., dict[str, str]],
    signed_in: Callable[[dict[str, str]], Visitor],
) -> None:
    """What is wrong is told before she is asked whether it is right, and nothing typed is lost."""
    museum = make_museum()
    clerk = signed_in(make_staff(museum.institution, Role.CLERK))
    assert f'href="{NEW}"' in clerk.get("/desk/venues").text
    today = civil_day(museum.clock()).isoformat()
    for changed, field in (
        ({"methods": []}, "methods"),
        ({"name": ""}, "name"),
        ({"minutes": "x"}, "minutes"),
        ({"minutes": ""}, "minutes"),
        ({"visits_a_day": "13"}, "visits_a_day"),
        ({"visits_a_day": "9" * 5_000}, "visits_a_day"),
        ({"course": "LECTURE"}, "course"),
        ({"from_day": "tomorrow"}, "from_day"),
        ({}, "from_day"),
    ):
        wrong = clerk.post(NEW, **{**ASKED, **changed})
        assert (wrong.status_code, f'href="#{field}"' in wrong.text) == (422, True), changed
        assert changed.get("name") == "" or 'value="市博物馆临时展"' in wrong.text
    right = {**ASKED, "from_day": today}
    check = clerk.post(NEW, **right)
    assert (check.status_code, "Is this right?" in check.text) == (200, True)
    assert "临时展" in clerk.post(NEW, **right, step="back").text
    venue = clerk.post(NEW, **right, step="do").headers["location"]
    assert "临时展" in clerk.get(venue).text

    rule = f"{venue}/rules/new"
    other = {**right, "name": "市博物馆常设展", "minutes": "15"}
    for step in ("", "do"):
        there = clerk.post(NEW, **other, step=step)
        assert (there.status_code, 'href="#course"' in there.text) == (422, True)
        assert f'href="{rule}"' in there.text
    assert 'value="90"' in clerk.get(rule).text
    begun = clerk.post(rule, **right, step="do")
    assert (begun.status_code, "must lie ahead" in begun.text) == (422, True)
    later = clerk.post(rule, **{**right, "from_day": "2999-01-01", "minutes": "45"}, step="do")
    assert later.headers["location"] == venue
    assert "1 January 2999" in clerk.get(venue).text


def test_a_volunteer_s_phone_is_paired_scans_and_leaves(
    phone: Visitor, museum: Museum, her: Visitor, citizen: Citizen
) -> None:
    """A card, a live code and a typed one; the same scan again is answered as before."""
    wrong = phone.post("/check-in", code="AAAA-BBBB-CCCC")
    assert (wrong.status_code, 'value="AAAA-BBBB-CCCC"' in wrong.text) == (422, True)
    assert 'name="attempt"' in phone.get("/check-in/scan").text
    card = museum.card(citizen)["text"]
    first = phone.post("/check-in/scan", code=card, attempt="a")
    assert (first.status_code, "The visit counts." in first.text) == (200, True)
    assert "The visit counts." in phone.post("/check-in/scan", code=card, attempt="a").text
    assert "Was counted already" in phone.post("/check-in/scan", code=card, attempt="b").text
    for text, said in (("", "is required"), ("C/123", "no code to check in by")):
        wrong = phone.post("/check-in/scan", code=text, attempt="c")
        assert (wrong.status_code, said in wrong.text) == (422, True)
        assert f'value="{text}"' in wrong.text
    live = re.findall(r'<p class="code">(.+)</p>', her.get("/me/check-in/code").text)[0]
    assert "Was counted already" in phone.post("/check-in/scan", code=live, attempt="d").text
    over = phone.post("/check-in/scan", code=live, attempt="e")
    assert (over.status_code, "over or was used" in over.text) == (422, True)
    assert len(museum.outcomes(citizen)) == 1

    path = card[card.index("/C/") :]
    assert "Does she stand before you?" in phone.get(path).text
    left = phone.post("/check-in/leave")
    assert 'creditbank-device=""; expires=' in left.headers["set-cookie"]
    del phone.cookies["creditbank-device"]
    assert phone.get("/check-in/scan").headers["location"] == "/check-in"
    assert phone.post("/check-in/scan", code=card).headers["location"] == "/check-in"
    assert "shows nothing of her" in phone.get(path).text


def test_a_device_that_was_taken_back_or_whose_shift_is_over_scans_nobody(
    museum: Museum, client: TestClient, runner: Visitor
) -> None:
    """It is led to pair again; an API key of another kind opens nothing here."""
    shift = museum.shift()
    phone, offered = Visitor(client), museum.offer(shift)
    phone.post("/check-in", code=offered["code"])
    assert phone.get("/check-in/screen/code").status_code == 200
    place = f"/desk/venues/{museum.venue}/shifts/{shift}"
    assert runner.post(f"{place}/devices/{offered['device']}/removal").status_code == 303
    assert phone.get("/check-in/screen").headers["location"] == "/check-in"

    later = Visitor(client)
    later.post("/check-in", code=museum.offer(shift)["code"])
    assert later.get("/check-in/scan").status_code == 200
    assert runner.post(f"{place}/end").status_code == 303
    assert later.get("/check-in/scan").headers["location"] == "/check-in"
    key = museum.clerk["Authorization"].removeprefix("Bearer ")
    assert Visitor(client, {"creditbank-device": key}).get("/check-in/scan").status_code == 303


def test_she_scans_a_screen_makes_a_card_and_ends_it(
    phone: Visitor, her: Visitor, museum: Museum, citizen: Citizen
) -> None:
    """What is no code is told at its field; the visit stands in her list with its record."""
    wrong = her.post("/me/check-in", text="S/12")
    assert (wrong.status_code, 'value="S/12"' in wrong.text) == (422, True)
    assert 'id="text-error"' in her.post("/me/check-in", text=" ").text
    shown = re.findall(r'<p class="code">(.+)</p>', phone.get("/check-in/screen").text)[0]
    asked = her.get("/" + "".join(shown.split())).text
    assert "Check in here?" in asked
    [text] = re.findall(r'name="text" value="([^"]+)"', asked)
    assert her.post("/me/check-in", text=text).headers["location"] == "/me/check-in"
    page = her.get("/me/check-in").text
    assert "市博物馆常设展" in page
    assert museum.outcomes(citizen)[0]["id"] in page

    card = her.post("/me/check-in/cards").headers["location"]
    assert "My card for checking in" in her.get(card).text
    assert her.post(f"{card}/end").headers["location"] == "/me/check-in"
    assert f'href="{card}"' not in her.get("/me/check-in").text
