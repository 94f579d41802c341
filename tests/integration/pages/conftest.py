"""The school and its staff for the tests of the pages of staff: one bank on each engine for all.

Each test acts on what no other one does.
"""

import shutil
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from creditbank.access.sessions import StartSession
from creditbank.bank import Bank, open_bank
from creditbank.settings import Settings
from tests.fixtures.pages import COOKIE, Visitor
from tests.fixtures.staff_life import StaffLife, live


@pytest.fixture(scope="package")
def school_bank(
    founded_bank: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Bank]:
    """A bank of its own, a copy of the one that was founded."""
    data_dir = tmp_path_factory.mktemp("school") / "data"
    shutil.copytree(founded_bank.data_dir, data_dir)
    urls: dict[str, str] = {}
    if founded_bank.database_url is not None:
        server = request.getfixturevalue("postgres")
        names = ("database_url", "keystore_url")
        urls = {
            name: server.create_database(template=getattr(founded_bank, name)) for name in names
        }
    bank = open_bank(founded_bank.model_copy(update={"data_dir": data_dir, **urls}))
    yield bank
    bank.close()


@pytest.fixture(scope="package")
def life(school_bank: Bank) -> StaffLife:
    """A school and its staff."""
    return live(school_bank)


@pytest.fixture(scope="package")
def school_client(school_bank: Bank) -> Iterator[TestClient]:
    """An HTTP client of an application over their bank."""
    with TestClient(create_app(school_bank), base_url="http://bank.test") as opened:
        yield opened


@pytest.fixture
def at_desk(
    school_bank: Bank, school_client: TestClient, life: StaffLife
) -> Callable[[str], Visitor]:
    """Let somebody of the staff visit the pages, by name."""

    def visit(name: str) -> Visitor:
        command = StartSession(login_id=life.logins[name], is_proven=True)
        text = school_bank.writer.write(command).answer
        return Visitor(school_client, {COOKIE: str(text)})

    return visit


@pytest.fixture
def her(school_bank: Bank, school_client: TestClient, life: StaffLife) -> Visitor:
    """The browser of the learner whom the school serves."""
    asked = f"SELECT id FROM login WHERE account_id = '{life.key.account_id}'"
    with school_bank.readers.reading() as connection:
        login = str(connection.exec_driver_sql(asked).scalar_one())
    text = school_bank.writer.write(StartSession(login_id=login, is_proven=True)).answer
    return Visitor(school_client, {COOKIE: str(text)})


@pytest.fixture
def person(life: StaffLife) -> str:
    """Where she is at the counter."""
    return f"/desk/counter/accounts/{life.key.account_id}"
