"""A conversion under review 转换复核: one of its outcomes was corrected, and a person decides."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.conversion_reviews import (
    ReviewDecisionRequest,
    ReviewView,
    decide_review,
    list_reviews,
)
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.staff.named import rule_titles
from api.web.staff.pages import MattersPage
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)


@router.get("/desk/reviews/{conversion_id}")
def show_review(page: MattersPage, conversion_id: str) -> Response:
    """Show what was converted, what she answered, and ask what becomes of it."""
    return _review(page, _find(page, conversion_id), page.form())


@router.post("/desk/reviews/{conversion_id}/decision")
async def decide(
    page: MattersPage, conversion_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Take the credit back, or convert anew by what the corrected outcome gives."""
    review = await run_in_threadpool(_find, page, conversion_id)
    try:
        body = form.read(
            ReviewDecisionRequest, decision=form.text("decision"), text=form.text("text")
        )
        attempt = form.attempt(page.request)
        await decide_review(conversion_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "decision")
        return await run_in_threadpool(_review, page, review, refused, 422)
    return page.go("/desk/matters", "review-decided")


def _find(page: Page, conversion_id: str) -> ReviewView:
    """Give a review that is not decided; raises `Refusal("not-found")`."""
    for one in list_reviews(page.actor, page.bank).reviews:
        if one.conversion == conversion_id:
            return one
    raise Refusal("not-found")


def _review(page: Page, review: ReviewView, form: Form, status: int = 200) -> Response:
    rules = rule_titles(page.bank, {review.rule})
    return page.show("staff/review.html", status=status, one=review, rules=rules, form=form)
