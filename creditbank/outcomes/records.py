"""What deciding on results works with: a posting, what is known, and what a decision adds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from creditbank.conversion.days import civil_day
from creditbank.institutions.history import History
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.documents import Document
from creditbank.learners.open import Opening
from creditbank.outcomes.catalogued import Catalogue
from creditbank.outcomes.hold import (
    Hold,
    KnownHold,
)
from creditbank.outcomes.posting import PostedOutcome
from creditbank.writer.command import Moment
from ledger.leaf import LeafDraft
from ledger.statement import JSONValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One result and the account that its number leads to.

    `hold` is what is kept of it should its name not agree, absent where no name is stated;
    `document` is stated at the opening of an account, absent where no number is kept.
    """

    posted: PostedOutcome
    key: AccountKey
    hold: Hold | None = None
    document: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An outcome on the ledger; `is_duplicate` when it was there already with the same content."""

    outcome_id: str
    entry_index: int
    is_duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The outcome that a new one supersedes, its leaf's index, and why."""

    outcome_id: str
    entry_index: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A recorded outcome with the natural tag of a posted one, its status and what it states."""

    recorded: Recorded
    status: str
    stated: Mapping[str, JSONValue]


@dataclass(slots=True, kw_only=True)
class Records:
    """What is known while postings are decided; the deciding loop alone extends it.

    `catalogues` are those of the provider and of the institutions that lead joint awards, `bodies`
    the institutions that postings name as awarding.
    """

    provider: History
    catalogues: Mapping[str, Catalogue]
    bodies: Mapping[str, History]
    states: dict[str, str]
    """The state of each account that a posting names and that exists."""
    names: dict[str, frozenset[str]]
    """The folded names of each account of which a name was stated."""
    known: dict[bytes, Known]
    held: dict[bytes, KnownHold] = field(default_factory=dict)
    deaths: Mapping[str, date] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Draft:
    """What deciding one command's postings adds: rows, openings and leaves, in order.

    `hold_key` seals what has to be held; a single post has none unless it may have to be.
    `posted_at` is when it was handed in, seconds since 1970, where that was before this moment.
    """

    moment: Moment
    posted_with: str
    batch_id: str | None
    hold_key: AccountKey | None = None
    posted_at: int | None = None
    held: list[dict[str, object]] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    leaves: list[LeafDraft] = field(default_factory=list)

    @property
    def posted_on(self) -> date:
        """The day on which it was handed in."""
        if self.posted_at is None:
            return civil_day(self.moment.now)
        return civil_day(datetime.fromtimestamp(self.posted_at, UTC))

    @property
    def next_index(self) -> int:
        """The ledger index that the next leaf takes."""
        return self.moment.next_index + len(self.leaves)

    def open(self, opening: Opening) -> None:
        """Add an account."""
        self.openings.append(opening)
        self.leaves.append(opening.leaf)
