"""What was used at another bank or school is used up here too, until that is withdrawn."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.credits.replay import replay
from creditbank.credits.tables import OutsideUseRow
from creditbank.errors import Refusal
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition
from tests.fixtures.tampering import Change, Operator
from tests.fixtures.terminal import Terminal
from tests.fixtures.whose import audited


def test_a_use_outside_the_bank_consumes_and_its_withdrawal_frees(
    client: TestClient,
    bank: Bank,
    recognition: Recognition,
    citizen: Citizen,
    make_staff: Callable[..., dict[str, str]],
) -> None:
    """The refusal names the entry of the statement; audit and replay know how things stood."""
    outcome = recognition.hours("32", "2025春", account_number=citizen.account_number)
    stated = {"outcome": outcome, "where": "示例省学分银行"}
    path = "/api/v1/accounts/me/outside-uses"
    used = client.post(path, json=stated, headers=citizen.headers)
    assert used.status_code == 201, used.text
    again = client.post(path, json=stated, headers=citizen.headers)
    assert (again.status_code, again.json()["code"]) == (409, "already-consumed")

    asked = {"rule": "class-hours", "outcomes": [outcome]}
    refused = client.post("/api/v1/conversions", json=asked, headers=citizen.headers)
    assert refused.json()["code"] == "already-consumed"

    checker = make_staff(bank.installation.institution_id, Role.CHECKER)
    withdrawn = f"/api/v1/outside-uses/{used.json()['id']}/withdrawal"
    answers = [client.post(withdrawn, json={"text": "未转换"}, headers=checker) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    converted = client.post("/api/v1/conversions", json=asked, headers=citizen.headers)
    assert converted.json()["credits"] == "2"
    late = client.post(path, json=stated, headers=citizen.headers)
    assert late.json()["code"] == "already-consumed"
    with bank.readers.reading() as connection:
        assert replay(connection, bank.keystore).differences == ()
    assert audited(bank) == []


def test_the_counter_takes_it_down_and_another_school_does_not_withdraw_it(
    bank: Bank,
    recognition: Recognition,
    citizen: Citizen,
    terminal: Terminal,
    make_login: Callable[..., str],
) -> None:
    """What its learner says on paper; only staff of the bank, who took it down, withdraw it."""
    outcome = recognition.hours("32", "2025春", account_number=citizen.account_number)
    own = bank.installation.institution_id
    clerk, checker = make_login(own, Role.CLERK), make_login(own, Role.CHECKER)
    about = ("--account", citizen.account_number, "--outcome", outcome, "--where", "示例学校")
    use = terminal.answer("conversion-reviews", "use-outside", *about, "--login", clerk)["use"]
    withdraw = ("conversion-reviews", "withdraw-use", use, "--text", "未使用", "--login")
    school = make_login(recognition.school, Role.CHECKER)
    assert "not-found" in terminal.refused(*withdraw, school)
    key = bank.keystore.get([citizen.id])[citizen.id]
    with pytest.raises(Refusal, match="already-consumed"):
        recognition.recognise(key, "class-hours", [outcome])
    assert terminal.answer(*withdraw, checker)["use"] == use


def test_a_changed_statement_of_use_is_found(
    bank: Bank,
    recognition: Recognition,
    citizen: Citizen,
    client: TestClient,
) -> None:
    """Every column, of a statement that stands: the whole bank's audit names it."""
    outcome = recognition.hours("32", "2025春", account_number=citizen.account_number)
    stated = {"outcome": outcome, "where": "示例省学分银行"}
    path = "/api/v1/accounts/me/outside-uses"
    assert client.post(path, json=stated, headers=citizen.headers).status_code == 201
    assert audited(bank) == []
    operator = Operator(bank)
    columns = set(OutsideUseRow.model_fields) - {"withdraws_id"}  # Nothing is withdrawn here.
    for column in sorted(columns):
        with operator.changed(Change("outside_use", column)):
            assert audited(bank) != [], column
    operator.close()
