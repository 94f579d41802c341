"""Match the candidates of a stretch of rows with accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.store import KeyStore
from creditbank.outcomes.batches.candidates import Candidate, NotAwarded
from creditbank.outcomes.batches.rows import RawRow, RowProblem
from creditbank.outcomes.batches.settle import RowToSettle
from creditbank.outcomes.catalogued import Catalogue, require_catalogued
from creditbank.outcomes.hold import Stray
from creditbank.outcomes.post import possible_hold, posting_of, reference_tag
from creditbank.outcomes.posting import PostedOutcome


class Accounts(Protocol):
    """Finds the keys of accounts by tag; those of `opening` are made where they are missing."""

    def find(
        self, tags: Sequence[bytes], opening: Sequence[bytes], /
    ) -> Mapping[bytes, AccountKey]:
        """Give the key for each tag that is known, and for each of `opening` in any case."""
        ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of a file, the first of them after `start` others, and their candidates."""

    start: int
    rows: Sequence[RawRow | RowProblem]
    candidates: Sequence[Candidate]

    @property
    def end(self) -> int:
        """How many rows are settled once this stretch is."""
        return self.start + len(self.rows)

    @property
    def not_awarded(self) -> int:
        """How many rows earn no outcome."""
        return sum(isinstance(one, NotAwarded) for one in self.candidates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """Matches rows of one institution; a key is made only for what its catalogue allows."""

    keystore: KeyStore
    institution_id: str
    catalogue: Catalogue
    may_open_accounts: bool

    def match(self, stretch: Stretch, accounts: Accounts) -> list[RowToSettle]:
        """Give every row that is a posting or has problems."""
        checked = [self._checked(one) for one in zip(stretch.rows, stretch.candidates, strict=True)]
        tagged = [
            (one, self._tag(one))
            for one in checked
            if isinstance(one, PostedOutcome) and one.learner.kind != "name"
        ]
        opening = [tag for posted, tag in tagged if self._may_open(posted)]
        others = [tag for posted, tag in tagged if not self._may_open(posted)]
        keys, tags = accounts.find(others, opening), iter(tag for _, tag in tagged)
        return [
            _refused(row, one.problems)
            if isinstance(one, RowProblem)
            else self._stray(row, one)
            if one.learner.kind == "name"
            else self._posting(row, one, keys.get(next(tags)))
            for row, one in zip(stretch.rows, checked, strict=True)
            if not isinstance(one, NotAwarded)
        ]

    def _checked(self, row_and_candidate: tuple[RawRow | RowProblem, Candidate]) -> Candidate:
        row, candidate = row_and_candidate
        if isinstance(candidate, PostedOutcome) and candidate.lead_institution is None:
            try:
                require_catalogued(candidate, self.catalogue)
                return self.catalogue.in_own_words(candidate)
            except InvalidInput as refusal:
                return RowProblem(number=row.number, problems=refusal.problems)
        return candidate

    def _may_open(self, posted: PostedOutcome) -> bool:
        return self.may_open_accounts and posted.learner.kind != "account_number"

    def _tag(self, posted: PostedOutcome) -> bytes:
        return reference_tag(self.keystore.secrets, self.institution_id, posted.learner)

    def _posting(
        self, row: RawRow | RowProblem, posted: PostedOutcome, key: AccountKey | None
    ) -> RowToSettle:
        if key is None:
            number = _NUMBER_FIELDS[posted.learner.kind]
            return _refused(row, [FieldProblem(field=number, code="account-unknown")])
        hold = possible_hold(self.keystore, self.institution_id, posted)
        return RowToSettle(
            row_number=row.number,
            posting=posting_of(posted, key, hold, self.keystore),
            problems=(),
            cells=_cells(row),
        )

    def _stray(self, row: RawRow | RowProblem, posted: PostedOutcome) -> RowToSettle:
        hold = possible_hold(self.keystore, self.institution_id, posted)
        assert hold is not None  # noqa: S101 - it is named by its name
        stray = Stray(posted=posted, hold=hold)
        return RowToSettle(row_number=row.number, posting=stray, problems=(), cells=_cells(row))


_NUMBER_FIELDS = {
    "learner_number": "learner",
    "account_number": "account_number",
    "document": "document_number",
}
"""The field that holds the number by which a learner is named."""


def _refused(row: RawRow | RowProblem, problems: Sequence[FieldProblem]) -> RowToSettle:
    return RowToSettle(row_number=row.number, posting=None, problems=problems, cells=_cells(row))


def _cells(row: RawRow | RowProblem) -> Sequence[str]:
    return row.cells
