"""Write an act on a filing down: its step, where it led, and what the learner is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Executable, update
from sqlmodel import SQLModel, col

from creditbank.conversion.days import civil_day
from creditbank.filings.chain import UNDECIDED, Act, Progress, after
from creditbank.filings.known import FilingAct, Known, SealedAct
from creditbank.filings.queries import StoredFiling, StoredStep, Words, words_place
from creditbank.filings.tables import FilingRow, FilingStepRow
from creditbank.learners.notices import NoticeSubject, draft_notice, notice_rows
from creditbank.writer.command import Moment, Rows
from creditbank.writer.outbox import MessageKind, NewMessage, message_rows

_TOLD: Mapping[Act, NoticeSubject] = {
    Act.RETURNED: NoticeSubject.FILING_RETURNED,
    Act.RECOGNISED: NoticeSubject.FILING_RECOGNISED,
    Act.REFUSED: NoticeSubject.FILING_REFUSED,
}
"""The acts of staff of which the learner is told."""

_WAITS_ANEW = frozenset({Act.ANSWERED, Act.OBJECTED})
"""The acts of others after which staff have something to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an act changes and adds, and what is known after it."""

    known: Known
    changes: list[Executable]
    rows: dict[type[SQLModel], Rows] = field(default_factory=dict)


def take(  # noqa: PLR0913 - an act has these parts
    act: FilingAct,
    what: Act,
    words: Words,
    *,
    known: Known,
    moment: Moment,
    code: str | None = None,
    conversion_id: str | None = None,
    on: date | None = None,
) -> Taken:
    """Take an act; `on` is the day of one that was typed later.

    Raises a `Refusal` as `creditbank.filings.chain.after` does.
    """
    filing = known.require(act.filing_id, act.key)
    today = on or civil_day(moment.now)
    calendar, chain = moment.calendar(), known.chain(filing)
    step = filing.progress.on(today, chain, calendar).step(chain).step
    progress = after(filing.progress, what, today, chain, calendar)
    rows: dict[type[SQLModel], Rows] = {}
    values = columns_of(progress)
    values["refusal"] = code if what is Act.REFUSED else None
    values["conversion_id"] = conversion_id
    subject = _TOLD.get(what)
    if subject is not None:
        facts = {"day": today.isoformat(), "text": words.text, "rule": filing.rule_id}
        notice = draft_notice(act.key, subject=subject, facts=facts, moment=moment)
        rows |= notice_rows(notice)
        values["notice_id"] = notice["id"] if what is Act.REFUSED else None
    number = len(known.steps.get(filing.id, ())) + 1
    row = step_row(filing.id, number, what, step, words, act, moment, code)
    rows[FilingStepRow] = [row]
    if what in _WAITS_ANEW or progress.state not in UNDECIDED:
        rows |= told_rows(filing.id, filing.institution_id, progress, moment)
    return Taken(
        known=known.with_step(_changed(filing, values), StoredStep(**row)),  # type: ignore[arg-type]
        changes=[update(FilingRow).where(col(FilingRow.id) == filing.id).values(**values)],
        rows=rows,
    )


def _changed(filing: StoredFiling, values: Mapping[str, object]) -> StoredFiling:
    return replace(filing, **values)  # type: ignore[arg-type]


def told_rows(
    filing_id: str, institution_id: str, progress: Progress, moment: Moment
) -> dict[type[SQLModel], Rows]:
    """Tell the institution of the rule that a filing waits, or has come to its end."""
    waits = progress.state in UNDECIDED
    told = NewMessage(
        institution_id=institution_id,
        kind=MessageKind.FILING_RECEIVED if waits else MessageKind.FILING_ENDED,
        subject_id=filing_id,
        facts={"state": progress.state.value},
    )
    return message_rows([told], moment)


def columns_of(progress: Progress) -> dict[str, object]:
    """Give where a filing is as it is stored."""
    return {
        "state": progress.state.value,
        "place": progress.place,
        "due_on": None if progress.due_on is None else progress.due_on.isoformat(),
        "days_left": progress.days_left,
        "is_disputed": progress.is_disputed,
    }


def step_row(  # noqa: PLR0913, PLR0917 - an act has these parts
    filing_id: str,
    number: int,
    what: Act,
    step: str,
    words: Words,
    act: SealedAct,
    moment: Moment,
    code: str | None = None,
) -> dict[str, object]:
    """Give an act as it is stored."""
    at = words_place(filing_id, number)
    return {
        "filing_id": filing_id,
        "number": number,
        "act": what.value,
        "step": step,
        "code": code,
        "taken_by": act.by,
        "taken_at": int(moment.now.timestamp()),
        "sealed_words": act.key.seal(at, words.seal(), moment.entropy),
    }
