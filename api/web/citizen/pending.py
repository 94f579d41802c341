"""What a learner waits for, who holds it and until when; and what waits for her own answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.v1.enrolments import own_enrolments
from api.v1.filing_views import FilingView
from api.v1.matter_views import MatterView
from api.v1.own_filings import own_filings
from api.v1.own_matters import own_matters
from api.web.citizen.offers import offers_that_fit
from api.web.names import Named, institution_names
from api.web.page import Page
from creditbank.filings.chain import FilingState
from creditbank.keystore.account_key import AccountKey
from creditbank.matters.matter import UNDECIDED, MatterState

FILING = "filing"
OFFER = "offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One thing that is not decided, and its page; `is_hers`: it waits for her own answer."""

    kind: str
    address: str
    holder: Named | None = None
    received_on: str | None = None
    due_on: str | None = None
    is_late: bool = False
    is_hers: bool
    credits: str | None = None
    """Of an offer: what would count."""


def pending(page: Page, keys: Mapping[str, AccountKey]) -> list[Pending]:
    """Give what is offered to her, and what she waits for, what is due first coming first."""
    asked = list(_undecided(page, keys))
    names = institution_names(page.bank, {one.institution for _, one in asked if one.institution})
    found = [
        Pending(
            kind=kind,
            address=f"/me/{'filings' if kind == FILING else 'matters'}/{one.id}",
            holder=names.get(one.institution or ""),
            received_on=one.received_on,
            due_on=one.due_on,
            is_late=one.late,
            is_hers=one.state in {MatterState.RETURNED, FilingState.RETURNED},
        )
        for kind, one in asked
    ]
    return [*_offered(page, keys), *sorted(found, key=lambda one: one.due_on or "9999")]


def _offered(page: Page, keys: Mapping[str, AccountKey]) -> Iterator[Pending]:
    for one in offers_that_fit(page, own_enrolments(keys, page.bank)):
        yield Pending(kind=OFFER, address=one.address, is_hers=True, credits=one.offer.fits_credits)


def _undecided(
    page: Page, keys: Mapping[str, AccountKey]
) -> Iterator[tuple[str, MatterView | FilingView]]:
    for matter in own_matters(keys, page.bank):
        if matter.state in UNDECIDED:
            yield matter.kind, matter
    for filing in own_filings(keys, page.bank, page.problems, page.language):
        if filing.state in {FilingState.OPEN, FilingState.RETURNED}:
            yield FILING, filing
