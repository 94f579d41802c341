"""What each state of an account lets happen: one table for every act that touches an account."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, update
from sqlmodel import col

from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.learners.account_state import AccountState
from creditbank.learners.tables import AccountRow
from tests.fixtures.bank import Provider
from tests.fixtures.endings import share
from tests.fixtures.evidence import a_pdf
from tests.fixtures.people import RESULT, Citizen

Headers = dict[str, str]
STATES = [one for one in AccountState if one is not AccountState.ERASED]
"""An erased account has no key left, and nobody finds it."""

TAKEN, NOT_TAKEN, AGAIN = "", "learner-not-taken", "busy"
COMES_IN = {
    AccountState.LIMITED: NOT_TAKEN,
    AccountState.MERGED: AGAIN,
}
"""How what an institution states is refused; in every other state it is taken."""

HER_OWN = {AccountState.UNCLAIMED, AccountState.OPEN}


class Acts:
    """Everything that touches one account; each act gives the answer to it."""

    def __init__(
        self,
        client: TestClient,
        citizen: Citizen,
        helper: Citizen,
        provider: Provider,
        staff: Callable[..., Headers],
    ) -> None:
        self.client, self.citizen, self.provider = client, citizen, provider
        self.helper = helper
        self.clerk = staff(provider.institution, Role.CLERK)
        self.checker = staff(provider.institution, Role.CHECKER)
        self.number = {"account_number": citizen.account_number}
        self.outcome = self.result("2013B").json()["id"]
        self.shared = self.result("2012B").json()["id"]
        self.phone = self.contact().json()["id"]
        self.scan = self.own_evidence().json()["id"]

    def result(self, term: str = "2014B") -> Any:
        """Post a result with her number."""
        body = {**RESULT, "term": term, "learner": self.number}
        return self.client.post("/api/v1/outcomes", json=body, headers=self.provider.headers)

    def attachment(self) -> Any:
        """Attach a result that was held for its name alone."""
        body = {**RESULT, "term": "2015B", "learner": {"name": "示例学习者"}}
        held = self.client.post("/api/v1/outcomes", json=body, headers=self.provider.headers)
        path = f"/api/v1/held-outcomes/{held.json()['held']}/attachment"
        body = {"account": self.citizen.account_number}
        return self.client.post(
            path, json={"account": self.citizen.account_number}, headers=self.checker
        )

    def back_entry(self) -> Any:
        """Enter a result from an archive."""
        body = {**RESULT, "term": "1998", "learner": self.number, "archive_reference": "1998-1"}
        return self.client.post("/api/v1/back-entries", json=body, headers=self.clerk)

    def provider_evidence(self) -> Any:
        """Add evidence of an outcome as its institution."""
        path = f"/api/v1/outcomes/{self.outcome}/evidence?kind=certificate"
        headers = {**self.clerk, "Content-Type": "application/pdf"}
        return self.client.post(path, content=a_pdf(), headers=headers)

    def own_evidence(self) -> Any:
        """Let her hand in a file."""
        headers = {**self.citizen.headers, "Content-Type": "application/pdf"}
        path = "/api/v1/accounts/me/evidence?kind=certificate"
        return self.client.post(path, content=a_pdf("own"), headers=headers)

    def missing_result(self) -> Any:
        """Let her report a missing result."""
        return self._own(
            "matters", kind="missing_result", institution=self.provider.institution,
            course="BBB", term="2014B", text="未见成绩",
        )  # fmt: skip

    def cancellation(self) -> Any:
        """Let her give up an outcome."""
        return self._own(f"outcomes/{self.outcome}/cancellation", reason="不再需要")

    def contact(self) -> Any:
        """Let her add a contact."""
        return self._own("contacts", kind="phone", contact="021 5550 0100")

    def contact_code(self) -> Any:
        """Let her ask for a code to a contact."""
        return self._own(f"contacts/{self.phone}/code")

    def deposit(self) -> Any:
        """Let her keep an outcome as she declares it."""
        return self._own(
            "deposits", title="社区摄影班结业", awarding_body="示例社区学校",
            awarded_on="2023-06", class_hours="32", evidence=[self.scan],
        )  # fmt: skip

    def delegation(self) -> Any:
        """Let her name a helper."""
        return self._own("delegations", kind="helper", delegate=self.helper.account_number)

    def consent(self) -> Any:
        """Let her consent to something."""
        text = self.client.get("/api/v1/consent-texts").json()["texts"][0]
        return self._own("consents", purpose=text["purpose"], text_sha256=text["text_sha256"])

    def reported_name(self) -> Any:
        """Let her report a former name."""
        return self._own("reported-names", name="曾用名")

    def learning_pass(self) -> Any:
        """Let her share an outcome."""
        return share(self.client, self.citizen, self.shared)

    def _own(self, path: str, **body: object) -> Any:
        headers = self.citizen.headers
        return self.client.post(f"/api/v1/accounts/me/{path}", json=body, headers=headers)


FROM_INSTITUTIONS = ("result", "attachment", "back_entry", "provider_evidence")
BY_HERSELF = (
    "own_evidence", "missing_result", "cancellation", "contact", "contact_code", "deposit",
    "delegation", "consent", "reported_name", "learning_pass",
)  # fmt: skip


@pytest.fixture
def acts(
    client: TestClient,
    make_citizen: Callable[[], Citizen],
    provider: Provider,
    make_staff: Callable[..., Headers],
) -> Acts:
    """The acts on the account of one citizen."""
    return Acts(client, make_citizen(), make_citizen(), provider, make_staff)


@pytest.mark.parametrize("state", STATES)
def test_what_an_institution_states_comes_in_unless_the_account_is_limited_or_merged(
    acts: Acts, bank: Bank, state: AccountState
) -> None:
    """A result is no act of the learner's: frozen, hidden or dead, she has earned it."""
    put(bank, acts.citizen, state)
    asked = [*FROM_INSTITUTIONS]
    if state is AccountState.LIMITED:
        asked.remove("provider_evidence")  # Its outcome is not even shown to the institution.
    refused = {act: refusal_of(getattr(acts, act)()) for act in asked}
    expected = dict.fromkeys(asked, COMES_IN.get(state, TAKEN))
    if state is AccountState.MERGED:
        expected["provider_evidence"] = TAKEN  # Its outcome stays where it lies.
    assert refused == expected


@pytest.mark.parametrize("state", STATES)
def test_what_is_new_for_the_learner_herself_takes_an_account_in_use(
    acts: Acts, bank: Bank, state: AccountState
) -> None:
    """Whoever is still signed in when the state changes does nothing new."""
    put(bank, acts.citizen, state)
    refused = {act: refusal_of(getattr(acts, act)()) for act in BY_HERSELF}
    expected = TAKEN if state in HER_OWN else "account-not-in-use"
    assert refused == dict.fromkeys(BY_HERSELF, expected)


def put(bank: Bank, citizen: Citizen, state: AccountState) -> None:
    """Put an account into a state, as if its history had led there."""
    engine = create_engine(bank.settings.bank_database)
    with engine.begin() as connection:
        connection.execute(
            update(AccountRow).where(col(AccountRow.id) == citizen.id).values(state=state.value)
        )
    engine.dispose()


def refusal_of(answer: Any) -> str:
    """Give the code of a refusal; what was taken has none."""
    return "" if answer.is_success else str(answer.json()["code"])
