"""A whole table read: each row becomes rules, says that there is no credit, or waits for a person.

`rows` = `as_rules` + `no_credit` + `individual` + `duplicates` + `for_a_person`, always.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from creditbank.agreements.certificate import CertificateRow, certificate_terms
from creditbank.agreements.dates import Period, Stamp, read_stamp
from creditbank.agreements.drafts import draft_rule
from creditbank.agreements.exam import ExamRow, exam_terms
from creditbank.agreements.forms import AgreementForm, form_of
from creditbank.agreements.mapping import TableMapping
from creditbank.agreements.notation import Answer, Plain
from creditbank.agreements.overlaps import overlapping
from creditbank.agreements.print_notation import print_course, print_notation
from creditbank.agreements.read_notation import read_notation
from creditbank.agreements.refusals import Unread, Why
from creditbank.agreements.table import Table, TableRow
from creditbank.agreements.terms import Terms
from creditbank.agreements.transfer import TransferRow, transfer_terms
from creditbank.agreements.words import fold
from creditbank.conversion.rule_file import RuleDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """What a row became: one of rules, an answer, the row that it repeats, or a reason.

    `taken` is what it is about, whatever its days: no two rows may say it of one day.
    """

    row: TableRow
    form: AgreementForm
    period: Period | None = None
    taken: tuple[object, ...] = ()
    terms: tuple[Terms, ...] = ()
    rules: tuple[RuleDocument, ...] = ()
    answer: Answer | None = None
    repeats: int | None = None
    why: Why | None = None
    found: str = ""

    @property
    def outcome(self) -> str:
        """What it counts as."""
        if self.why is not None:
            return "for_a_person"
        if self.repeats is not None:
            return "duplicates"
        if self.answer is not None:
            return "no_credit" if self.answer is Answer.NO_CREDIT else "individual"
        return "as_rules"


OUTCOMES = ("as_rules", "no_credit", "individual", "duplicates", "for_a_person")


@dataclass(slots=True)
class _Reader:
    mapping: TableMapping
    seen: dict[tuple[object, ...], int] = field(default_factory=dict)

    def read(self, row: TableRow) -> ReadRow:
        """Read one row; never raises for what stands in it."""
        form = self._form(row)
        try:
            found = self._read(row, form)
            if found.answer is None and found.repeats is None:
                rules = (draft_rule(one, self.mapping.rules) for one in found.terms)
                found = replace(found, rules=tuple(rules))
        except Unread as refusal:
            return ReadRow(row=row, form=form, why=refusal.why, found=refusal.found)
        return found

    def _form(self, row: TableRow) -> AgreementForm:
        if self.mapping.form == "exam":
            return AgreementForm.EXAM
        if self.mapping.form == "certificate":
            return AgreementForm.CERTIFICATE
        return form_of(fold(row.fields["detail"]))

    def _read(self, row: TableRow, form: AgreementForm) -> ReadRow:
        if not row.is_even:
            raise Unread(Why.CELL, str(len(row.cells)))
        if self.mapping.form == "transfer":
            return self._transfer(row, form)
        same = tuple(fold(one) for one in row.fields.values())
        period = self._period(row)
        terms = self._of_cells(row, period)
        taken = _taken(row.fields, terms)
        read = ReadRow(row=row, form=form, period=period, taken=taken, terms=(terms,))
        return self._once(same, read)

    def _of_cells(self, row: TableRow, period: Period) -> Terms:
        """Read a row whose cells each say one thing, and print it back."""
        own = {one: text for one, text in row.fields.items() if one not in {"starts", "ends"}}
        if self.mapping.form == "exam":
            exam = ExamRow(**own)
            terms = exam_terms(exam, period, self.mapping)
            printed = exam.printed(terms, self.mapping)
        else:
            certificate = CertificateRow(**own)
            terms = certificate_terms(certificate, period, self.mapping)
            printed = certificate.printed(terms, self.mapping)
        for name, text in printed.items():
            if fold(text) != fold(own[name]):
                raise Unread(Why.PRINTED, text)
        return terms

    def _transfer(self, row: TableRow, form: AgreementForm) -> ReadRow:
        fields = row.fields
        own = TransferRow.of(fields)
        statement = read_notation(fields["detail"], self.mapping.labels_by_words)
        printed = print_notation(statement)
        if fold(printed) != fold(fields["detail"]):
            raise Unread(Why.PRINTED, printed)
        whose = fields["destination"], fields["starts"], fields["ends"]
        is_whole = not isinstance(statement, Plain) and statement.sources is not None
        about = () if is_whole else (own.institution, print_course(own.course))
        same = tuple(fold(one) for one in (fields["detail"], *whose, *about))
        period = self._period(row)
        read = ReadRow(row=row, form=form, period=period)
        if isinstance(statement, Plain):
            taken = (own.destination, "", frozenset({(own.asked(self.mapping), 1)}), ())
            read = replace(read, answer=statement.answer, taken=taken)
        else:
            terms = tuple(transfer_terms(own, statement, period, self.mapping))
            read = replace(read, terms=terms, taken=_taken(fields, terms[0]))
        return self._once(same, read)

    def _once(self, same: tuple[object, ...], read: ReadRow) -> ReadRow:
        """Give a row, or say which earlier one it repeats."""
        first = self.seen.setdefault(same, read.row.number)
        if first == read.row.number:
            return read
        return ReadRow(row=read.row, form=read.form, repeats=first)

    def _period(self, row: TableRow) -> Period:
        """Read the days of a row, and print them back."""
        starts, ends = (row.fields.get(one, "") for one in ("starts", "ends"))
        years_from, terms = int(self.mapping.two_digit_years_from), self.mapping.rules
        first = terms.effective_from
        if starts:
            first = _printed_back(read_stamp(starts, years_from), starts).first
        if first is None:
            raise Unread(Why.DATES, starts)
        if ends in self.mapping.open_ended or (not ends and not self._has_ends):
            return Period(starts=first)
        last = _printed_back(read_stamp(ends, years_from), ends).last
        if last < first:
            raise Unread(Why.REVERSED, f"{starts} {ends}")
        return Period(starts=first, ends=last)

    @property
    def _has_ends(self) -> bool:
        return "ends" in self.mapping.columns


def _printed_back(stamp: Stamp, source: str) -> Stamp:
    if fold(str(stamp)) != fold(source):
        raise Unread(Why.PRINTED, str(stamp))
    return stamp


def read_table(table: Table) -> list[ReadRow]:
    """Read every row, in order; agreements that overlap are left to a person."""
    reader = _Reader(table.mapping)
    return _apart([reader.read(row) for row in table.rows()])


def _apart(rows: Sequence[ReadRow]) -> list[ReadRow]:
    """Leave every agreement to a person that takes what another one takes on the same days."""
    taken = [(one.row.number, one.taken, one.period) for one in rows if one.period is not None]
    others = overlapping(taken)
    return [
        one
        if one.row.number not in others
        else ReadRow(
            row=one.row, form=one.form, why=Why.OVERLAPS, found=str(others[one.row.number])
        )
        for one in rows
    ]


def _taken(own: Mapping[str, str], terms: Terms) -> tuple[object, ...]:
    """Say what terms take and for whom."""
    return (
        own["destination"],
        own.get("category", ""),
        frozenset((part.what, part.needed) for part in terms.parts),
        tuple(str(condition.predicate) for condition in terms.conditions),
    )
