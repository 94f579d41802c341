"""Every institution of the bank, page by page, as of a day."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Response as HTTPResponse
from pydantic import Field

from api.dependencies import CurrentBank, Public
from api.response import Response
from api.v1.institution_changes import stated_day
from creditbank.conversion.days import civil_day
from creditbank.institutions.history import History
from creditbank.institutions.queries import institution_page

router = APIRouter(prefix="/api/v1/institutions", tags=["institutions"])

PAGE_INSTITUTIONS_MAX = 200


class ListedInstitution(Response):
    """One institution as of the day; its own page has its history."""

    id: str
    kind: str
    name: str
    name_en: str | None
    uscc: str | None
    parent: str | None
    region: str | None
    ended: str | None = Field(description="Its last day, where it is over by this day.")
    is_suspended: bool = Field(description="It may post nothing on this day.")


class InstitutionPage(Response):
    """Institutions by their id; `next` leads on where there are more."""

    institutions: list[ListedInstitution]
    next: str | None


@router.get("", dependencies=[Public])
def list_institutions(
    bank: CurrentBank,
    request: Request,
    response: HTTPResponse,
    on: Annotated[str | None, Query(max_length=10, description="As of this day, or today.")] = None,
    after: Annotated[str, Query(max_length=64, description="Institution to go on after.")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_INSTITUTIONS_MAX)] = PAGE_INSTITUTIONS_MAX,
) -> InstitutionPage:
    """List the institutions, those that have ended too; all of it is public."""
    day = civil_day(bank.clock()) if on is None else stated_day(on)
    with bank.readers.reading() as connection:
        found = institution_page(connection, after=after, limit=limit + 1)
    page, following = found[:limit], None
    if len(found) > limit:
        following = f"{request.url.path}?on={day}&after={page[-1].id}&limit={limit}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return InstitutionPage(institutions=[listed(one, day) for one in page], next=following)


def listed(history: History, day: date) -> ListedInstitution:
    """Give an institution as of a day, as it stands in a list."""
    facts = history.on(day)
    end = history.end if history.is_over(day) else None
    return ListedInstitution(
        id=facts.id,
        kind=facts.kind,
        name=facts.name,
        name_en=facts.name_en,
        uscc=facts.uscc,
        parent=facts.parent_id,
        region=facts.region,
        ended=None if end is None else end.since,
        is_suspended=history.suspension_on(day) is not None,
    )
