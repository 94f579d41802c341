"""Match the candidates of a stretch of rows with accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.find import learner_tag
from creditbank.outcomes.batches.candidates import Candidate, NotAwarded
from creditbank.outcomes.batches.rows import RawRow, RowProblem
from creditbank.outcomes.batches.settle import RowToSettle
from creditbank.outcomes.catalogued import Catalogue, require_catalogued
from creditbank.outcomes.decide import Posting
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

    secrets: VaultSecrets
    institution_id: str
    catalogue: Catalogue
    may_open_accounts: bool

    def match(self, stretch: Stretch, accounts: Accounts) -> list[RowToSettle]:
        """Give every row that is a posting or has problems."""
        checked = [self._checked(one) for one in zip(stretch.rows, stretch.candidates, strict=True)]
        tagged = [(one, self._tag(one)) for one in checked if isinstance(one, PostedOutcome)]
        opening = [tag for posted, tag in tagged if self._may_open(posted)]
        others = [tag for posted, tag in tagged if not self._may_open(posted)]
        keys, tags = accounts.find(others, opening), iter(tag for _, tag in tagged)
        return [
            _posting(row, one, keys.get(next(tags)))
            if isinstance(one, PostedOutcome)
            else _refused(row, one.problems)
            for row, one in zip(stretch.rows, checked, strict=True)
            if not isinstance(one, NotAwarded)
        ]

    def _checked(self, row_and_candidate: tuple[RawRow | RowProblem, Candidate]) -> Candidate:
        row, candidate = row_and_candidate
        if isinstance(candidate, PostedOutcome) and candidate.lead_institution is None:
            try:
                require_catalogued(candidate, self.catalogue)
            except InvalidInput as refusal:
                return RowProblem(number=row.number, problems=refusal.problems)
        return candidate

    def _may_open(self, posted: PostedOutcome) -> bool:
        return self.may_open_accounts and posted.learner.kind == "learner_number"

    def _tag(self, posted: PostedOutcome) -> bytes:
        learner = posted.learner
        return learner_tag(self.secrets, self.institution_id, learner.kind, learner.value)


def _posting(
    row: RawRow | RowProblem, posted: PostedOutcome, key: AccountKey | None
) -> RowToSettle:
    if key is None:
        number = "learner" if posted.learner.kind == "learner_number" else "account_number"
        return _refused(row, [FieldProblem(field=number, code="account-unknown")])
    return RowToSettle(
        row_number=row.number,
        posting=Posting(posted=posted, key=key),
        problems=(),
        cells=_cells(row),
    )


def _refused(row: RawRow | RowProblem, problems: Sequence[FieldProblem]) -> RowToSettle:
    return RowToSettle(row_number=row.number, posting=None, problems=problems, cells=_cells(row))


def _cells(row: RawRow | RowProblem) -> Sequence[str]:
    return row.cells
