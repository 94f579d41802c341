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
from creditbank.conversion.rule_file import RuleDocument
from creditbank.learners.consent_texts import consent_texts
from creditbank.learners.notices import Channel
from tests.fixtures.account_routes import ACCOUNT_ROUTES
from tests.fixtures.applying import ELECTIVE_PLAN, enrol_in
from tests.fixtures.bank import Provider
from tests.fixtures.days_to_come import EXPIRES
from tests.fixtures.doors import DELEGABLE, DOORS, HOLDERS, PUBLIC, ROLES, SERVE, Case, R
from tests.fixtures.evidence import a_pdf
from tests.fixtures.grant_routes import GRANT_ROUTES
from tests.fixtures.grants import Granting
from tests.fixtures.page_doors import PAGE_DOORS, PUBLIC_PAGES
from tests.fixtures.people import RESULT, Citizen
from tests.fixtures.provider_doors import LISTS
from tests.fixtures.recognition import Recognition
from tests.fixtures.routes import ARCHIVED, MISSING, OUTCOME_ROUTES, template
from tests.fixtures.rule_doors import RULE_DOORS
from tests.fixtures.rules import HOURS_RULE
from tests.fixtures.venue_routes import VENUE_ROUTES
from tests.fixtures.venues import Museum

# The last door of all ends the provider's own key.
TABLE = [
    *OUTCOME_ROUTES, *VENUE_ROUTES, *GRANT_ROUTES, *ACCOUNT_ROUTES, *LISTS, *RULE_DOORS, *DOORS,
]  # fmt: skip


@pytest.fixture
def headers(
    bank: Bank,
    provider: Provider,
    make_provider: Callable[[str], Provider],
    make_citizen: Callable[[], Citizen],
    citizen: Citizen,
    administrator: dict[str, str],
    make_staff: Callable[..., dict[str, str]],
    museum: Museum,
    employer: Provider,
) -> dict[str, dict[str, str]]:
    """What each role presents."""
    command = IssueApiKey(institution_id=provider.institution, scopes={R})
    reader = bank.writer.write(command).answer
    other = make_provider("职业学校")
    bank_id = bank.installation.institution_id
    return {
        "nobody": {},
        "stranger": {"Authorization": "Bearer cbt_000000000000_nothing"},
        "provider": provider.headers,
        "reader": {"Authorization": f"Bearer {reader}"},
        "other provider": other.headers,
        "citizen": citizen.headers,
        "other citizen": make_citizen().headers,
        "administrator": administrator,
        **{role.value: make_staff(bank_id, role) for role in Role},
        "foreign administrator": make_staff(other.institution, Role.INSTITUTION_ADMINISTRATOR),
        "school checker": make_staff(provider.institution, Role.CHECKER),
        "device": museum.device(museum.shift()),
        "employer": employer.headers,
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
    administrator: dict[str, str],
    headers: dict[str, dict[str, str]],
    museum: Museum,
    granting: Granting,
) -> dict[str, str]:
    """What exists: the provider's outcome, batch and learner, the citizen's pass and conversion."""
    helper = make_citizen()
    outcome = post_result(citizen)["id"]
    unused = post_result(citizen, term="2013J")
    body = {"outcomes": [outcome], "expires_at": EXPIRES}
    made = client.post("/api/v1/passes", json=body, headers=citizen.headers).json()
    learner = {"learner_number": "7", "name": "学习者", "birth_year": 1990}
    opened = client.post("/api/v1/accounts", json=learner, headers=provider.headers).json()
    file = "learner,course,term,result,awarded_on,credits\n1,BBB,2014B,Pass,2014-09-23,30\n"
    named = {**RESULT, "learner": {"name": "学习者"}}
    held = client.post("/api/v1/outcomes", json=named, headers=provider.headers).json()
    as_csv = {**provider.headers, "Content-Type": "text/csv"}
    batch = client.post("/api/v1/outcome-batches", content=file, headers=as_csv).json()
    scan = client.post(
        f"/api/v1/outcomes/{outcome}/evidence?kind=other",
        content=a_pdf(),
        headers={**provider.headers, "Content-Type": "application/pdf"},
    ).json()
    archived = client.post(
        "/api/v1/back-entries", json=ARCHIVED, headers=make_staff(provider.institution, Role.CLERK)
    ).json()
    missing = {**MISSING, "institution": provider.institution, "evidence": [scan["id"]]}
    matter = client.post(
        "/api/v1/accounts/me/matters", json=missing, headers=citizen.headers
    ).json()
    hours = recognition.hours("16", "2025春", account_number=citizen.account_number)
    asked = {"rule": "class-hours", "outcomes": [hours]}
    converted = client.post("/api/v1/conversions", json=asked, headers=citizen.headers).json()
    chain = "decided_by: chain\nworkflow: {steps: [{step: acceptance, by: bank}]}"
    text = HOURS_RULE.replace("decided_by: automatic", chain).replace(
        "id: class-hours", "id: chain"
    )
    recognition.publish(RuleDocument.read(text))
    more = recognition.hours("16", "2025秋", account_number=citizen.account_number)
    asked = {"rule": "chain", "outcomes": [more]}
    filing = client.post("/api/v1/filings", json=asked, headers=citizen.headers).json()
    key = bank.keystore.get([citizen.id])[citizen.id]
    enrolment = enrol_in(bank, key, provider.institution, ELECTIVE_PLAN)
    more = recognition.hours("16", "2025秋", account_number=citizen.account_number)
    asked = {"rule": "class-hours", "outcomes": [more], "enrolment": enrolment}
    applied = client.post("/api/v1/conversions", json=asked, headers=citizen.headers).json()
    staff = {"name": "her-clerk", "institution": provider.institution, "roles": ["clerk"]}
    added = client.post("/api/v1/staff", json=staff, headers=administrator).json()
    found = client.get("/api/v1/definitions", params={"institution": provider.institution})
    names = [one["id"] for one in found.json()["definitions"]]
    submitted = client.post(
        f"/api/v1/definitions/{names[1]}/submissions",
        json={"valid_from": "2014-01-01"},
        headers=headers["clerk"],
    ).json()
    of_another = {**RESULT, "learner": "8", "term": "2012B"}
    other = client.post("/api/v1/outcomes", json=of_another, headers=provider.headers).json()
    measure = client.post(
        "/api/v1/outcome-measures",
        json={"act": "suspended", "outcomes": [other["id"]], "reason": "复核"},
        headers=provider.headers,
    ).json()
    object.__setattr__(bank, "settings", bank.settings.model_copy(update={"transcripts": True}))
    credential = client.post(
        "/api/v1/credentials", json={"outcome": more}, headers=citizen.headers
    ).json()
    transcript = client.post(
        "/api/v1/transcripts", json={"credentials": [credential["id"]]}, headers=citizen.headers
    ).json()
    shift = museum.shift()
    expected_there = client.post(
        f"/api/v1/venue-shifts/{shift}/roster",
        json={"account_numbers": [citizen.account_number]},
        headers=museum.clerk,
    ).json()
    return {
        "rule_id": "class-hours",
        "version": "1",
        "transcript_id": transcript["id"],
        "webhook_id": "0" * 32,
        "venue_id": museum.venue,
        "shift_id": shift,
        "device_id": museum.offer(shift)["device"],
        "roster_entry_id": expected_there["entries"][0]["id"],
        "card_id": museum.card(citizen)["id"],
        "measure_id": measure["id"],
        "definition_id": names[0],
        "certification_id": submitted["id"],
        "outcome_id": outcome,
        "entry_id": archived["id"],
        "matter_id": matter["id"],
        "filing_id": filing["id"],
        "decision_id": filing["id"],
        "use_id": client.post(
            "/api/v1/accounts/me/outside-uses",
            json={"outcome": unused["id"], "where": "示例学分银行"},
            headers=citizen.headers,
        ).json()["id"],
        "evidence_id": scan["id"],
        "conversion_id": converted["id"],
        "enrolment_id": enrolment,
        "application_id": applied["applied"][0]["id"],
        "batch_id": batch["id"],
        "held_id": held["held"],
        "learner_id": opened["id"],
        "account_id": citizen.id,
        "notice_id": tell(citizen),
        "consent_id": client.post(
            "/api/v1/accounts/me/consents",
            json={"purpose": "contact", "text_sha256": consent_texts()["contact"].sha256},
            headers=citizen.headers,
        ).json()["id"],
        "delegation_id": client.post(
            "/api/v1/accounts/me/delegations",
            json={"kind": "helper", "delegate": helper.account_number},
            headers=citizen.headers,
        ).json()["id"],
        "name_id": client.post(
            "/api/v1/accounts/me/reported-names",
            json={"name": "曾用名"},
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
        "grant_id": granting.give(outcome),
        "institution_id": provider.institution,
        "login_id": added["id"],
        "key_id": provider.api_key.split("_")[1],
    }


def filled(body: dict[str, Any] | None, ids: dict[str, str]) -> dict[str, Any] | None:
    """Give a body with the institution that it names."""
    if body is None:
        return None
    return {
        name: ids["institution_id"] if value == "{institution_id}" else value
        for name, value in body.items()
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
            path, body = case.path.format(**ids), filled(case.body, ids)
            answer = client.request(case.method, path, json=body, headers=headers[role])
            wanted = expected(case, role)
            is_kept_out = answer.status_code in {401, 403, 404, wanted}
            if (answer.status_code if is_kept_out else None) != wanted:
                wrong.append((case.method, case.path, role, answer.status_code, wanted))
    assert wrong == []


def test_every_route_stands_in_the_table_with_its_scope(client: TestClient) -> None:
    """A new route is kept from everybody until somebody says whom it is for."""
    app = client.app
    assert isinstance(app, FastAPI)
    declared = declared_actors(app)
    named = {(case.method, template(case.path)): case.scope for case in [*TABLE, *PAGE_DOORS]}
    assert {route: scope for route, scope in declared.items() if scope is not None} == named
    assert {route for route, scope in declared.items() if scope is None} == PUBLIC | PUBLIC_PAGES


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
        **{role.value: 201 if role is Role.CLERK else 403 for role in Role},
        "foreign administrator": 403,
        "school checker": 403,
        "device": 403,
        "employer": 403,
    }
