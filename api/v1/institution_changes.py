"""What becomes of an institution, from a day on, and how it stands as of any day."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi import Response as HTTPResponse
from pydantic import Field

from api.attempts import CurrentAttempt
from api.dependencies import CurrentBank, Public, Registrar
from api.response import Response
from api.v1 import examples
from api.v1.fields import Request, ShortText, one_of
from creditbank.access.actor import Actor
from creditbank.codes.lists import find_code, list_year
from creditbank.conversion.days import civil_day, read_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.change import ChangeInstitution, preview_change
from creditbank.institutions.history import Act, Change, History
from creditbank.institutions.queries import find_institutions
from creditbank.statistics.institution import dependants_of

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
    reason: ShortText | None = Field(
        default=None, description="For `suspended`: why it may post nothing. It is public."
    )
    ask: ShortText | None = Field(
        default=None,
        description="For `suspended`: the office that is asked about it, with its number. Public.",
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
    reason: str | None = Field(description="Why it was suspended.")
    ask: str | None = Field(description="Whom to ask about the suspension.")
    ordered_by: str | None = Field(description="The institution that suspended or resumed it.")
    entry_index: int


class ChangedView(ChangeView):
    """A registered change with what the lists of this bank do not have."""

    warnings: list[str]


class DependantsView(Response):
    """What hangs on an institution and is in use, in counts that name nobody."""

    logins: int
    keys: int = Field(description="API keys.")
    batches: int = Field(description="Files that wait or are being recorded.")
    rules: int = Field(description="Rules that it published.")
    enrolments: int = Field(description="Active enrolments.")
    below: int = Field(description="Institutions that stand anywhere under it today.")


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
    suspension: ChangeView | None = Field(
        description="By what it may post nothing on this day; null while it may."
    )
    entry_index: int
    history: list[ChangeView]


@router.post("/{institution_id}/changes", status_code=201)
async def change_institution(
    institution_id: str,
    body: Annotated[ChangeRequest, Body(openapi_examples=examples.CHANGE)],
    actor: Registrar,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> ChangedView:
    """Rename, move, end, suspend or resume an institution of one's subtree from a day on."""
    command = change_command(institution_id, body, actor)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    warnings = list(region_warnings(written.answer.region))
    return ChangedView(**change_facts(written.answer), warnings=warnings)


@router.post("/{institution_id}/changes/preview")
def preview_institution_change(
    institution_id: str,
    body: Annotated[ChangeRequest, Body(openapi_examples=examples.CHANGE)],
    actor: Registrar,
    bank: CurrentBank,
) -> DependantsView:
    """Say what hangs on an institution that is to be changed; nothing is written."""
    command, now = change_command(institution_id, body, actor), bank.clock()
    with bank.readers.reading() as connection:
        preview_change(connection, command, now)
        found = dependants_of(connection, institution_id, civil_day(now))
    return DependantsView(**asdict(found))


def change_command(institution_id: str, body: ChangeRequest, actor: Actor) -> ChangeInstitution:
    """Make the command of a change; raises `InvalidInput` for an act that is none."""
    return ChangeInstitution(
        institution_id=institution_id,
        act=read_act(body.act),
        since=body.since,
        name=body.name,
        name_en=body.name_en,
        uscc=body.uscc,
        parent_id=body.parent,
        region=body.region,
        successors=body.successors,
        reason=body.reason,
        ask=body.ask,
        by=actor.institution,
    )


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
    suspension = history.suspension_on(day)
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
        "suspension": None if suspension is None else change_facts(suspension),
        "entry_index": facts.entry_index,
        "history": [change_facts(one) for one in history.in_order],
    }


def change_facts(change: Change) -> dict[str, object]:
    """Give a change as it is shown."""
    facts = asdict(change)
    del facts["institution_id"]
    return {**facts, "parent": facts.pop("parent_id"), "successors": list(change.successors)}


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
