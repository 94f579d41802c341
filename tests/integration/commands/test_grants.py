"""Standing grants at a terminal: the learner types her password, the employer's operator looks."""

from collections.abc import Callable
from typing import Any

from tests.fixtures.bank import Provider
from tests.fixtures.people import Citizen
from tests.fixtures.terminal import Terminal

Post = Callable[..., dict[str, Any]]


def test_a_grant_is_given_looked_at_listed_and_ended_at_a_terminal(
    terminal: Terminal,
    citizen: Citizen,
    employer: Provider,
    provider: Provider,
    post_result: Post,
) -> None:
    """Each as over HTTP; a look is hers to see."""
    outcome = post_result(citizen)["id"]
    hers = ("--login", citizen.account_number)
    acting = ("--institution", employer.institution)
    asked = ("--employer", employer.institution, "--outcome", outcome, "--purpose", "复核")
    made = terminal.answer("grants", "give", *asked, *hers, "--show", "credits", "--show-name")
    assert (made["state"], made["holder"]) == ("live", "示例学习者")
    (held,) = terminal.answer("grants", "held", *acting)["grants"]
    assert (held["id"], held["purpose"]) == (made["id"], "复核")

    seen = terminal.answer("grants", "look", made["id"], *acting)
    assert (seen["report"]["verdict"], seen["changed"]) == ("valid", False)
    assert "nothing changed since" in terminal.run("grants", "look", made["id"], *acting).stdout
    terminal.answer(
        "outcomes", "suspend", outcome, "--institution", provider.institution, "--reason", "复核"
    )
    assert "change=suspended" in terminal.run("grants", "look", made["id"], *acting).stdout
    again = terminal.answer("grants", "look", made["id"], *acting, "--since", made["given_at"])
    assert [one["change"] for one in again["outcomes"][0]["changes"]] == ["suspended"]
    looks = terminal.answer("grants", "looks", made["id"], *hers)["looks"]
    assert len(looks) == 4

    ended = terminal.answer("grants", "end", made["id"], *hers)
    assert ended == {"grant": made["id"], "ended": True}
    (given,) = terminal.answer("grants", "given", *hers)["grants"]
    assert (given["state"], given["looks"]) == ("ended", 4)
    assert "state: ended" in terminal.run("grants", "look", made["id"], *acting).stdout


def test_what_is_wrong_at_the_terminal_is_said(
    terminal: Terminal, citizen: Citizen, employer: Provider
) -> None:
    """In the words of the API."""
    hers = ("--login", citizen.account_number)
    asked = ("--outcome", "0" * 32, "--purpose", "复核", "--employer")
    wrong = terminal.refused("grants", "give", *asked, employer.institution, *hers)
    assert "(pass-outcomes-wrong)" in wrong
    none = ("0" * 20, "--institution", employer.institution)
    assert "(grant-unknown)" in terminal.refused("grants", "look", *none)
    assert "(institution-unknown)" in terminal.refused(
        "grants", "held", "--institution", "inst-nobody"
    )
    assert "since" in terminal.refused("grants", "look", *none, "--since", "soon")
    assert "(grant-unknown)" in terminal.refused("grants", "end", "0" * 20, *hers)
