"""What of a conversion was applied 计入, as its learner sees it."""

from typing import Any, Self

from pydantic import Field

from api.decision_view import trace_view
from api.problems import Problems
from api.response import Response
from api.v1.fields import one_of
from creditbank.applications.queries import StoredEntry
from creditbank.applications.show import OpenedApplication, words_of
from creditbank.applications.status import ApplicationStatus
from creditbank.conversion.plan import CountedCredit
from creditbank.keystore.account_key import AccountKey


class PlaceView(Response):
    """Credit in one place of the plan."""

    target: str
    category: str | None
    credits: str

    @classmethod
    def of(cls, credit: CountedCredit) -> Self:
        """Show credit."""
        return cls(target=credit.target, category=credit.category, credits=str(credit.credits))


class AnswerView(Response):
    """What the school answered: of which day, and why where it did not enter it."""

    on: str
    reason: str | None
    text: str | None


class AppliedShareView(Response):
    """What of a conversion was applied at once, where it stands, and the arithmetic of it."""

    id: str
    state: str = Field(description=one_of(ApplicationStatus))
    credits: str
    places: list[PlaceView]
    codes: list[str] = Field(description="The code of each test that failed.")
    trace: list[dict[str, Any]]
    entry_index: int
    answer: AnswerView | None = Field(description="Absent until the school has answered.")


def applied_share(
    opened: OpenedApplication,
    entry: StoredEntry | None,
    key: AccountKey,
    words: tuple[Problems, str],
) -> AppliedShareView:
    """Show an application with its school's answer, in the words of a language."""
    answer = None
    if entry is not None:
        answer = AnswerView(on=entry.entered_on, reason=entry.reason, text=words_of(entry, key))
    return AppliedShareView(
        id=opened.stored.id,
        state=opened.stored.status,
        credits=str(opened.result.credits),
        places=[PlaceView.of(one) for one in opened.result.applied],
        codes=list(opened.result.codes),
        trace=trace_view(opened.result.trace, *words),
        entry_index=opened.stored.entry_index,
        answer=answer,
    )
