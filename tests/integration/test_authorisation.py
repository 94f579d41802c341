"""Who may call what: role by route by owner. A route that is not in the table fails."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.dependencies import declared_actors
from creditbank.access.api_keys import IssueApiKey
from creditbank.access.roles import Role
from creditbank.bank import Bank
from creditbank.errors import Misconfigured
from creditbank.learners.notices import Channel
from tests.fixtures.bank import Provider
from tests.fixtures.doors import DELEGABLE, HOLDERS, PUBLIC, ROLES, SERVE, TABLE, Case, R
from tests.fixtures.evidence import a_pdf
from tests.fixtures.people import Citizen
from tests.fixtures.recognition import Recognition


@pytest.fixture
def headers(
    bank: Bank,
    provider: Provider,
    make_provider: Callable[[str], Provider],
    make_citizen: Callable[[], Citizen],
    citizen: Citizen,
    administrator: dict[str, str],
    make_staff: Callable[..., dict[str, str]],
) -> dict[str, dict[str, str]]:
    """What each role presents."""
    command = IssueApiKey(institution_id=provider.institution, scopes={R})
    reader = bank.writer.write(command).answer
    return {
        "nobody": {},
        "stranger": {"Authorization": "Bearer cbt_000000000000_nothing"},
        "provider": provider.headers,
        "reader": {"Authorization": f"Bearer {reader}"},
        "other provider": make_provider("职业学校").headers,
        "citizen": citizen.headers,
        "other citizen": make_citizen().headers,
        "administrator": administrator,
        "clerk": make_staff(bank.installation.institution_id, Role.CLERK),
        "director": make_staff(bank.installation.institution_id, Role.DIRECTOR),
    }


@pytest.fixture
def ids(
    bank: Bank,
    make_staff: Callable[..., dict[str, str]],
    client: TestClient,
    provider: Provider,
    citizen: Citizen,
    post_result: Callable[..., dict[str, Any]],
    recognition: Recognition,
    tell: Callable[..., str],
    make_citizen: Callable[[], Citizen],
) -> dict[str, str]:
    """What exists: the provider's outcome, batch and learner, the citizen's pass and conversion."""
    helper = make_citizen()
    outcome = post_result(citizen)["id"]
    body = {"outcomes": [outcome], "expires_at": "2027-01-01T00:00:00+08:00"}
    made = client.post("/api/v1/passes", json=body, headers=citizen.headers).json()
    learner = {"learner_number": "7", "name": "学习者", "birth_year": 1990}
    opened = client.post("/api/v1/accounts", json=learner, headers=provider.headers).json()
    file = "learner,course,term,result,awarded_on,credits\n1,BBB,2014B,Pass,2014-09-23,30\n"
    batch = client.post(
        "/api/v1/outcome-batches",
        content=file,
        headers={**provider.headers, "Content-Type": "text/csv"},
    ).json()
    scan = client.post(
        f"/api/v1/outcomes/{outcome}/evidence?kind=other",
        content=a_pdf(),
        headers={**provider.headers, "Content-Type": "application/pdf"},
    ).json()
    hours = recognition.hours("16", "2025春", account_number=citizen.account_number)
    asked = {"rule": "class-hours", "outcomes": [hours]}
    converted = client.post("/api/v1/conversions", json=asked, headers=citizen.headers).json()
    return {
        "outcome_id": outcome,
        "evidence_id": scan["id"],
        "conversion_id": converted["id"],
        "batch_id": batch["id"],
        "learner_id": opened["id"],
        "account_id": citizen.id,
        "notice_id": tell(citizen),
        "delegation_id": client.post(
            "/api/v1/accounts/me/delegations",
            json={"kind": "helper", "delegate": helper.account_number},
            headers=citizen.headers,
        ).json()["id"],
        "contact_id": client.post(
            "/api/v1/accounts/me/contacts",
            json={"kind": "email", "contact": "learner@example.org"},
            headers=citizen.headers,
        ).json()["id"],
        "letter_id": tell(citizen, Channel.LETTER),
        "recovery_id": client.post(
            f"/api/v1/accounts/{citizen.id}/recoveries",
            json={"document": "居民身份证"},
            headers=make_staff(bank.installation.institution_id, Role.CLERK),
        ).json()["id"],
        "pass_id": made["id"],
        "institution_id": provider.institution,
        "key_id": provider.api_key.split("_")[1],
    }


def expected(case: Case, role: str) -> int | None:
    """Give the status with which a role is kept out, None where it is let in."""
    if role in case.owners:
        return None
    if role in {"nobody", "stranger"}:
        return 401
    may_be_delegate = SERVE in HOLDERS[role] and (case.method, case.path) in DELEGABLE
    return case.strangers_see if case.scope in HOLDERS[role] or may_be_delegate else 403


def test_every_role_is_let_in_or_kept_out_of_every_route_as_the_table_says(
    client: TestClient, headers: dict[str, dict[str, str]], ids: dict[str, str]
) -> None:
    """Owners come last, for what they call may change what there is."""
    wrong = []
    for case in TABLE:
        for role in sorted(ROLES, key=lambda one: one in case.owners):
            answer = client.request(
                case.method, case.path.format(**ids), json=case.body, headers=headers[role]
            )
            is_kept_out = answer.status_code in {401, 403, 404}
            wanted = expected(case, role)
            if (answer.status_code if is_kept_out else None) != wanted:
                wrong.append((case.method, case.path, role, answer.status_code, wanted))
    assert wrong == []


def template(path: str) -> str:
    """Give a path as the route declares it."""
    for example, name in (
        ("?kind=other", ""),
        ("{learner_id}", "{account_id}"),
        ("{letter_id}", "{notice_id}"),
        (".png", ".{form}"),
    ):
        path = path.replace(example, name)
    return path


def test_every_route_stands_in_the_table_with_its_scope(client: TestClient) -> None:
    """A new route is kept from everybody until somebody says whom it is for."""
    app = client.app
    assert isinstance(app, FastAPI)
    declared = declared_actors(app)
    named = {(case.method, template(case.path)): case.scope for case in TABLE}
    assert {route: scope for route, scope in declared.items() if scope is not None} == named
    assert {route for route, scope in declared.items() if scope is None} == PUBLIC


def test_an_institution_without_the_scope_opens_no_account(
    client: TestClient, headers: dict[str, dict[str, str]]
) -> None:
    """The one public route whose rights depend on what is presented."""
    statuses = {
        role: client.post(
            "/api/v1/accounts", json={"learner_number": "8"}, headers=headers[role]
        ).status_code
        for role in ROLES
    }
    assert statuses == {
        "nobody": 422,
        "stranger": 401,
        "provider": 201,
        "reader": 403,
        "other provider": 201,
        "citizen": 403,
        "other citizen": 403,
        "administrator": 403,
        "clerk": 201,
        "director": 403,
    }


def test_an_application_with_an_undeclared_route_does_not_start() -> None:
    """Deny by default."""
    app = FastAPI()

    @app.get("/secrets")
    def secrets() -> None:
        pass

    with pytest.raises(Misconfigured, match="/secrets"):
        declared_actors(app)
