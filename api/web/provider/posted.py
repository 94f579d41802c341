"""What the institution posted, day by day, and what it posted of one of its learners."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.institution_changes import stated_day
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.page_numbers import PageNumber, page_number, pages_of
from api.web.provider.who import ReaderPage
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.tree import load_tree
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.find import learner_tag
from creditbank.outcomes.posted_days import PostedDay, newest_posted_day, posted_on
from creditbank.outcomes.queries import StoredOutcome, outcomes_of_account
from ledger.statement import JSONValue

router = APIRouter(include_in_schema=False)

POSTED = "/desk/posted"
PAGE_OUTCOMES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedOutcome:
    """One outcome in a list; what an erased learner's stated is gone."""

    id: str
    status: str
    stated: dict[str, JSONValue] | None


@router.get(POSTED)
def show_posted(
    page: ReaderPage,
    bank: CurrentBank,
    day: Annotated[str, Query(alias="on", max_length=10)] = "",
    at: PageNumber = "1",
) -> Response:
    """Show what was posted on a day, the last one unless another is asked for."""
    form = page.form(on=day)
    try:
        wanted = stated_day(day) if day else None
    except Refusal as refusal:
        return _show(page, page.refused(form, refusal), None, status=422)
    return _show(page, form, _posted(page, bank, wanted, at), at=at)


@router.post(POSTED)
def find_learner(page: ReaderPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Show what was posted of one learner; her number stands in no address."""
    try:
        found = _of_learner(page, bank, form.text("learner"))
    except Refusal as refusal:
        return _show(page, page.refused(form, refusal, "learner"), None, status=422)
    return _show(page, form, None, outcomes=found)


def _show(
    page: Page, form: Form, posted: PostedDay | None, *, status: int = 200, **more: Any
) -> Response:
    shown = more.get("outcomes")
    if posted is not None:
        shown = opened(page.bank, posted.outcomes)
        pages = pages_of(posted.total, PAGE_OUTCOMES)
        more |= {"at": page_number(more["at"], pages), "of": pages}
    return page.show(
        "provider/posted.html",
        status=status,
        form=form,
        posted=posted,
        **{**more, "outcomes": shown},
    )


def opened(bank: Bank, outcomes: Sequence[StoredOutcome]) -> list[PostedOutcome]:
    """Open what was stated of outcomes."""
    keys = bank.keystore.get({one.account_id for one in outcomes})
    found = []
    for one in outcomes:
        key = keys.get(one.account_id)
        sealed = key and open_statement(key, "outcome", one.id, one.sealed_statement)
        stated = fields_of(sealed) if sealed else None
        found.append(PostedOutcome(id=one.id, status=one.status, stated=stated))
    return found


def _posted(page: Page, bank: Bank, day: date | None, at: str) -> PostedDay | None:
    with bank.readers.reading() as connection:
        tree = load_tree(connection, civil_day(bank.clock()))
        own = tree.covered(page.actor.institution)
        wanted = day or newest_posted_day(connection, own)
        if wanted is None:
            return None
        whole = posted_on(connection, own, wanted, limit=0)
        number = page_number(at, pages_of(whole.total, PAGE_OUTCOMES))
        after = (number - 1) * PAGE_OUTCOMES
        return posted_on(connection, own, wanted, after=after, limit=PAGE_OUTCOMES)


def _of_learner(page: Page, bank: Bank, number: str | None) -> list[PostedOutcome]:
    if number is None:
        raise InvalidInput([FieldProblem(field="learner", code="field-missing")])
    own = page.actor.institution
    tag = learner_tag(bank.keystore.secrets, own, "learner_number", number)
    key = bank.keystore.find([tag]).get(tag)
    if key is None:
        raise Refusal("learner-unknown")
    with bank.readers.reading() as connection:
        stored = outcomes_of_account(connection, key.account_id)
    return opened(bank, [one for one in stored if one.institution_id == own])
