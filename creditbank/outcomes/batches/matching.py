"""Match the candidates of a stretch of rows with accounts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeGuard

from creditbank.errors import FieldProblem
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.find import learner_tag
from creditbank.outcomes.batches.candidates import Candidate, NotAwarded
from creditbank.outcomes.batches.rows import RawRow, RowProblem
from creditbank.outcomes.batches.settle import RowToSettle
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
    """Matches rows of one institution; a key is made only for a result whose course exists."""

    secrets: VaultSecrets
    institution_id: str
    courses: Collection[str]
    may_open_accounts: bool

    def match(self, stretch: Stretch, accounts: Accounts) -> list[RowToSettle]:
        """Give every row that is a posting or has problems."""
        pairs = list(zip(stretch.rows, stretch.candidates, strict=True))
        postings = [one for _, one in pairs if self._is_matchable(one)]
        opening = [self._tag(one) for one in postings if self._may_open(one)]
        others = [self._tag(one) for one in postings if not self._may_open(one)]
        keys = accounts.find(others, opening)
        return [
            self._row(row, candidate, keys)
            for row, candidate in pairs
            if not isinstance(candidate, NotAwarded)
        ]

    def _is_matchable(self, candidate: Candidate) -> TypeGuard[PostedOutcome]:
        return isinstance(candidate, PostedOutcome) and candidate.course in self.courses

    def _may_open(self, posted: PostedOutcome) -> bool:
        return self.may_open_accounts and posted.learner.kind == "learner_number"

    def _tag(self, posted: PostedOutcome) -> bytes:
        learner = posted.learner
        return learner_tag(self.secrets, self.institution_id, learner.kind, learner.value)

    def _row(
        self, row: RawRow | RowProblem, candidate: Candidate, keys: Mapping[bytes, AccountKey]
    ) -> RowToSettle:
        problems: Sequence[FieldProblem] = ()
        posting = None
        if isinstance(candidate, RowProblem):
            problems = candidate.problems
        elif not self._is_matchable(candidate):
            problems = [FieldProblem(field="course", code="course-unknown")]
        elif (key := keys.get(self._tag(candidate))) is None:
            problems = [FieldProblem(field="learner", code="account-unknown")]
        else:
            posting = Posting(posted=candidate, key=key)
        return RowToSettle(
            row_number=row.number,
            posting=posting,
            problems=problems,
            cells=row.cells if isinstance(row, RawRow) else (),
        )
