"""How far the rules reach: what is held and no rule takes, what nobody used, what was refused."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.filings.chain import Act
from tests.fixtures.filings import PLAIN, Persons
from tests.fixtures.recognition import Recognition
from tests.fixtures.terminal import Terminal


def test_what_no_rule_takes_is_listed_with_unused_rules_and_reasons_of_refusals(
    client: TestClient,
    recognition: Recognition,
    make_staff: Callable[..., dict[str, str]],
    make_login: Callable[..., str],
    terminal: Terminal,
    bank: Bank,
) -> None:
    """An outcome of a course that only a rule of certificates might take counts as covered."""
    persons = Persons(recognition)
    persons.publish("weighed", workflow=PLAIN)
    certificate = recognition.certificate(grade="合格", grade_scale="pass-fail")
    key = recognition.key()
    hours = recognition.hours("16", "2025春")
    recognition.recognise(recognition.key(recognition.centre), "class-hours", [hours])
    filing = persons.file(key, "weighed", certificate, "DQ-1")
    checker = persons.hire(Role.CHECKER)
    persons.act(filing, key, checker, Act.REFUSED, code="content-differs")

    auditor = make_staff(bank.installation.institution_id, Role.AUDITOR)
    found = client.get("/api/v1/coverage", headers=auditor).json()
    assert found["uncovered"] == []
    assert [one["rule"] for one in found["unused"]] == ["certificate-courses", "weighed"]
    assert found["refused"] == [{"rule": "weighed", "reason": "content-differs", "filings": 1}]

    login = make_login(recognition.centre, Role.AUDITOR)
    own = terminal.answer("conversions", "coverage", "--login", login)
    assert (own["rules_in_force"], own["refused"]) == (0, [])
