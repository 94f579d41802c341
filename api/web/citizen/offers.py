"""Recognised credit that counts nowhere yet: what of it fits into a programme, if she says yes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.application_views import AppliedShareView
from api.v1.conversions import read_conversion
from api.v1.enrolments import EnrolmentView
from api.v1.offers import AcceptRequest, OfferView, accept_offer, list_offers
from api.web.citizen.outcomes import every_outcome
from api.web.citizen.plans import own_enrolment
from api.web.citizen.rule_names import name_rules
from api.web.citizen.stated_names import titles_of
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.applications.status import ApplicationStatus
from creditbank.catalogue.enrolments_file import EnrolmentState
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

OFFER = "/me/offers/{enrolment_id}/{conversion_id}"
NOTHING = "0"
Place = tuple[str, str]
"""The ids of an enrolment and of a conversion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An offer and the enrolment that it is for."""

    enrolment: EnrolmentView
    offer: OfferView

    @property
    def address(self) -> str:
        """Where its page is."""
        return OFFER.format(enrolment_id=self.enrolment.id, conversion_id=self.offer.conversion)


@router.get(OFFER)
def show_offer(page: CitizenPage, enrolment_id: str, conversion_id: str) -> Response:
    """Show what is left of a conversion, what of it fits, and why the rest does not."""
    place = (enrolment_id, conversion_id)
    return _shown(page, place, "credit/offer.html", page.form())


@router.get(f"{OFFER}/check")
def check_offer(page: CitizenPage, enrolment_id: str, conversion_id: str) -> Response:
    """Show once more what would count, before it does."""
    return _check(page, (enrolment_id, conversion_id), page.form())


@router.post(f"{OFFER}/check")
async def accept(
    page: CitizenPage, enrolment_id: str, conversion_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Let what fits count; a second click does nothing more."""
    try:
        body = form.read(AcceptRequest, conversion=conversion_id, enrolment=enrolment_id)
        attempt = form.attempt(page.request)
        await accept_offer(
            body, page.actor, bank, attempt, page.problems, page.language, Response()
        )
    except Refusal as refusal:
        refused = page.refused(form, refusal)
        place = (enrolment_id, conversion_id)
        return await run_in_threadpool(_check, page, place, refused, 422)
    return page.go(f"/me/conversions/{conversion_id}", "offer-accepted")


def offers_that_fit(page: Page, enrolments: Iterable[EnrolmentView]) -> list[Offered]:
    """Give every offer of which something fits now, in all that she is enrolled in."""
    return [one for one in _offers(page, enrolments) if one.offer.fits_credits != NOTHING]


def _offers(page: Page, enrolments: Iterable[EnrolmentView]) -> Iterator[Offered]:
    for enrolment in enrolments:
        if enrolment.state == EnrolmentState.ACTIVE:
            for offer in _offers_for(page, enrolment.id):
                yield Offered(enrolment=enrolment, offer=offer)


def _offers_for(page: Page, enrolment_id: str) -> list[OfferView]:
    return list_offers(
        "me", page.actor, page.bank, page.problems, page.language, enrolment_id
    ).offers


def _check(page: Page, place: Place, form: Form, status: int = 200) -> Response:
    return _shown(page, place, "credit/offer_check.html", form, status)


def _shown(page: Page, place: Place, template: str, form: Form, status: int = 200) -> Response:
    """Show an offer; one that is no longer there says so. Raises `Refusal("not-found")`."""
    enrolment_id, conversion_id = place
    enrolment = own_enrolment(page, enrolment_id)
    conversion = read_conversion(conversion_id, page.actor, page.bank, page.problems, page.language)
    every = _offers_for(page, enrolment_id) if enrolment.state == EnrolmentState.ACTIVE else []
    return page.show(
        template,
        status=status,
        form=form,
        enrolment=enrolment,
        conversion=conversion,
        offer=next((one for one in every if one.conversion == conversion_id), None),
        declined=_declined(conversion.applied),
        names=name_rules(page.bank, {conversion.rule}),
        titles=titles_of(every_outcome(page)),
    )


def _declined(shares: list[AppliedShareView]) -> list[AppliedShareView]:
    return [one for one in shares if one.state == ApplicationStatus.DECLINED]
