"""What learners share against what it shows: signed documents, and the statements behind them.

Passes and standing grants are such; neither has a leaf: each is named by that of its first outcome.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import ClassVar, Generic, Protocol, TypeVar

from sqlalchemy import Connection

from certificates.pass_claims import PassClaims, PassOutcome
from certificates.verify import verify_pass
from creditbank.audits.keys import Keys
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.queries import merged_pointers, pseudonyms_among
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.verification.compose import Trust
from creditbank.verification.ledger_evidence import shown_fields
from ledger.errors import LedgerError
from ledger.findings import Findings

_SHARES_A_READ = 200
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class StoredShare(Protocol):
    """What every stored share has."""

    @property
    def id(self) -> str:
        """Its id, which its document states too."""
        ...

    @property
    def account_id(self) -> str:
        """Whose it is."""
        ...

    @property
    def ended_at(self) -> int | None:
        """When it was ended."""
        ...

    @property
    def sealed_document(self) -> bytes:
        """Its document, under seal."""
        ...


ShareT = TypeVar("ShareT", bound=StoredShare)


class ShareCheck(ABC, Generic[ShareT]):
    """Checks every share of one table, or those of one account."""

    table: ClassVar[str]

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        keys: Keys,
        trust: Trust,
        *,
        account_id: str | None = None,
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._keys = keys
        self._trust = trust
        self._account_id = account_id

    def run(self) -> None:
        """Check all of them, some at a time."""
        ids = self.ids()
        while some := list(islice(ids, _SHARES_A_READ)):
            self._check(some)

    @abstractmethod
    def ids(self) -> Iterator[str]:
        """Give the id of each."""

    @abstractmethod
    def find(self, ids: list[str]) -> Mapping[str, ShareT]:
        """Give these shares, by id."""

    @abstractmethod
    def outcomes(self, ids: list[str]) -> Mapping[str, Collection[str]]:
        """Give the outcomes that each of these shows."""

    @abstractmethod
    def place(self, stored: ShareT) -> bytes:
        """Name the place to which its document is sealed."""

    @abstractmethod
    def said(self, claims: PassClaims) -> Mapping[str, object]:
        """Give what its columns are by its document."""

    def _check(self, ids: list[str]) -> None:
        stored = self.find(ids)
        shown = self.outcomes(ids)
        named = {outcome_id for outcome_ids in shown.values() for outcome_id in outcome_ids}
        outcomes = find_outcomes(self._connection, named)
        accounts = {one.account_id for one in stored.values()}
        accounts |= {one.account_id for one in outcomes.values()}
        pointers = merged_pointers(self._connection, list(accounts))
        pointers |= dict.fromkeys(pseudonyms_among(self._connection, accounts - pointers.keys()))
        keys = self._keys.open(dict(enumerate(sorted(accounts))))
        for share_id, one in stored.items():
            behind = [outcomes[shown_id] for shown_id in shown[share_id] if shown_id in outcomes]
            index = min((each.entry_index for each in behind), default=-1)
            if one.account_id not in pointers:
                self._findings.add(self.table, index, f"{share_id}: account_id is no account")
            elif one.account_id in keys:
                for problem in self.problems(one, behind, keys):
                    self._findings.add(self.table, index, f"{share_id}: {problem}")
                if one.ended_at is None and not _are_hers(one, behind, pointers):
                    self._findings.add(self.table, index, f"{share_id}: it shows another's outcome")

    def problems(
        self,
        stored: ShareT,
        outcomes: Collection[StoredOutcome],
        keys: Mapping[str, AccountKey],
    ) -> Iterator[str]:
        """Tell what is wrong with one."""
        document = opened(keys[stored.account_id], self.place(stored), stored.sealed_document)
        if document is None:
            yield "sealed_document does not open"
            return
        claims = self._claims(document)
        if claims is None:
            yield "sealed_document is no pass that this bank signed"
            return
        for column, value in self.said(claims).items():
            if getattr(stored, column) != value:
                yield f"{column} is not what its document says"
        yield from _differing(claims, outcomes, keys)

    def _claims(self, document: bytes) -> PassClaims | None:
        """Give its claims; of what it says of its own dates nothing depends on the time."""
        trust = self._trust
        return verify_pass(
            document, keys=trust.pass_keys, issuers=trust.names, now=_ANY_TIME
        ).claims


def _are_hers(
    stored: StoredShare, outcomes: Collection[StoredOutcome], pointers: Mapping[str, str | None]
) -> bool:
    """Say whether these are outcomes of the share's account, or of one merged into it."""
    return all(
        stored.account_id in {one.account_id, pointers.get(one.account_id)} for one in outcomes
    )


def _differing(
    claims: PassClaims, outcomes: Collection[StoredOutcome], keys: Mapping[str, AccountKey]
) -> Iterator[str]:
    shown = {one.index: one for one in claims.outcomes}
    if shown.keys() != {one.entry_index for one in outcomes}:
        yield "its outcomes are not those that it shows"
        return
    # In an own audit the key of an account that was merged into hers is not at hand.
    for outcome in (one for one in outcomes if one.account_id in keys):
        if not _states(outcome, shown[outcome.entry_index], keys[outcome.account_id]):
            yield f"what it shows of leaf {outcome.entry_index} is not what was stated"


def _states(outcome: StoredOutcome, shown: PassOutcome, key: AccountKey) -> bool:
    try:
        statement = open_statement(key, "outcome", outcome.id, outcome.sealed_statement)
        stated = fields_of(statement)
    except (SealBroken, LedgerError, ValueError, TypeError):
        return False
    return shown_fields(shown).items() <= stated.items()


def opened(key: AccountKey, place: bytes, sealed: bytes) -> bytes | None:
    """Open what is sealed to a place, None where it does not."""
    try:
        return key.open(place, sealed)
    except SealBroken:
        return None
