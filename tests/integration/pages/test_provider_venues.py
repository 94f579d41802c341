"""A shift at a venue, at the pages: opened, its roster ticked, its devices paired, and ended."""

import re
from collections.abc import Callable

import pytest

from creditbank.access.roles import Role
from tests.fixtures.pages import Visitor
from tests.fixtures.people import Citizen
from tests.fixtures.venues import Museum


@pytest.fixture
def runner(
    museum: Museum,
    make_staff: Callable[..., dict[str, str]],
    signed_in: Callable[[dict[str, str]], Visitor],
) -> Visitor:
    """A clerk of the museum at her browser."""
    return signed_in(make_staff(museum.institution, Role.CLERK))


def test_a_shift_is_opened_its_roster_ticked_and_its_devices_are_paired(
    museum: Museum, runner: Visitor, citizen: Citizen
) -> None:
    """What is wrong is told at its field and kept; who was ticked has her visit."""
    venue = f"/desk/venues/{museum.venue}"
    assert f'href="{venue}"' in runner.get("/desk/venues").text
    for hours in ("", "x", "25", "9" * 5_000):
        wrong = runner.post(f"{venue}/shifts", hours=hours, place="东门")
        assert (wrong.status_code, 'href="#hours"' in wrong.text) == (422, True), hours[:2]
        assert 'value="东门"' in wrong.text
    shift = runner.post(f"{venue}/shifts", hours="4", place="东门").headers["location"]

    numbers = f"{citizen.account_number}\n123"
    wrong = runner.post(f"{shift}/roster", account_numbers=numbers)
    assert (wrong.status_code, "Not known: 123" in wrong.text) == (422, True)
    assert citizen.account_number in wrong.text
    assert runner.post(f"{shift}/roster", account_numbers=citizen.account_number).status_code == 303
    [entry] = re.findall(r'action="([^"]+/tick)"', runner.get(shift).text)
    ticked = runner.post(entry).headers["location"]
    assert ticked == f"{shift}#{entry.split('/')[-2]}"
    page = runner.get(shift).text
    assert re.search(r'<span class="tag good">Has come</span>', page)
    assert len(museum.outcomes(citizen)) == 1
    [wrong_one] = re.findall(r'href="(/desk/outcomes/[^"]+/revocation)"', page)
    assert runner.post(wrong_one, status="void", reason="认错了人").status_code == 303
    page = runner.get(shift).text
    assert ("Taken back" in page, "Has come" in page, "/revocation" in page) == (True, False, False)

    wrong = runner.post(f"{shift}/devices", kind="desk", label="")
    assert (wrong.status_code, 'href="#label"' in wrong.text) == (422, True)
    offered = runner.post(f"{shift}/devices", kind="desk", label="东门一号").text
    [code] = re.findall(r'<p class="code">(\S+)</p>', offered)
    assert museum.pair(code).status_code == 201
    page = runner.get(shift).text
    assert ("Paired" in page, code in page) == (True, False)
    assert '/removal"><button' not in page
    [removal] = re.findall(r'href="([^"]+/removal)"', page)
    asked = runner.get(removal).text
    assert ("东门一号" in asked, f'action="{removal}"' in asked) == (True, True)
    assert runner.post(removal).status_code == 303
    assert runner.get(removal).headers["location"] == shift
    assert removal not in runner.get(shift).text
    assert runner.get(f"{shift}/devices/unknown/removal").status_code == 404

    assert runner.post(f"{shift}/end").headers["location"] == venue
    assert f"{shift}/end" not in runner.get(shift).text
