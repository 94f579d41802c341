"""A row of courses to courses: its statement made into terms, one for each alternative."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from creditbank.agreements.conditions import condition_of, months_of
from creditbank.agreements.cursor import Cursor
from creditbank.agreements.dates import Period
from creditbank.agreements.mapping import TableMapping
from creditbank.agreements.notation import (
    EXEMPTED,
    Agreement,
    Awarded,
    Choice,
    Course,
    Listing,
    Meaning,
    Note,
    Worth,
)
from creditbank.agreements.print_notation import print_course, print_notation
from creditbank.agreements.read_courses import read_course
from creditbank.agreements.refusals import Unread, Why
from creditbank.agreements.terms import AskedPart, Fields, GivenTarget, Terms
from creditbank.agreements.words import fold

NO_CREDITS = frozenset({"0", "0.0", "0.00"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow:
    """Whose course a row is about, and where it may count; codes as printed."""

    institution: str
    course: Course
    destination: str

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Self:
        """Read the fields of a row; raises `Unread` where they name no course."""
        stated = fields["course"] or f"{fields['subject']} {fields['number']}"
        at = Cursor(fold(stated))
        course = read_course(at)
        if course is None or not at.is_done:
            raise Unread(Why.COURSE_NUMBER, stated)
        return cls(
            institution=fields["institution"], course=course, destination=fields["destination"]
        )

    def asked(self, mapping: TableMapping) -> frozenset[tuple[str, str]]:
        """Give its provider and code."""
        return frozenset({(mapping.institution(self.institution), _bare(self.course))})


def transfer_terms(
    row: TransferRow, agreement: Agreement, period: Period, mapping: TableMapping
) -> list[Terms]:
    """Give the terms of each alternative; raises `Unread` for what a rule cannot say."""
    sources = agreement.sources or Listing((Choice(courses=Listing((Worth(course=row.course),))),))
    parts = _parts(sources, row, mapping)
    _require_notes(agreement, parts, row)
    exempted = list(_exempted(agreement.notes, row))
    alternatives = [_targets(one, row, mapping) for one in _alternatives(agreement)]
    conditions = tuple(
        condition_of(note.grade, mapping.scales)
        for note in agreement.notes
        if note.meaning is Meaning.GRADE
    )
    printed = print_notation(agreement)
    months = months_of(agreement.notes)
    asked = (
        " ".join(name for one in parts for name in (*_codes(one), str(one.needed))),
        row.destination,
        period.starts.isoformat(),
        *(str(one.meeting["grade"]) for one in conditions),
        *(() if months is None else (f"{months} months",)),
    )
    own = f"{row.institution} {print_course(row.course)}"
    notation = printed if agreement.sources else f"{own} = {printed}"
    return [
        Terms(
            key=(*asked, *_number(place, alternatives)),
            notation=notation,
            parts=parts,
            targets=(*targets, *exempted),
            period=period,
            conditions=conditions,
            months=months,
        )
        for place, targets in enumerate(alternatives, start=1)
    ]


def _number(place: int, alternatives: Sequence[object]) -> tuple[str, ...]:
    return (str(place),) if len(alternatives) > 1 else ()


def _codes(part: AskedPart) -> list[str]:
    """Give provider and code of each course of a part, in the order of codes."""
    return [" ".join(one) for one in sorted(part.what)]


def _parts(
    sources: Listing[Choice], row: TransferRow, mapping: TableMapping
) -> tuple[AskedPart, ...]:
    named = [
        (worth.course.institution or row.institution, _bare(worth.course))
        for choice in sources.items
        for worth in choice.courses.items
    ]
    if len(named) != len(set(named)):
        raise Unread(Why.REPEATED, ", ".join(" ".join(one) for one in named))
    if (row.institution.upper(), _bare(row.course)) not in {
        (one.upper(), two) for one, two in named
    }:
        raise Unread(Why.NOT_OF_ROW, print_course(row.course))
    return tuple(_part(one, row, mapping) for one in sources.items)


def _bare(course: Course) -> str:
    """Print a course without its institution; only one course, never credit in a subject."""
    if not course.is_assigned:
        raise Unread(Why.COURSE_NUMBER, print_course(course))
    return f"{course.subject}{course.joint or ' '}{course.number}".upper()


def _part(choice: Choice, row: TransferRow, mapping: TableMapping) -> AskedPart:
    courses = [worth.course for worth in choice.courses.items]
    providers = {mapping.institution(one.institution or row.institution) for one in courses}
    if len(providers) > 1:
        raise Unread(Why.SEVERAL_PROVIDERS, ", ".join(sorted(providers)))
    provider = next(iter(providers))
    codes = tuple(map(_bare, courses))
    tried: list[Fields] = [{"course": one, "provider": provider} for one in codes]
    return AskedPart(
        name=" / ".join(codes)[:100],
        what=frozenset((provider, one) for one in codes),
        sources={"providers": (provider,), "courses": codes},
        meeting=tuple(tried[: choice.needed]),
        needed=choice.needed,
    )


def _alternatives(agreement: Agreement) -> Iterator[Awarded]:
    yield from agreement.targets.items
    for note in agreement.notes:
        if note.meaning is Meaning.INSTEAD and note.courses is not None:
            yield note.courses


def _targets(awarded: Awarded, row: TransferRow, mapping: TableMapping) -> tuple[GivenTarget, ...]:
    targets = tuple(_target(one, row, mapping) for one in awarded.items)
    assigned = [one.name for one in targets if not one.is_unassigned]
    if len(assigned) != len(set(assigned)):
        raise Unread(Why.REPEATED, ", ".join(assigned))
    return targets


def _target(worth: Worth, row: TransferRow, mapping: TableMapping) -> GivenTarget:
    name = _full_name(worth.course, row)
    if worth.credits is None:
        raise Unread(Why.CREDITS, name)
    is_zero = worth.credits in NO_CREDITS
    if is_zero != worth.is_exempted or (is_zero and worth.course.is_unassigned):
        raise Unread(Why.ZERO, f"{name} ({worth.credits})")
    labels = [
        mapping.labels_by_words.get(one.words, " ".join(one.words))
        for one in worth.labels
        if one.words not in EXEMPTED
    ]
    return GivenTarget(
        name=name,
        title=f"{name} ({', '.join(labels)})" if labels else name,
        credits=None if is_zero else worth.credits,
        is_unassigned=worth.course.is_unassigned,
    )


def _full_name(course: Course, row: TransferRow) -> str:
    """Name a course of the destination, always with the institution."""
    if not (course.is_assigned or course.is_unassigned):
        raise Unread(Why.COURSE_NUMBER, print_course(course))
    if course.institution and course.institution != row.destination.upper():
        raise Unread(Why.OTHER_INSTITUTION, print_course(course))
    printed = print_course(course)
    return printed if course.institution else f"{row.destination.upper()} {printed}"


def _exempted(notes: Sequence[Note], row: TransferRow) -> Iterator[GivenTarget]:
    for note in notes:
        if note.meaning is Meaning.EXEMPTS and note.courses is not None:
            for worth in note.courses.items:
                if not worth.course.is_assigned:
                    raise Unread(Why.COURSE_NUMBER, print_course(worth.course))
                name = _full_name(worth.course, row)
                yield GivenTarget(name=name, title=name, credits=None)


def _require_notes(agreement: Agreement, parts: Sequence[AskedPart], row: TransferRow) -> None:
    """Refuse remarks that say nothing of this agreement, such as a choice where there is none."""
    asked = sum(one.needed for one in parts)
    choices = len(list(_alternatives(agreement)))
    for note in agreement.notes:
        if note.meaning is Meaning.CHOICE:
            fits = choices > 1
        elif note.meaning is Meaning.TOGETHER:
            fits = asked > 1
        elif note.meaning is Meaning.NOT_ALONE:
            fits = asked > 1 and _is_of(parts, note, row)
        else:
            fits = True
        if not fits:
            raise Unread.at(Why.WORDS, note.phrase)


def _is_of(parts: Sequence[AskedPart], note: Note, row: TransferRow) -> bool:
    """Say whether the courses that a remark names are asked for."""
    own = {code for one in parts for _, code in one.what}
    named = () if note.courses is None else note.courses.items
    return all(_bare(one.course) in own for one in named) and all(
        one.course.institution in {"", row.institution.upper()} for one in named
    )
