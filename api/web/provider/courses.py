"""The institution's courses: the list, one of them with its certifications, and submitting it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.definitions import (
    DefinitionView,
    SubmissionRequest,
    list_definitions,
    read_definition,
    submit_definition,
)
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.page_numbers import PageNumber, page_number, pages_of
from api.web.provider.who import CataloguePage
from creditbank.bank import Bank
from creditbank.catalogue.certification import count_votes
from creditbank.catalogue.queries import ballots_of, find_certifications
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.institutions.tree import load_tree

router = APIRouter(include_in_schema=False)

COURSES, COURSE = "/desk/courses", "/desk/courses/{definition_id}"
PAGE_COURSES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Voting:
    """How the votes on a submission stand, and what is asked of them."""

    counts: Mapping[str, int]
    quorum: int
    majority: str


@router.get(COURSES)
def show_courses(
    page: CataloguePage,
    bank: CurrentBank,
    wanted: Annotated[str, Query(alias="find", max_length=200)] = "",
    at: PageNumber = "1",
) -> Response:
    """List the courses, or those whose code or title has a text."""
    every = list_definitions(bank, page.actor.institution).definitions
    found = [one for one in every if _has(one, wanted.strip().casefold())]
    pages = pages_of(len(found), PAGE_COURSES)
    number = page_number(at, pages)
    start = (number - 1) * PAGE_COURSES
    return page.show(
        "provider/courses.html",
        courses=found[start : start + PAGE_COURSES],
        form=page.form(find=wanted),
        has_any=bool(every),
        at=number,
        of=pages,
    )


@router.get(COURSE)
def show_course(page: CataloguePage, definition_id: str) -> Response:
    """Show a course, how far its certification is, and ask for one."""
    return _show(page, definition_id, page.form())


@router.post(COURSE + "/submission")
async def submit(
    page: CataloguePage, definition_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Submit a course to be certified."""
    try:
        body = form.read(
            SubmissionRequest,
            credits=form.text("credits"),
            level_framework=form.text("level_framework"),
            level=form.number("level"),
            valid_from=form.text("valid_from"),
            valid_until=form.text("valid_until"),
        )
        await submit_definition(definition_id, body, page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "valid_from")
        return await run_in_threadpool(_show, page, definition_id, refused, 422)
    return page.go(COURSE.format(definition_id=definition_id), "course-submitted")


def _has(one: DefinitionView, text: str) -> bool:
    return any(text in part.casefold() for part in (one.code, one.title, one.title_en or ""))


def _show(page: Page, definition_id: str, form: Form, status: int = 200) -> Response:
    bank = page.bank
    one = read_definition(definition_id, bank)
    with bank.readers.reading() as connection:
        tree = load_tree(connection, civil_day(bank.clock()))
        tree.require(page.actor.institution, one.institution)
    return page.show(
        "provider/course.html",
        status=status,
        form=form,
        one=one,
        names=institution_names(bank, {each.institution for each in one.certifications}),
        votings=_votings(bank, [each.id for each in one.certifications]),
    )


def _votings(bank: Bank, ids: list[str]) -> dict[str, Voting]:
    """Give how the votes on each submission stand; who voted how is not the provider's to see."""
    with bank.readers.reading() as connection:
        ballots, found = ballots_of(connection, ids), find_certifications(connection, ids)
    return {
        one.id: Voting(
            counts=count_votes(ballots.get(one.id, ())), quorum=one.quorum, majority=one.majority
        )
        for one in found.values()
    }
