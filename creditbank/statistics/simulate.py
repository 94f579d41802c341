"""Simulate a version of a rule: what its earlier versions decided, and what is held, decided by it.

Counts and sums alone leave this room, never a person or a conversion. Conversions are computed
from their recorded inputs; of a refused filing none are recorded, so that it is computed from what
is known today, as all that accounts hold.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pydantic import ValidationError
from sqlalchemy import Connection

from creditbank.conversion.decide import decide
from creditbank.conversion.decision import Grant
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.simulation import (
    Amounts,
    Compared,
    Effect,
    Past,
    Tally,
    as_found_by,
    decided_again,
    refused_again,
    tally,
)
from creditbank.credits.queries import (
    StoredConversion,
    count_conversions,
    grants_of,
    newest_conversions,
)
from creditbank.credits.show import open_conversion
from creditbank.credits.status import HOLDING
from creditbank.errors import Refusal
from creditbank.filings.known import Known, load_known, recognition
from creditbank.filings.queries import StoredFiling, count_refused_filings, refused_filings
from creditbank.filings.show import Look, looks_at
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.store import KeyStore
from creditbank.rules.queries import (
    StoredRule,
    readable_documents,
    rules_by_hash,
    version_before,
)
from creditbank.statistics.given_today import Holding
from ledger.errors import LedgerError
from ledger.read import StoredCheckpoint, newest_checkpoint, read_head

CONVERSIONS_AT_A_LOOK, REFUSALS_AT_A_LOOK, ACCOUNTS_AT_A_LOOK = 2_000, 200, 200
"""How many of the newest are computed while somebody waits: a second or two of work."""
_AT_ONCE = 200

Progress = Callable[[int, int], None]
"""Is told how many decisions are computed, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which version is simulated, when, and on how many of each kind, the newest first.

    `accounts` are those that hold what it can take: whose outcome is the newest comes first.
    """

    version: StoredRule
    today: date
    conversions: int = CONVERSIONS_AT_A_LOOK
    refusals: int = REFUSALS_AT_A_LOOK
    accounts: int = ACCOUNTS_AT_A_LOOK


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The newest of one kind that were computed, and how many there are."""

    tally: Tally
    known: int

    @property
    def is_whole(self) -> bool:
        """True where none was left out."""
        return self.tally.count == self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What a version would have given and gives, and the ledger from which that was computed.

    `holders` are accounts, each with all that it holds; `earlier` is the version before.
    """

    size: int
    checkpoint: StoredCheckpoint | None
    earlier: StoredRule | None
    conversions: History
    refusals: History
    holders: History


def simulate(
    connection: Connection,
    keystore: KeyStore,
    asked: Question,
    progress: Progress = lambda _done, _of: None,
) -> Simulation:
    """Compute the newest conversions, refused filings and accounts of a rule by a version of it.

    The connection sees one moment; nothing is written.
    """
    version = asked.version
    known = count_conversions(connection, version.id)
    refused = count_refused_filings(connection, version.id)
    earlier = version_before(connection, version)
    holding = Holding.of(connection, version, earlier, asked.today)
    held = len(holding.accounts)
    counting = _Counting(
        progress,
        min(known, asked.conversions) + min(refused, asked.refusals) + min(held, asked.accounts),
    )
    conversions = counting.tally(_conversions(connection, keystore, asked))
    refusals = counting.tally(_refusals(connection, keystore, asked))
    holders = counting.tally(holding.compared(connection, keystore, asked.accounts))
    return Simulation(
        size=read_head(connection).size,
        checkpoint=newest_checkpoint(connection),
        earlier=earlier,
        conversions=History(tally=conversions, known=known),
        refusals=History(tally=refusals, known=refused),
        holders=History(tally=holders, known=held),
    )


@dataclass(slots=True)
class _Counting:
    """How many are computed of all, told as it goes on."""

    progress: Progress
    of: int
    done: int = 0

    def tally(self, parts: Iterator[Sequence[Compared]]) -> Tally:
        """Add up what became of one kind."""
        return tally(self._each(parts))

    def _each(self, parts: Iterator[Sequence[Compared]]) -> Iterator[Compared]:
        for part in parts:
            yield from part
            self.done += len(part)
            self.progress(self.done, self.of)


def _conversions(
    connection: Connection, keystore: KeyStore, asked: Question
) -> Iterator[Sequence[Compared]]:
    before, most = None, asked.conversions
    while most > 0:
        page = newest_conversions(connection, asked.version.id, min(most, _AT_ONCE), before)
        if not page:
            return
        yield _page(connection, keystore, asked.version.document, page)
        before, most = page[-1].entry_index, most - len(page)


def _page(
    connection: Connection,
    keystore: KeyStore,
    version: RuleDocument,
    page: Sequence[StoredConversion],
) -> list[Compared]:
    keys = keystore.get({one.account_id for one in page})
    documents = readable_documents(
        rules_by_hash(connection, {one.rule_sha256 for one in page}).values()
    )
    grants = grants_of(connection, [one.id for one in page])
    return [
        _conversion(one, keys.get(one.account_id), documents, version, grants[one.id])
        for one in page
    ]


def _conversion(
    stored: StoredConversion,
    key: AccountKey | None,
    documents: Mapping[str, RuleDocument],
    version: RuleDocument,
    grants: Collection[Grant],
) -> Compared:
    if stored.status not in HOLDING:
        return Compared(effect=Effect.TAKEN_BACK, before=Amounts.of(grants))
    if key is None:
        return Compared(effect=Effect.ERASED, before=Amounts.of(grants))
    try:
        opened = open_conversion(stored, key)
        decided_by = documents[stored.rule_sha256].rule
    except (SealBroken, LedgerError, ValidationError, KeyError):
        return Compared(effect=Effect.UNREADABLE, before=Amounts.of(grants))
    past = Past(rule=decided_by, filing=opened.filing, decision=opened.decision)
    return decided_again(past, version)


def _refusals(
    connection: Connection, keystore: KeyStore, asked: Question
) -> Iterator[Sequence[Compared]]:
    before, most = None, asked.refusals
    while most > 0:
        page = refused_filings(connection, asked.version.id, min(most, _AT_ONCE), before)
        if not page:
            return
        keys = keystore.get({one.account_id for one in page})
        looks = {one.filing_id: one for one in looks_at(page, keys, keystore.secrets)}
        known = load_known(connection, looks.values())
        yield [_refusal(one, looks.get(one.id), known, asked) for one in page]
        before, most = page[-1].id, most - len(page)


def _refusal(stored: StoredFiling, look: Look | None, known: Known, asked: Question) -> Compared:
    """Ask both versions today, with what persons found then."""
    if look is None:
        return Compared(effect=Effect.ERASED)
    version, wish = asked.version, recognition(look, stored, known.steps.get(stored.id, ()))
    try:
        earlier = wish.judge(known.credit, asked.today)
        filed_on = wish.request.filed_on(asked.today)
        filing = known.credit.filing(wish.request, version, stored.account_id, filed_on)
    except Refusal:
        return Compared(effect=Effect.NOT_FILED_TODAY)
    found = replace(filing, findings=earlier.filing.findings)
    again = as_found_by(found, earlier.rule.document.rule, version.document.rule)
    return refused_again(earlier.judgement, decide(version.document, again))
