"""The programme plans: what an enrolment asks for, and which of its courses credit may fill."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank, Public
from api.rule_words.cap_lines import cap_line
from api.rule_words.wording import Wording
from api.v1.institution_list import ListedInstitution
from api.web.page import CurrentPage
from api.web.published.institutions import institutions_named
from creditbank.bank import Bank
from creditbank.catalogue.programmes import Programme, find_programmes, programmes_of
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False, dependencies=[Public])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProgramme:
    """A version of a plan, and whose it is."""

    stated: Programme
    institution: ListedInstitution | None


@router.get("/programmes")
def list_programmes(page: CurrentPage, bank: CurrentBank) -> Response:
    """List the programme plans by institution, code and first day."""
    with bank.readers.reading() as connection:
        found = programmes_of(connection)
    return page.show("published/programmes.html", programmes=_shown(bank, found))


@router.get("/programmes/{programme_id}")
def show_programme(page: CurrentPage, bank: CurrentBank, programme_id: str) -> Response:
    """Show what a plan asks for, course by course."""
    with bank.readers.reading() as connection:
        found = find_programmes(connection, [programme_id])
    if programme_id not in found:
        raise Refusal("not-found")
    (shown,) = _shown(bank, list(found.values()))
    plan = shown.stated.stated_plan
    words = Wording(page.language)
    caps = [] if plan is None else [cap_line(one, words) for one in plan.caps]
    return page.show("published/programme.html", one=shown, plan=plan, caps=caps)


def _shown(bank: Bank, programmes: list[Programme]) -> list[ShownProgramme]:
    with bank.readers.reading() as connection:
        ids = {one.institution_id for one in programmes}
        named = institutions_named(connection, ids, civil_day(bank.clock()))
    return [
        ShownProgramme(stated=one, institution=named.get(one.institution_id)) for one in programmes
    ]
