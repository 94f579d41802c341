"""Institutions, their keys and their staff, as the operator keeps them at the terminal."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from creditbank.access.roles import Role
from creditbank.bank import Bank
from tests.fixtures.bank import Provider
from tests.fixtures.terminal import Terminal

USCC = "91350100M000100Y43"


def test_an_institution_is_relocated_and_gets_another_code(
    terminal: Terminal, provider: Provider
) -> None:
    """A region that the list does not have is warned of; a code that cannot be is refused."""
    at = (provider.institution, "--since", "2024-01-01")
    relocated = terminal.run("institutions", "relocate", *at, "--region", "999999")
    assert (relocated.exit_code, "999999" in relocated.stderr) == (0, True)
    said = terminal.refused("institutions", "set-code", *at, "--uscc", "1")
    assert "  uscc: " in said
    assert terminal.answer("institutions", "set-code", *at, "--uscc", USCC)["uscc"] == USCC
    shown = terminal.answer("institutions", "show", provider.institution)
    assert (shown["region"], shown["uscc"]) == ("999999", USCC)
    assert terminal.answer("institutions", "set-code", *at)["uscc"] is None
    said = terminal.refused("institutions", "relocate", "none", *at[1:], "--region", "310000")
    assert "(not-found)" in said


def test_institutions_are_listed_as_of_a_day(terminal: Terminal, provider: Provider) -> None:
    """One that has ended stays in the list, with its last day."""
    terminal.answer("institutions", "close", provider.institution, "--on", "2024-06-30")
    for day, ended in (("2024-06-30", None), ("2024-07-01", "2024-06-30")):
        listed = terminal.answer("institutions", "list", "--on", day)["institutions"]
        assert {one["id"]: one["ended"] for one in listed}[provider.institution] == ended
    assert f"id={provider.institution} " in terminal.run("institutions", "list").stdout
    assert "  on: " in terminal.refused("institutions", "list", "--on", "today")


def test_an_institution_is_suspended_and_posts_again(
    terminal: Terminal, provider: Provider
) -> None:
    """What hangs on it is looked at before; a suspension says why and whom to ask."""
    found = terminal.answer("institutions", "dependants", provider.institution)
    assert (found["keys"], found["below"]) == (1, 0)
    at = (provider.institution, "--since", "2024-01-01")
    said = terminal.refused("institutions", "suspend", *at, "--reason", " ", "--ask", "管理部")
    assert "  reason: " in said
    suspend = ("institutions", "suspend", *at, "--reason", "成绩复核", "--ask", "管理部")
    assert terminal.answer(*suspend)["reason"] == "成绩复核"
    shown = terminal.answer("institutions", "show", provider.institution)
    assert shown["suspension"]["ask"] == "管理部"
    assert terminal.answer("institutions", "resume", *at)["act"] == "resumed"
    assert "(institution-not-suspended)" in terminal.refused("institutions", "resume", *at)


def test_a_key_is_revoked_by_its_id(
    terminal: Terminal,
    provider: Provider,
    client: TestClient,
    make_provider: Callable[..., Provider],
) -> None:
    """Of the institution that is named, and of no other."""
    key = provider.api_key.split("_")[1]
    other = make_provider("职业学校").institution
    revoke = ("institutions", "revoke-key", key, "--institution")
    assert "(not-found)" in terminal.refused(*revoke, other)
    assert client.get("/api/v1/outcomes", headers=provider.headers).status_code == 200
    ended = terminal.answer(*revoke, provider.institution, "--reason", "系统停用")
    assert ended["revoked"] is True
    assert client.get("/api/v1/outcomes", headers=provider.headers).status_code == 401
    named = ("institutions", "issue-key", "--institution", provider.institution)
    terminal.answer(*named, "--name", "教务系统")
    keys = terminal.answer("institutions", "keys", provider.institution)["keys"]
    assert {one["name"] for one in keys} == {"教务系统", None}
    assert {one["revoked_for"] for one in keys} == {None, "系统停用"}
    assert any(one["last_used_at"] for one in keys), "known to the hour"


def test_roles_are_given_and_taken(
    terminal: Terminal, bank: Bank, make_login: Callable[..., str]
) -> None:
    """Exactly those that are named hold; one that there is not is refused with those there are."""
    name = make_login(bank.installation.institution_id, Role.CLERK)
    staff = terminal.answer("staff", "list")["staff"]
    [login] = [one["login"] for one in staff if one["name"] == name]
    roles = ("staff", "roles", login, "--role", "checker")
    assert terminal.answer(*roles, "--role", "auditor")["roles"] == ["auditor", "checker"]
    assert terminal.answer(*roles)["roles"] == ["checker"]
    assert "director" in terminal.refused(*roles, "--role", "king")
    assert "(not-found)" in terminal.refused("staff", "roles", "login-none", "--role", "clerk")
    assert terminal.answer("staff", "new-phone", login)["second_factor"] == "none"


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_the_list_is_public_and_comes_page_by_page(
    limit: int, client: TestClient, make_provider: Callable[[str], Provider], bank: Bank
) -> None:
    """Each institution once, whatever the size of a page."""
    ids = {make_provider(f"学校{place}").institution for place in range(3)}
    found: list[str] = []
    page: str | None = f"/api/v1/institutions?limit={limit}"
    while page is not None:
        answer = client.get(page)
        found += [one["id"] for one in answer.json()["institutions"]]
        page = answer.json()["next"]
        assert ("Link" in answer.headers) == (page is not None)
    assert found == sorted({*ids, bank.installation.institution_id})
    wrong = client.get("/api/v1/institutions?on=2024-02-30").json()
    assert [one["field"] for one in wrong["errors"]] == ["on"]
