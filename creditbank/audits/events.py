"""What befell outcomes against its leaves: suspended, lifted, extended."""

from collections.abc import Iterator

from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.posted_with import check_posted_with
from creditbank.audits.sealed_rows import SealedRowCheck
from creditbank.audits.statements import SealedStatement, check_statement
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.events import LEAF_KINDS, StoredEvent, event_entries, find_events
from creditbank.outcomes.queries import (
    StoredOutcome,
    find_outcomes,
)


class EventCheck(SealedRowCheck):
    """Checks every event of an outcome; the check of outcomes compares the status with them."""

    table = "outcome_event"
    kinds = ("suspend", "extend")

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the events."""
        return event_entries(self._connection, self._account_id)

    def check(self, pairs: Pairs) -> None:
        """Compare each event with its leaf, its statement and its outcome."""
        stored = find_events(self._connection, pairs.keys())
        outcomes = find_outcomes(self._connection, {one.outcome_id for one in stored.values()})
        named = {
            entry.index: outcomes[stored[row_id].outcome_id].account_id
            for row_id, entry in pairs.items()
            if stored[row_id].outcome_id in outcomes
        }
        keys = self._keys.open(named)
        for row_id, entry in pairs.items():
            event = stored[row_id]
            outcome = outcomes.get(event.outcome_id)
            if outcome is None:
                self._add(entry, ["outcome_id is no outcome"])
                continue
            self._add(entry, _wrong_in_clear(entry, event, outcome))
            if (key := keys.get(outcome.account_id)) is not None:
                self._add(entry, self._wrong_in_statement(entry, event, key))
        posted = [
            (entry.index, entry.issuer, stored[row_id].posted_with)
            for row_id, entry in pairs.items()
        ]
        check_posted_with(self._connection, self._findings, self.table, posted)

    def _wrong_in_statement(
        self, entry: Entry, event: StoredEvent, key: AccountKey
    ) -> Iterator[str]:
        sealed = SealedStatement(
            table=self.table,
            row_id=event.id,
            kind=entry.kind,
            issuer=entry.issuer,
            sealed=event.sealed_statement,
        )
        stated = check_statement(entry, sealed, key, self._findings)
        if stated is None:
            return
        if stated.get("outcome") != event.outcome_id:
            yield "its statement is of another outcome"
        if stated.get("event") != event.kind:
            yield "kind is not what its statement says"


def _wrong_in_clear(entry: Entry, event: StoredEvent, outcome: StoredOutcome) -> Iterator[str]:
    if event.id != entry.id:
        yield "id is not the leaf's id"
    if int(entry.facts.ref or b"-1") != outcome.entry_index:
        yield "outcome_id is not the outcome that its leaf refers to"
    known = {kind.value: leaf_kind for kind, leaf_kind in LEAF_KINDS.items()}
    if known.get(event.kind) != entry.kind:
        yield f"kind {event.kind} is not what its leaf records"
    if outcome.institution_id != entry.issuer:
        yield "its leaf's issuer is not the outcome's institution"
