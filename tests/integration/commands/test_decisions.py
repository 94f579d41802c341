"""What experts and checkers decide at the terminal, and what the catalogue is told there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.clocks import real_today
from tests.fixtures.people import RESULT, Citizen
from tests.fixtures.terminal import Terminal


@pytest.fixture
def own(provider: Provider) -> tuple[str, ...]:
    """The option that says for whom the operator acts."""
    return ("--institution", provider.institution)


@pytest.fixture
def definitions(terminal: Terminal, own: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The provider's definitions by code, as the terminal lists them."""
    listed = terminal.answer("definitions", "list", *own)["definitions"]
    return {one["code"]: one for one in listed}


def test_a_definition_is_submitted_voted_on_certified_and_withdrawn(
    terminal: Terminal,
    definitions: dict[str, dict[str, Any]],
    provider: Provider,
    bank: Bank,
    make_login: Callable[..., str],
    tmp_path: Path,
) -> None:
    """Each act by the person who signs in."""
    clerk = make_login(provider.institution, Role.CLERK)
    experts = [make_login(bank.installation.institution_id, Role.EXPERT) for _ in range(3)]
    by = ("--login", experts[0])
    submit = ("definitions", "submit", definitions["BBB"]["id"], "--login", clerk)
    assert "  valid_from: " in terminal.refused(*submit, "--since", "soon")
    terms = ("--since", "2014-01-01", "--until", "2016-12-31", "--credits", "30")
    submitted = terminal.answer(*submit, *terms)["id"]
    assert "(forbidden)" in terminal.refused(
        "certifications", "vote", submitted, "for", "--login", clerk
    )
    for expert in experts:
        vote = ("certifications", "vote", submitted, "for", "--login", expert)
        assert terminal.answer(*vote)["vote"] == "for"
    minutes = tmp_path / "minutes.txt"
    decide = ("certifications", "decide", submitted, "--minutes", str(minutes), *by)
    minutes.write_bytes("同意认证".encode("gb18030"))
    assert "(body-unreadable)" in terminal.refused(*decide)
    minutes.write_text("同意认证", "utf-8")
    assert terminal.answer(*decide)["state"] == "certified"
    withdraw = ("certifications", "withdraw", submitted, "--reason", "停开", *by)
    withdrawn = terminal.answer(*withdraw, "--since", "2016-01-01")
    assert withdrawn["withdrawn_from"] == "2016-01-01"


def test_definitions_follow_each_other_and_are_offered_in_terms(
    terminal: Terminal, definitions: dict[str, dict[str, Any]], own: tuple[str, ...], tmp_path: Path
) -> None:
    """An offering of a term that was not declared is refused, once terms are declared."""
    first, second = definitions["BBB"]["id"], definitions["DDD"]["id"]
    succeed = ("definitions", "succeed", "--earlier", first, "--later", second, *own)
    assert terminal.answer(*succeed, "--since", "2015-01-01")["kind"]
    file = tmp_path / "terms.json"
    term = {"name": "2014B", "first_day": "2014-02-01", "last_day": "2014-10-01"}
    file.write_text(json.dumps([term]), "utf-8")
    terminal.answer("calendar", "terms", str(file), *own)
    add = ("offerings", "add", "--code", "A1", "--definition", first, *own)
    assert "  term: " in terminal.refused(*add, "--term", "1999")
    taught = ("--place", "上海", "--instructor", "某老师")
    assert terminal.answer(*add, "--term", "2014B", *taught)["code"] == "A1"
    [offered] = terminal.answer("offerings", "list", *own)["offerings"]
    assert (offered["place"], "instructors" in offered) == ("上海", False)


def test_a_matter_is_listed_returned_refused_or_attested_at_the_terminal(
    terminal: Terminal,
    client: TestClient,
    citizen: Citizen,
    provider: Provider,
    make_login: Callable[..., str],
    tmp_path: Path,
) -> None:
    """What is wrong with a decision is said by field, and nothing is decided."""
    asked = {
        "kind": "missing_result", "institution": provider.institution, "course": "BBB",
        "term": "2014B", "text": "未见成绩",
    }  # fmt: skip
    path = "/api/v1/accounts/me/matters"
    ids = [client.post(path, json=asked, headers=citizen.headers).json()["id"] for _ in range(3)]
    by = ("--login", make_login(provider.institution, Role.CHECKER))
    listed = terminal.answer("matters", "list", *by)["matters"]
    assert {one["id"] for one in listed} == set(ids)

    def decide(matter: str, decision: str, *more: str) -> tuple[str, ...]:
        return ("matters", "decide", matter, "--decision", decision, "--text", "已查", *more, *by)

    assert terminal.answer(*decide(ids[0], "returned"))["state"] == "returned"
    assert "  code: " in terminal.refused(*decide(ids[1], "refused"))
    refused = terminal.answer(*decide(ids[1], "refused", "--code", "not-found-in-records"))
    assert refused["state"] == "refused"
    assert "  result: " in terminal.refused(*decide(ids[2], "attested"))
    file = tmp_path / "result.json"
    file.write_text(json.dumps(RESULT), "utf-8")
    attested = terminal.answer(*decide(ids[2], "attested", "--result", str(file)))
    assert (attested["state"], bool(attested["outcome"])) == ("attested", True)
    shown = terminal.answer("matters", "show", ids[2], *by)
    assert shown["outcome"] == attested["outcome"]


def test_a_dispute_and_an_appeal_are_taken_down_at_the_terminal_and_answered(
    terminal: Terminal,
    client: TestClient,
    citizen: Citizen,
    provider: Provider,
    bank: Bank,
    make_login: Callable[..., str],
) -> None:
    """Whoever took an appeal down does not decide it; the answer names the right record."""
    body = {**RESULT, "learner": {"account_number": citizen.account_number}}
    post = client.post("/api/v1/outcomes", json=body, headers=provider.headers).json()
    clerk = make_login(bank.installation.institution_id, Role.CLERK, Role.DIRECTOR)
    checker = make_login(provider.institution, Role.CHECKER)
    her = ("--account", citizen.account_number, "--login", clerk)
    file = ("matters", "dispute", *her, "--outcome", post["id"])
    assert "  should_be: " in terminal.refused(*file, "--field", "credits")
    said = ("--field", "credits", "--should-be", "40", "--received-on", real_today().isoformat())
    matter = terminal.answer(*file, *said)["id"]
    decide = ("matters", "decide", "--text", "已查", "--decision")
    no = (*decide, "refused", "--code", "record-confirmed")
    assert terminal.answer(*no, matter, "--login", checker)["state"] == "refused"

    appealed = terminal.answer("matters", "appeal", matter, *her, "--text", "请再核对")
    assert appealed["kind"] == "matter"
    again = appealed["id"]
    for barred in (clerk, checker):
        assert "(matter-same-person)" in terminal.refused(*no, again, "--login", barred)
    other = ("--login", make_login(provider.institution, Role.CHECKER))
    assert "(dispute-not-corrected)" in terminal.refused(*decide, "corrected", again, *other)
    right = client.post(
        f"/api/v1/outcomes/{post['id']}/correction",
        json={**RESULT, "credits": "40", "reason": "录错"},
        headers=provider.headers,
    ).json()["id"]
    answered = terminal.answer(*decide, "corrected", again, *other)
    assert (answered["state"], answered["outcome"]) == ("corrected", right)
