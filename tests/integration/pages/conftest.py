"""The school and its staff for the tests of the pages of staff."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from creditbank.access.sessions import StartSession
from creditbank.bank import Bank
from tests.fixtures.pages import COOKIE, Visitor
from tests.fixtures.staff_life import StaffLife, live


@pytest.fixture
def life(bank: Bank) -> StaffLife:
    """A school and its staff."""
    return live(bank)


@pytest.fixture
def at_desk(bank: Bank, client: TestClient, life: StaffLife) -> Callable[[str], Visitor]:
    """Let somebody of the staff visit the pages, by name."""

    def visit(name: str) -> Visitor:
        command = StartSession(login_id=life.logins[name], is_proven=True)
        return Visitor(client, {COOKIE: str(bank.writer.write(command).answer)})

    return visit
