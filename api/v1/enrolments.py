"""Programme plans, which are public, and enrolments 学籍, which the learner and her school see."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from api.dependencies import (
    CatalogueWriter,
    Citizen,
    CurrentBank,
    CurrentProblems,
    Language,
    OutcomesReader,
    OutcomesWriter,
    Public,
)
from api.response import Response
from api.v1.account_access import keys_by_account
from api.v1.account_keys import account_key
from api.v1.text_bodies import CSV_BODY, YAML_BODY, read_text
from creditbank.bank import Bank
from creditbank.catalogue.enrol import (
    Enrol,
    StoredEnrolment,
    enrolments_at,
    enrolments_of_accounts,
    match_lines,
)
from creditbank.catalogue.enrolments_file import read_enrolments
from creditbank.catalogue.programmes import (
    ImportProgrammes,
    Programme,
    find_programmes,
    programmes_of,
    read_programmes,
)
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.institutions.tree import load_tree
from creditbank.keystore.account_key import AccountKey

router = APIRouter(prefix="/api/v1", tags=["catalogue"])

PAGE_MAX = 200


class ProgrammeView(Response):
    """One version of a programme plan."""

    id: str
    institution: str
    code: str
    version: str
    valid_from: str
    title: str
    title_en: str | None


class ProgrammeList(Response):
    """Programme plans by institution, code and first day."""

    programmes: list[ProgrammeView]


class ImportedProgrammes(Response):
    """How many plans were new."""

    added: int


class EnrolmentView(Response):
    """One enrolment; days are YYYY-MM-DD."""

    id: str
    programme: ProgrammeView
    student_number: str | None
    state: str
    from_day: str | None
    until_day: str | None


class EnrolmentList(Response):
    """Enrolments; `next` leads on where there are more."""

    enrolments: list[EnrolmentView]
    next: str | None = None


class RefusedRow(Response):
    """What is wrong with one row."""

    row: int
    problems: list[dict[str, object]]


class EnrolledView(Response):
    """What became of a file: rows = added + changed + unchanged + rejected."""

    added: int
    changed: int
    unchanged: int
    rejected: list[RefusedRow]


@router.get("/programmes", dependencies=[Public])
def list_programmes(
    bank: CurrentBank, institution: Annotated[str | None, Query(max_length=64)] = None
) -> ProgrammeList:
    """List the programme plans, or those of one institution."""
    with bank.readers.reading() as connection:
        found = programmes_of(connection, institution)
    return ProgrammeList(programmes=[_programme(one) for one in found])


@router.get("/programmes/{programme_id}", dependencies=[Public])
def read_programme(programme_id: str, bank: CurrentBank) -> ProgrammeView:
    """Read one version of a programme plan."""
    with bank.readers.reading() as connection:
        found = find_programmes(connection, [programme_id])
    if programme_id not in found:
        raise Refusal("not-found")
    return _programme(found[programme_id])


@router.post("/programmes", openapi_extra=YAML_BODY)
async def import_programmes(
    request: Request, actor: CatalogueWriter, bank: CurrentBank
) -> ImportedProgrammes:
    """Add programme plans of one's own institution, from a file (YAML)."""
    programmes = read_programmes(await read_text(request), actor.institution)
    command = ImportProgrammes(programmes=programmes)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return ImportedProgrammes(added=written.answer)


@router.post("/enrolments", openapi_extra=CSV_BODY)
async def import_enrolments(
    request: Request,
    actor: OutcomesWriter,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
) -> EnrolledView:
    """Enrol learners of one's own institution, from a file (CSV); good rows are taken.

    Columns: learner, programme, programme_version, student_number, state, from, until.
    """
    lines = read_enrolments(await read_text(request))
    matched, refused = await run_in_threadpool(
        match_lines,
        lines,
        institution_id=actor.institution,
        readers=bank.readers,
        keystore=bank.keystore,
    )
    command = Enrol(institution_id=actor.institution, enrolling=matched)
    enrolled = (await asyncio.wrap_future(bank.writer.submit(command))).answer
    return EnrolledView(
        added=enrolled.added,
        changed=enrolled.changed,
        unchanged=enrolled.unchanged,
        rejected=[
            RefusedRow(
                row=one.number,
                problems=[problems.field(each, language) for each in one.problems],
            )
            for one in refused
        ],
    )


@router.get("/enrolments")
def list_enrolments(
    actor: OutcomesReader,
    bank: CurrentBank,
    institution: Annotated[str | None, Query(max_length=64)] = None,
    after: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_MAX,
) -> EnrolmentList:
    """List the enrolments at one's own institution and below it, or at one of these."""
    with bank.readers.reading() as connection:
        tree = load_tree(connection, civil_day(bank.clock()))
        seen = [one for one in tree.parents if tree.covers(actor.institution, one)]
        if institution is not None:
            if institution not in seen:
                raise Refusal("not-found")
            seen = [institution]
        stored = enrolments_at(connection, seen, after=after, limit=limit + 1)
        programmes = find_programmes(connection, {one.programme_id for one in stored})
    page = stored[:limit]
    keys = bank.keystore.get([one.account_id for one in page])
    shown = [_enrolment(one, programmes, keys.get(one.account_id)) for one in page]
    more = f"/api/v1/enrolments?after={page[-1].id}&limit={limit}" if len(stored) > limit else None
    return EnrolmentList(enrolments=shown, next=more)


@router.get("/accounts/{account_id}/enrolments")
def list_own_enrolments(account_id: str, actor: Citizen, bank: CurrentBank) -> EnrolmentList:
    """List one's own enrolments; `me` stands for one's id."""
    if account_id not in {"me", actor.account}:
        raise Refusal("not-found")
    keys = keys_by_account(account_key(actor.account, bank), bank)
    return EnrolmentList(enrolments=own_enrolments(keys, bank))


def own_enrolments(keys: Mapping[str, AccountKey], bank: Bank) -> list[EnrolmentView]:
    """Give the enrolments of one person's accounts."""
    with bank.readers.reading() as connection:
        stored = enrolments_of_accounts(connection, keys)
        programmes = find_programmes(connection, {one.programme_id for one in stored})
    return [_enrolment(one, programmes, keys[one.account_id]) for one in stored]


def _enrolment(
    one: StoredEnrolment, programmes: dict[str, Programme], key: AccountKey | None
) -> EnrolmentView:
    """Give an enrolment; of a learner who was erased nothing is left that is sealed."""
    facts = {} if key is None else one.open(key)
    return EnrolmentView(
        id=one.id,
        programme=_programme(programmes[one.programme_id]),
        student_number=facts.get("student_number"),
        state=one.state,
        from_day=facts.get("from"),
        until_day=facts.get("until"),
    )


def _programme(one: Programme) -> ProgrammeView:
    return ProgrammeView(
        id=one.id,
        institution=one.institution_id,
        code=one.code,
        version=one.version,
        valid_from=one.valid_from,
        title=one.title,
        title_en=one.title_en,
    )
