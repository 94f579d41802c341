"""A venue without a page: declared, staffed and ticked at the terminal."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import zxingcpp
from PIL import Image

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from tests.fixtures.people import Citizen
from tests.fixtures.terminal import Terminal
from tests.fixtures.venues import Museum, code


def test_a_venue_is_run_at_the_terminal(
    terminal: Terminal,
    make_museum: Callable[[], Museum],
    make_login: Callable[..., str],
    citizen: Citizen,
    bank: Bank,
) -> None:
    """From its rule to a tick on the roster, which a person makes who signs in."""
    museum = make_museum()
    here = ("--institution", museum.institution)
    declared = terminal.answer(
        "venues", "declare", *here, "--course", "MUSEUM", "--name", "市博物馆",
        "--from-day", civil_day(bank.clock()).isoformat(), "--class-hours", "2",
        "--minutes-between", "60", "--method", "card", "--method", "roster",
    )  # fmt: skip
    (listed,) = terminal.answer("venues", "list", *here)["venues"]
    ends_at = (bank.clock() + timedelta(hours=2)).isoformat()
    shift = terminal.answer("venues", "open-shift", listed["id"], *here, "--ends-at", ends_at)
    added = terminal.answer(
        "venues", "add-to-roster", shift["shift"], *here, "--account", citizen.account_number
    )
    (entry,) = terminal.answer("venues", "roster", shift["shift"], *here)["entries"]
    login = make_login(museum.institution, Role.CLERK)
    tick = ("venues", "tick", shift["shift"], entry["id"], "--login", login)

    assert declared["venue"] == listed["id"]
    assert listed["rules"][0]["methods"] == {"card": "attended", "roster": "attended"}
    assert added["added"] == 1
    assert (entry["name"], entry["ticked"]) == ("示＊＊＊", False)
    assert terminal.answer(*tick)["state"] == "counted"
    assert len(museum.outcomes(citizen)) == 1


def test_devices_are_offered_and_taken_back_at_the_terminal(
    terminal: Terminal, museum: Museum
) -> None:
    """The code pairs a phone; the list says which devices work."""
    shift, here = museum.shift(), ("--institution", museum.institution)
    offered = ("venues", "offer-device", shift, *here, "--kind", "desk", "--label", "一号")
    first, second = terminal.answer(*offered), terminal.answer(*offered)

    paired = museum.pair(first["code"])
    terminal.answer("venues", "revoke-device", second["device"], *here)

    assert paired.status_code == 201
    assert code(museum.pair(second["code"])) == "pairing-refused"
    (listed,) = terminal.answer("venues", "shifts", museum.venue, *here)["shifts"]
    states = {one["id"]: (one["paired"], one["revoked"]) for one in listed["devices"]}
    assert states == {first["device"]: (True, False), second["device"]: (False, True)}
    terminal.answer("venues", "end-shift", shift, *here)
    assert "(shift-over)" in terminal.refused(*offered)


def test_the_counter_prints_a_card_for_who_has_no_phone(
    terminal: Terminal, museum: Museum, citizen: Citizen, tmp_path: Path
) -> None:
    """Its code is read from the picture; once it is ended it checks nobody in."""
    picture = tmp_path / "card.png"
    card = terminal.answer(
        "check-in-cards", "create", "--account", citizen.account_number, "--qr", str(picture)
    )
    device = museum.device(museum.shift())

    read = zxingcpp.read_barcodes(Image.open(picture))[0].text
    scanned = museum.scan(device, read)
    terminal.answer("check-in-cards", "end", card["card"])

    assert (read, scanned.json()["state"]) == (card["text"], "counted")
    assert code(museum.scan(device, read)) == "card-refused"
    assert "(card-unknown)" in terminal.refused("check-in-cards", "end", "0" * 32)
