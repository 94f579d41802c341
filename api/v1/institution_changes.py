"""What becomes of an institution, from a day on, and how it stands as of any day."""

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import Field

from api.dependencies import CurrentBank, Public, Registrar
from api.response import Response
from api.v1 import examples
from api.v1.fields import Request, ShortText, one_of
from creditbank.codes.lists import find_code, list_year
from creditbank.conversion.days import civil_day, read_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.change import ChangeInstitution
from creditbank.institutions.history import Act, Change, History
from creditbank.institutions.queries import find_institutions

router = APIRouter(prefix="/api/v1/institutions", tags=["institutions"])


class ChangeRequest(Request):
    """One act and the day from which it holds; of an end, `since` is the last day."""

    act: ShortText = Field(examples=["renamed"], description=one_of(Act))
    since: ShortText = Field(
        examples=["2012-06-21"],
        description="The day from which it holds, YYYY-MM-DD; of an end, the last day.",
    )
    name: ShortText | None = Field(
        default=None, description="For `renamed`: the new name as printed."
    )
    name_en: ShortText | None = Field(
        default=None, description="For `renamed`: the new name in English."
    )
    uscc: ShortText | None = Field(
        default=None,
        description="For `coded`: the unified social credit code; without, it has none.",
    )
    parent: ShortText | None = Field(
        default=None, description="For `moved`: the id of the institution above; the top without."
    )
    region: ShortText | None = Field(
        default=None, description="For `relocated`: a code of GB/T 2260."
    )
    successors: list[ShortText] = Field(
        default=[],
        max_length=20,
        description="For `merged` and `split`: the ids of those that go on.",
    )


class ChangeView(Response):
    """One change; what the act does not replace is null."""

    id: str
    act: str
    since: str
    name: str | None
    name_en: str | None
    uscc: str | None
    parent: str | None
    region: str | None
    region_year: int | None
    successors: list[str]
    entry_index: int


class ChangedView(ChangeView):
    """A registered change with what the lists of this bank do not have."""

    warnings: list[str]


class InstitutionView(Response):
    """An institution as of a day, and everything that was registered of it."""

    id: str
    on: str
    kind: str
    name: str
    name_en: str | None
    uscc: str | None
    parent: str | None
    region: str | None
    region_year: int | None
    region_name: str | None = Field(description="As in the list; an abolished one's last name.")
    since: str | None
    ended: str | None = Field(description="Its last day, where it is over by this day.")
    successors: list[str]
    entry_index: int
    history: list[ChangeView]


@router.post("/{institution_id}/changes", status_code=201)
async def change_institution(
    institution_id: str,
    body: Annotated[ChangeRequest, Body(openapi_examples=examples.CHANGE)],
    actor: Registrar,
    bank: CurrentBank,
) -> ChangedView:
    """Rename, move, close, merge or split an institution of one's subtree from a day on."""
    command = ChangeInstitution(
        institution_id=institution_id,
        act=read_act(body.act),
        since=body.since,
        name=body.name,
        name_en=body.name_en,
        uscc=body.uscc,
        parent_id=body.parent,
        region=body.region,
        successors=body.successors,
        by=actor.institution,
    )
    written = await asyncio.wrap_future(bank.writer.submit(command))
    warnings = list(region_warnings(written.answer.region))
    return ChangedView(**change_facts(written.answer), warnings=warnings)


@router.get("/{institution_id}", dependencies=[Public])
def read_institution(
    institution_id: str, bank: CurrentBank, on: Annotated[str | None, Query(max_length=10)] = None
) -> InstitutionView:
    """Read an institution as of a day, today unless another is named; all of it is public."""
    day = civil_day(bank.clock()) if on is None else stated_day(on)
    with bank.readers.reading() as connection:
        history = find_institutions(connection, [institution_id]).get(institution_id)
    if history is None:
        raise Refusal("not-found")
    return InstitutionView(**history_facts(history, day))


def history_facts(history: History, day: date) -> dict[str, object]:
    """Give an institution as of a day with its history, as it is shown."""
    facts = history.on(day)
    end = history.end if history.is_over(day) else None
    region = None if facts.region is None else find_code("regions", facts.region)
    return {
        "id": facts.id,
        "on": str(day),
        "kind": facts.kind,
        "name": facts.name,
        "name_en": facts.name_en,
        "uscc": facts.uscc,
        "parent": facts.parent_id,
        "region": facts.region,
        "region_year": facts.region_year,
        "region_name": None if region is None else region.name,
        "since": facts.since,
        "ended": None if end is None else end.since,
        "successors": [] if end is None else list(end.successors),
        "entry_index": facts.entry_index,
        "history": [change_facts(one) for one in history.in_order],
    }


def change_facts(change: Change) -> dict[str, object]:
    """Give a change as it is shown."""
    names = ("id", "act", "since", "name", "name_en", "uscc", "region", "region_year")
    return {
        **{name: getattr(change, name) for name in names},
        "parent": change.parent_id,
        "successors": list(change.successors),
        "entry_index": change.entry_index,
    }


def region_warnings(region: str | None) -> Iterator[str]:
    """Warn of a region code that the list does not have, or that was abolished, with its year.

    A township's or village's code is looked up by its county.
    """
    if region is None:
        return
    year, found = list_year("regions"), find_code("regions", region[:6])
    if found is None:
        yield f"region {region} is not in the list of {year} 区划代码不在 {year} 年名单中"
    elif found.abolished is not None:
        yield (
            f"region {region} ({found.name}) ended in {found.abolished}, now {found.merged_into}"
            f" 该区划已于 {found.abolished} 年撤销，现为 {found.merged_into}"
        )


def read_act(text: str) -> Act:
    """Read what changed; raises `InvalidInput` that lists the acts there are."""
    known = tuple(one.value for one in Act)
    if text not in known:
        facts = {"known": known}
        raise InvalidInput([FieldProblem(field="act", code="act-unknown", facts=facts)])
    return Act(text)


def stated_day(text: str) -> date:
    """Read YYYY-MM-DD; raises `InvalidInput`."""
    try:
        return read_day(text)
    except ValueError:
        raise InvalidInput([FieldProblem(field="on", code="date-unreadable")]) from None
