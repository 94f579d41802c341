"""Whoever clicks twice has one of it: each form that makes something, sent twice as it was.

Left out is what is made behind the door by jobs (files, measures): its attempts are tested there.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from creditbank.access.roles import Role
from creditbank.access.sessions import StartSession
from creditbank.bank import Bank
from creditbank.migrations.tables import METADATA
from tests.fixtures.bank import Provider
from tests.fixtures.evidence import a_pdf, a_picture
from tests.fixtures.pages import COOKIE, Visitor
from tests.fixtures.people import PASSWORD, Citizen
from tests.fixtures.staff_life import ADMINISTRATOR, CHECKER, SCHOOL_CLERK, live
from tests.fixtures.venues import Museum
from tests.fixtures.webhook_pages import open_webhook
from tests.integration.pages.test_provider_catalogue import COURSE
from tests.integration.pages.test_staff_counter import SEEN

pytestmark = pytest.mark.parametrize("founded_bank", ["sqlite"], indirect=True)
"""What makes two attempts one is tested on both engines elsewhere."""

NOTED = {"session", "idempotency", "ledger_checkpoint", "delegated_act"}
"""What is noted of any request, and nothing that it makes."""
NEWCOMER = {"name": "示例学习者", "birth_year": "1958", "password": PASSWORD}
SCHOOL = "/desk/institutions/{school}"
PERSON, VISITOR = (f"/desk/counter/accounts/{{{one}}}" for one in ("staff_account", "visitor"))
HEAD, RUNNER = "head", "runner"


class Form(NamedTuple):
    """Who sends what where; `{…}` is filled from the ids."""

    who: str
    path: str
    fields: Mapping[str, Any]


HERS = (
    Form("", "/me/passes/new", {"outcomes": "{learned}", "purpose": "job", "days": "30"}),
    Form("", "/me/contacts", {"kind": "email", "contact": "a@example.org"}),
    Form("", "/me/helpers/new", {"delegate": "{helper}", "acts": "read"}),
    Form("", "/me/outcomes/{learned}/dispute",
         {"field": "result", "should_be": "优秀", "text": "成绩有误"}),
    Form("", "/me/outcomes/{learned}/credential", {}),
    Form("", "/me/check-in/cards", {}),
)  # fmt: skip
OF_STAFF = (
    Form(ADMINISTRATOR, "/desk/institutions/new",
         {"kind": "provider", "name": "分校", "parent": "{school}"}),
    Form(ADMINISTRATOR, f"{SCHOOL}/keys", {"name": "教务系统"}),
    Form(ADMINISTRATOR, f"{SCHOOL}/changes/renamed",
         {"name": "市职业技能学校", "since": "2026-01-01", "confirmed": "yes"}),
    Form(ADMINISTRATOR, f"{SCHOOL}/staff", {"name": "clerk-9", "roles": "clerk"}),
    Form(SCHOOL_CLERK, "/desk/counter/open",
         {"name": "来访者", "birth_year": "1950", "learner_number": "G-77"}),
    Form(SCHOOL_CLERK, f"{VISITOR}/visit", {}),
    Form(SCHOOL_CLERK, f"{VISITOR}/document", SEEN | {"number": "E00000002"}),
    Form(SCHOOL_CLERK, f"{PERSON}/filing/electricians-certificate",
         {"received_on": "2026-11-02", "outcomes": "{spare}", "targets": "DQ-2"}),
    Form(SCHOOL_CLERK, f"{PERSON}/check-in-cards", {}),
    Form(SCHOOL_CLERK, "/desk/rule-drafts/electricians-certificate/2/simulation", {}),
    Form(CHECKER, "/desk/conversions/{recognised}/reversal",
         {"cause": "error", "text": "规则选错", "confirmed": "yes"}),
)  # fmt: skip
OF_PROVIDERS = (
    Form(HEAD, "/desk/institution/api-keys", {"name": "教务系统"}),
    Form(HEAD, "/desk/webhooks/new",
         {"url": "https://records.example/hook", "types": "batch.ended", "step": "do"}),
    Form(HEAD, "/desk/webhooks/{webhook}/test", {}),
    Form(HEAD, "/desk/courses/new", COURSE),
    Form(RUNNER, "/desk/venues/{venue}/shifts", {"hours": "4", "place": "东门"}),
    Form(RUNNER, "/desk/venues/{venue}/shifts/{shift}/devices", {"kind": "desk", "label": "一号"}),
)  # fmt: skip


def rows(bank: Bank) -> dict[str, int]:
    """Count what there is in each table."""
    with bank.readers.reading() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in METADATA.tables.items()
            if name not in NOTED
        }


def sent_twice(bank: Bank, who: Visitor, path: str, fields: Mapping[str, Any]) -> list[object]:
    """Send a form twice under one attempt; gives what the second one made or said otherwise."""
    fields = {**fields, "attempt": "0" * 32}
    before = rows(bank)
    first = who.post(path, **fields)
    once = rows(bank)
    second = who.post(path, **fields)
    twice = rows(bank)
    wrong: list[object] = []
    if first.status_code not in {200, 303} or before == once:
        wrong.append((path, first.status_code, "makes nothing"))
    if once != twice:
        wrong.append((path, {name for name, count in twice.items() if once[name] != count}))
    answers = [(one.status_code, one.headers.get("location"), one.text) for one in (first, second)]
    if answers[0] != answers[1]:
        wrong.append((path, first.status_code, second.status_code, "says otherwise"))
    return wrong


def test_a_photo_that_a_second_click_brings_is_kept_once(
    bank: Bank,
    citizen: Citizen,
    post_result: Callable[..., dict[str, Any]],
    signed_in: Callable[[dict[str, str]], Visitor],
) -> None:
    """Nor does a form that was refused and brings it anew keep another one; a new one is kept."""
    her, outcome = signed_in(citizen.headers), post_result(citizen)["id"]
    path = f"/me/outcomes/{outcome}/dispute"
    fields = {"field": "result", "should_be": "优秀", "text": "成绩有误", "attempt": "0" * 32}

    def send(photo: bytes, **more: str) -> tuple[int, int, int]:
        files = {"photo": ("photo.jpg", photo, "image/jpeg")}
        answer = her.request("POST", path, data={**fields, **more}, files=files)
        stored = [one for one in bank.settings.evidence_dir.rglob("*") if one.is_file()]
        return answer.status_code, rows(bank)["evidence"], len(stored)

    assert send(a_picture(), field="") == (422, 1, 1)
    assert [send(a_picture()), send(a_picture())] == [(303, 1, 1)] * 2
    assert send(a_picture("PNG"), attempt="1" * 32, field="") == (422, 2, 2)


def test_a_scan_that_a_second_click_at_the_counter_brings_is_kept_once(
    bank: Bank, client: TestClient
) -> None:
    """What is said otherwise of the same file is another piece, and a clerk's is not hers."""
    life = live(bank)
    command = StartSession(login_id=life.logins[SCHOOL_CLERK], is_proven=True)
    clerk = Visitor(client, {COOKIE: str(bank.writer.write(command).answer)})
    before = rows(bank)["evidence"]

    def send(**fields: str) -> int:
        files = {"scan": ("scan.pdf", a_pdf("twice"), "application/pdf")}
        path = f"{PERSON.format(**life.ids)}/evidence"
        answer = clerk.request("POST", path, data=fields, files=files)
        assert answer.status_code == 303, answer.text
        return rows(bank)["evidence"] - before

    assert [send(kind="certificate"), send(kind="certificate"), send(kind="other")] == [1, 1, 2]


def differing(
    bank: Bank, forms: tuple[Form, ...], at: Callable[[str], Visitor], ids: Mapping[str, str]
) -> list[object]:
    """Send all of these forms twice."""
    return [
        one
        for form in forms
        for fields in [{name: text.format(**ids) for name, text in form.fields.items()}]
        for one in sent_twice(bank, at(form.who), form.path.format(**ids), fields)
    ]


def test_a_second_click_of_a_learner_makes_nothing_more(
    bank: Bank,
    citizen: Citizen,
    make_citizen: Callable[[], Citizen],
    post_result: Callable[..., dict[str, Any]],
    signed_in: Callable[[dict[str, str]], Visitor],
) -> None:
    """She is led to what there is, as by the first."""
    ids = {"learned": post_result(citizen)["id"], "helper": make_citizen().account_number}
    her = signed_in(citizen.headers)
    assert differing(bank, HERS, lambda _: her, ids) == []


def test_a_second_click_opens_no_second_account(bank: Bank, visitor: Visitor) -> None:
    """She is logged in to the one; all that is wrong before is said at once."""
    wrong = visitor.post("/open", name="示例学习者", birth_year="19x0")
    assert wrong.status_code == 422
    assert all(f'href="#{name}"' in wrong.text for name in ("birth_year", "password"))
    wrong = visitor.post("/open", birth_year="1066", password="short")
    assert all(f'href="#{name}"' in wrong.text for name in ("birth_year", "password"))
    assert sent_twice(bank, visitor, "/open", NEWCOMER) == []


def test_a_second_click_of_staff_makes_nothing_more(bank: Bank, client: TestClient) -> None:
    """What is shown once, as a key or a password, the second answer shows too."""
    life = live(bank)

    def at_desk(name: str) -> Visitor:
        command = StartSession(login_id=life.logins[name], is_proven=True)
        return Visitor(client, {COOKIE: str(bank.writer.write(command).answer)})

    assert differing(bank, OF_STAFF, at_desk, life.ids) == []
    checker, person = at_desk(CHECKER), PERSON.format(**life.ids)
    page = checker.get(f"{person}/recovery").text
    recovery = page.partition(f'action="{person}/recovery/')[2].partition('"')[0]
    first, second = (
        checker.post(f"{person}/recovery/{recovery}", attempt="1").text for _ in range(2)
    )
    assert ("Recovery code" in first, first) == (True, second)


def test_a_second_click_of_a_provider_makes_nothing_more(
    bank: Bank,
    provider: Provider,
    museum: Museum,
    make_staff: Callable[..., dict[str, str]],
    signed_in: Callable[[dict[str, str]], Visitor],
) -> None:
    """Shifts and devices at venues among them."""
    at = {
        HEAD: signed_in(make_staff(provider.institution, Role.INSTITUTION_ADMINISTRATOR)),
        RUNNER: signed_in(make_staff(museum.institution, Role.CLERK)),
    }
    ids = {"venue": museum.venue, "shift": museum.shift()}
    ids["webhook"] = open_webhook(bank, provider.institution, HEAD)
    assert differing(bank, OF_PROVIDERS, at.__getitem__, ids) == []
