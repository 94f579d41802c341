"""Learning passes against what they show: the signed document, and the statements behind it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import Connection

from certificates.pass_claims import PassClaims, PassOutcome
from certificates.token import token_hash
from certificates.verify import verify_pass
from creditbank.audits.keys import Keys
from creditbank.keystore.account_key import AccountKey, SealBroken, place
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.queries import merged_pointers, pseudonyms_among
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.passes.create import place_in_list
from creditbank.passes.queries import StoredPass, find_passes, outcomes_of_passes, pass_ids
from creditbank.verification.compose import Trust
from creditbank.verification.ledger_evidence import shown_fields
from ledger.errors import LedgerError
from ledger.findings import Findings

_PASSES_A_READ = 200
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class PassCheck:
    """Checks every pass; a pass has no leaf, so it is named by that of its first outcome."""

    table = "learning_pass"

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
        ids = pass_ids(self._connection, self._account_id)
        while some := list(islice(ids, _PASSES_A_READ)):
            self._check(some)

    def _check(self, ids: list[str]) -> None:
        stored = find_passes(self._connection, ids)
        shown = outcomes_of_passes(self._connection, ids)
        named = {outcome_id for outcome_ids in shown.values() for outcome_id in outcome_ids}
        outcomes = find_outcomes(self._connection, named)
        accounts = {one.account_id for one in stored.values()}
        accounts |= {one.account_id for one in outcomes.values()}
        pointers = merged_pointers(self._connection, list(accounts))
        pointers |= dict.fromkeys(pseudonyms_among(self._connection, accounts - pointers.keys()))
        keys = self._keys.open(dict(enumerate(sorted(accounts))))
        for pass_id, one in stored.items():
            behind = [outcomes[shown_id] for shown_id in shown[pass_id] if shown_id in outcomes]
            index = min((each.entry_index for each in behind), default=-1)
            if one.account_id not in pointers:
                self._findings.add(self.table, index, f"{pass_id}: account_id is no account")
            elif one.account_id in keys:
                for problem in self._problems(one, behind, keys):
                    self._findings.add(self.table, index, f"{pass_id}: {problem}")
                if one.ended_at is None and not _are_hers(one, behind, pointers):
                    self._findings.add(self.table, index, f"{pass_id}: it shows another's outcome")

    def _problems(
        self,
        stored: StoredPass,
        outcomes: Collection[StoredOutcome],
        keys: Mapping[str, AccountKey],
    ) -> Iterator[str]:
        key = keys[stored.account_id]
        document = _opened(key, stored, "sealed_document", stored.sealed_document)
        token = _opened(key, stored, "sealed_token", stored.sealed_token)
        if token is None or token_hash(token.decode("utf-8", "replace")) != stored.token_hash:
            yield "sealed_token does not open, or token_hash is not its hash"
        if document is None:
            yield "sealed_document does not open"
            return
        claims = self._claims(document)
        if claims is None:
            yield "sealed_document is no pass that this bank signed"
            return
        yield from _wrong_columns(stored, claims)
        shown = {one.index: one for one in claims.outcomes}
        if shown.keys() != {one.entry_index for one in outcomes}:
            yield "its outcomes are not those that it shows"
            return
        # In an own audit the key of an account that was merged into hers is not at hand.
        for outcome in (one for one in outcomes if one.account_id in keys):
            if not _states(outcome, shown[outcome.entry_index], keys[outcome.account_id]):
                yield f"what it shows of leaf {outcome.entry_index} is not what was stated"

    def _claims(self, document: bytes) -> PassClaims | None:
        """Give a pass's claims; of what it says of its own dates nothing depends on the time."""
        trust = self._trust
        return verify_pass(
            document, keys=trust.pass_keys, issuers=trust.names, now=_ANY_TIME
        ).claims


def _are_hers(
    stored: StoredPass, outcomes: Collection[StoredOutcome], pointers: Mapping[str, str | None]
) -> bool:
    """Say whether these are outcomes of the pass's account, or of one merged into it."""
    return all(
        stored.account_id in {one.account_id, pointers.get(one.account_id)} for one in outcomes
    )


def _wrong_columns(stored: StoredPass, claims: PassClaims) -> Iterator[str]:
    said = {
        "id": claims.pass_id.hex(),
        "issued_at": int(claims.issued_at.timestamp()),
        "expires_at": int(claims.expires_at.timestamp()),
        **place_in_list(claims),
    }
    for column, value in said.items():
        if getattr(stored, column) != value:
            yield f"{column} is not what its document says"


def _states(outcome: StoredOutcome, shown: PassOutcome, key: AccountKey) -> bool:
    try:
        statement = open_statement(key, "outcome", outcome.id, outcome.sealed_statement)
        stated = fields_of(statement)
    except (SealBroken, LedgerError, ValueError, TypeError):
        return False
    return shown_fields(shown).items() <= stated.items()


def _opened(key: AccountKey, stored: StoredPass, column: str, sealed: bytes) -> bytes | None:
    try:
        return key.open(place("learning_pass", stored.id, column), sealed)
    except SealBroken:
        return None
