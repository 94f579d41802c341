"""A row of an examination table: the least score, and the courses that it gives together."""

import re
from dataclasses import dataclass

from creditbank.agreements.conditions import at_least
from creditbank.agreements.dates import Period
from creditbank.agreements.mapping import TableMapping
from creditbank.agreements.refusals import Unread, Why
from creditbank.agreements.terms import AskedPart, GivenTarget, Terms
from creditbank.conversion.amounts import AmountError, Credits

_BETWEEN = re.compile(r"\s*(?:&|＆)\s*")
_COURSE = re.compile(r"[^\W\d_]{1,12}[- ]\d{1,5}[A-Z]{0,2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamRow:
    """An examination, its least score, and what it gives, as printed."""

    exam: str
    score: str
    targets: str
    credits: str
    provider: str = ""
    destination: str = ""

    def printed(self, terms: Terms, mapping: TableMapping) -> dict[str, str]:
        """Print the cells again from the terms."""
        del mapping  # Nothing in these cells was named by it.
        (part,) = terms.parts
        grade = terms.conditions[0].meeting["grade"]
        return {
            "exam": part.name,
            "score": str(grade),
            "targets": " & ".join(one.title for one in terms.targets),
            "credits": str(total(terms)),
        }


def total(terms: Terms) -> Credits:
    """Add up what terms give."""
    amounts = [Credits.parse(one.credits) for one in terms.targets if one.credits]
    return Credits(milli=sum(one.milli for one in amounts))


def exam_terms(row: ExamRow, period: Period, mapping: TableMapping) -> Terms:
    """Give the terms of a row; raises `Unread`, also where credits of several are not divided."""
    names = _BETWEEN.split(row.targets)
    if not all(names) or not row.exam:
        raise Unread(Why.CELL, row.targets or row.exam)
    if len(names) != len(set(names)):
        raise Unread(Why.REPEATED, row.targets)
    numeric = [one for one in mapping.scales if not one.best_first]
    if len(numeric) != 1:
        raise Unread(Why.GRADE, row.score)
    provider = {"provider": mapping.institution(row.provider)} if row.provider else {}
    providers = {"providers": (provider["provider"],)} if provider else {}
    return Terms(
        key=(row.provider, row.exam, row.score, row.destination, period.starts.isoformat()),
        notation=f"{row.exam} ≥ {row.score} = {row.targets} ({row.credits})",
        parts=(
            AskedPart(
                name=row.exam,
                what=frozenset({(row.provider, row.exam)}),
                sources={**providers, "courses": (row.exam,)},
                meeting=({**provider, "course": row.exam},),
            ),
        ),
        targets=tuple(_given(names, row, mapping)),
        period=period,
        conditions=(at_least(row.score, numeric[0]),),
    )


def _given(names: list[str], row: ExamRow, mapping: TableMapping) -> list[GivenTarget]:
    """Divide the credits as the mapping says; a single course takes them all."""
    try:
        whole = Credits.parse(row.credits)
    except AmountError:
        raise Unread(Why.CREDITS, row.credits) from None
    stated = [mapping.course_credits.get(one) for one in names]
    if len(names) == 1:
        stated = [whole]
    known = [one for one in stated if one is not None]
    if len(known) < len(names) or sum(one.milli for one in known) != whole.milli:
        raise Unread(Why.UNDIVIDED, f"{row.targets} ({row.credits})")
    before = f"{row.destination} " if row.destination else ""
    return [
        GivenTarget(
            name=f"{before}{name}",
            title=name,
            credits=str(amount),
            is_unassigned=_COURSE.fullmatch(name) is None,
        )
        for name, amount in zip(names, known, strict=True)
    ]
