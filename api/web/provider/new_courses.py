"""Courses are added: one by a form, or many by a catalogue file."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.definition_files import import_command
from api.v1.fields import Request
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.provider.courses import COURSES
from api.web.provider.who import CataloguePage
from api.web.uploaded import read_upload
from creditbank.catalogue.courses_file import Code, Text
from creditbank.catalogue.definition import OutcomeClass
from creditbank.catalogue.queries import schemes_of
from creditbank.catalogue.scheme import GradeScale, Scheme
from creditbank.errors import FieldProblem, InvalidInput, ReasonedRefusal, Refusal

router = APIRouter(include_in_schema=False)

NEW, FILE = "/desk/courses/new", "/desk/courses/file"
PROBLEMS_SHOWN = 50
_FIELDS = {"class": "outcome_class", "title.zh": "title", "title.en": "title_en"}
"""What a catalogue file calls otherwise than the form."""


class CourseNames(Request):
    """What a course is called, as long as a catalogue file may say it."""

    code: Code
    version: Code
    title: Text
    title_en: Text | None = None


@router.get(NEW)
def ask_course(page: CataloguePage) -> Response:
    """Ask what the course is."""
    return _ask(page, page.form(version="1"))


@router.post(NEW)
async def add_course(page: CataloguePage, form: PostedForm, bank: CurrentBank) -> Response:
    """Add one course under one of the institution's schemes."""
    try:
        text = await run_in_threadpool(_catalogue_of, page, form)
        command = import_command(text, page.actor)
        await asyncio.wrap_future(bank.writer.submit(command))
    except Refusal as refusal:
        refused = page.refused(form, _of_form(refusal), "code")
        return await run_in_threadpool(_ask, page, refused, 422)
    return page.go(f"{COURSES}/{command.definitions[0].id}", "course-added")


@router.get(FILE)
def ask_catalogue(page: CataloguePage) -> Response:
    """Ask for a catalogue file."""
    return page.show("provider/courses_file.html", form=page.form(), wrong=[], left=0)


@router.post(FILE)
async def add_catalogue(page: CataloguePage, form: PostedForm, bank: CurrentBank) -> Response:
    """Add what a catalogue file has, or say of each wrong place what is wrong."""
    try:
        command = await run_in_threadpool(import_command, await _sent(page), page.actor)
        await asyncio.wrap_future(bank.writer.submit(command))
    except Refusal as refusal:
        return _refused_file(page, form, refusal)
    return page.go(COURSES, "courses-added")


def _refused_file(page: Page, form: Form, refusal: Refusal) -> Response:
    problems = refusal.problems if isinstance(refusal, ReasonedRefusal) else ()
    places = [one for one in problems if one.field != "file"]
    whole = Refusal("invalid-input") if places else refusal
    return page.show(
        "provider/courses_file.html",
        status=422,
        form=page.refused(form, whole, "file"),
        wrong=[page.problems.field(one, page.language) for one in places[:PROBLEMS_SHOWN]],
        left=max(0, len(places) - PROBLEMS_SHOWN),
    )


async def _sent(page: Page) -> str:
    """Give the text of the file that was chosen; raises `InvalidInput`."""
    data = await read_upload(page.request, "file")
    if not data:
        raise InvalidInput([FieldProblem(field="file", code="field-missing")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput([FieldProblem(field="file", code="text-not-utf-8")]) from None


def _catalogue_of(page: Page, form: Form) -> str:
    """Write the catalogue file of one course; raises `InvalidInput` for what was left out."""
    chosen = form.text("scheme")
    scheme = next((one for one in _schemes(page) if one.id == chosen), None)
    asked = ("code", "version", "title", "outcome_class", "valid_from")
    missing = [name for name in asked if form.text(name) is None]
    if scheme is None:
        missing.append("scheme")
    if missing or scheme is None:
        raise InvalidInput([FieldProblem(field=name, code="field-missing") for name in missing])
    form.chosen("outcome_class", [one.value for one in OutcomeClass])
    form.read(CourseNames, **{name: form.text(name) for name in CourseNames.model_fields})
    course = {
        **{name: form.text(name) for name in ("code", "version", "valid_from", "valid_until")},
        **{name: form.text(name) for name in ("credits", "hours")},
        "title": _stated(zh=form.text("title"), en=form.text("title_en")),
        "class": form.text("outcome_class"),
        "scheme": scheme.id,
    }
    file = {
        "format": "creditbank/courses/v1",
        "schemes": [_scheme_of_file(scheme)],
        "courses": [_stated(**course)],
    }
    return orjson.dumps(file).decode()  # JSON is YAML.


def _scheme_of_file(scheme: Scheme) -> dict[str, Any]:
    return {
        "id": scheme.id,
        "title": _stated(zh=scheme.title, en=scheme.title_en),
        "quantum": str(scheme.quantum),
        "hours_per_credit": scheme.hours_per_credit,
        "minutes_per_class_hour": scheme.minutes_per_class_hour,
        "grade_scales": [_scale_of_file(one) for one in scheme.grade_scales],
    }


def _scale_of_file(scale: GradeScale) -> dict[str, Any]:
    return _stated(
        id=scale.id,
        kind="ordered" if scale.values else "numeric",
        min=None if scale.minimum is None else str(scale.minimum),
        max=None if scale.maximum is None else str(scale.maximum),
        values=list(scale.values),
    )


def _stated(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _of_form(refusal: Refusal) -> Refusal:
    """Name the fields of a course as its form does."""
    if not isinstance(refusal, InvalidInput):
        return refusal
    return InvalidInput([_field_of_form(one) for one in refusal.problems])


def _field_of_form(problem: FieldProblem) -> FieldProblem:
    name = problem.field.removeprefix("courses.0.")
    return replace(problem, field=_FIELDS.get(name, name))


def _schemes(page: Page) -> Sequence[Scheme]:
    with page.bank.readers.reading() as connection:
        return list(schemes_of(connection, page.actor.institution).values())


def _ask(page: Page, form: Form, status: int = 200) -> Response:
    return page.show("provider/new_course.html", status=status, form=form, schemes=_schemes(page))
