"""Which filings wait for one person: whose step it is that she may take today."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection

from creditbank.conversion.working_days import WorkingDays
from creditbank.errors import Refusal
from creditbank.filings.chain import FilingState
from creditbank.filings.known import Known, load_known
from creditbank.filings.may_act import require_may_take
from creditbank.filings.show import Look


def takeable(
    connection: Connection, looks: Collection[Look], today: date, bank: str, calendar: WorkingDays
) -> frozenset[str]:
    """Give those of these filings that wait for who looks; a publication waits for its end."""
    known = load_known(connection, looks)
    return frozenset(
        one.filing_id for one in looks if _waits_for(one, known, today, bank, calendar)
    )


def _waits_for(look: Look, known: Known, today: date, bank: str, calendar: WorkingDays) -> bool:
    filing = known.filings.get(look.filing_id)
    if filing is None:
        return False
    chain, progress = known.chain(filing), known.progress(filing, today, calendar)
    if progress.state is not FilingState.OPEN:
        return False
    if progress.published_until(chain) is not None and not progress.is_disputed:
        return False
    try:
        require_may_take(known, filing, progress.step(chain), look.by, bank, today)
    except Refusal:
        return False
    return True
