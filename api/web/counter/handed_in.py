"""What is handed in at the counter with a form: a scan, pieces kept before, the day of receipt."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from api.v1.account_access import served_key
from api.v1.counter_evidence import add_served_evidence
from api.v1.evidence import AddedBy, AddedEvidenceView
from api.web.citizen.photos import keep_with
from api.web.counter.days import read_received_on
from api.web.forms import Form
from api.web.page import Page
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.evidence.add import EvidenceKind
from creditbank.evidence.queries import StoredEvidence, evidence_of_account

ReadT = TypeVar("ReadT")


async def keep_scan(page: Page, account_id: str, form: Form) -> Form:
    """Keep the scan of a form under her key, if there is one; raises `InvalidInput`."""

    async def take(content: bytes) -> AddedEvidenceView:
        by = AddedBy(page.actor.person, EvidenceKind.OTHER)
        return await add_served_evidence(account_id, content, page.actor, page.bank, by)

    return await keep_with(take, page, form)


def kept_pieces(page: Page, account_id: str) -> list[StoredEvidence]:
    """Give the scans that are kept for her; raises `Refusal("not-found")`."""
    served_key(account_id, page.actor, page.bank)
    with page.bank.readers.reading() as connection:
        return evidence_of_account(connection, account_id)


def received_today(page: Page) -> Form:
    """Give a blank form with today as the day of receipt."""
    return page.form(received_on=civil_day(page.bank.clock()).isoformat())


def read_with_day(form: Form, read: Callable[[Form], ReadT]) -> tuple[ReadT, date]:
    """Read what a form asks and the day of receipt; raises `InvalidInput` for both at once."""
    day, problems = None, list[FieldProblem]()
    try:
        day = read_received_on(form)
    except InvalidInput as refusal:
        problems += refusal.problems
    try:
        asked = read(form)
    except InvalidInput as refusal:
        raise InvalidInput([*refusal.problems, *problems]) from None
    if day is None:
        raise InvalidInput(problems)
    return asked, day
