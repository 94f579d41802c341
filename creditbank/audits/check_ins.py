"""Check-ins and printed cards beside their seals: they have no leaf of their own."""

from collections.abc import Iterator, Mapping
from itertools import islice

import orjson
from sqlalchemy import Connection

from creditbank.audits.keys import Keys
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.learners.queries import existing_accounts
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.venues.cards import card_place
from creditbank.venues.check_in import sealed_facts
from creditbank.venues.code_text import card_hash
from creditbank.venues.outcome import day_tag
from creditbank.venues.queries import StoredCard, StoredCheckIn, all_cards, all_check_ins
from creditbank.venues.rule import Method
from creditbank.venues.visits import over_at
from ledger.findings import Findings

_ROWS_A_READ = 200


class CheckInCheck:
    """Checks every check-in and card, or those of one account; they are named by their ids."""

    table = "check_in"
    cards_table = "check_in_card"

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        keys: Keys,
        *,
        account_id: str | None = None,
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._keys = keys
        self._account_id = account_id

    def run(self) -> None:
        """Check all of them, some at a time."""
        check_ins = all_check_ins(self._connection, self._account_id)
        while some := list(islice(check_ins, _ROWS_A_READ)):
            named = {one.outcome_id for one in some if one.outcome_id is not None}
            outcomes = find_outcomes(self._connection, named)
            keys = self._opened(self.table, {one.id: one.account_id for one in some})
            for one in (each for each in some if each.account_id in keys):
                for problem in _wrong_in_check_in(one, keys[one.account_id], outcomes):
                    self._add(self.table, one.id, problem)
        cards = all_cards(self._connection, self._account_id)
        while held := list(islice(cards, _ROWS_A_READ)):
            keys = self._opened(self.cards_table, {one.id: one.account_id for one in held})
            for card in (each for each in held if each.account_id in keys):
                for problem in _wrong_in_card(card, keys[card.account_id]):
                    self._add(self.cards_table, card.id, problem)

    def _opened(self, table: str, accounts: Mapping[str, str]) -> dict[str, AccountKey]:
        """Open the keys of the accounts of these rows; an erased account has no row here."""
        existing = existing_accounts(self._connection, list(accounts.values()))
        for row_id, account_id in accounts.items():
            if account_id not in existing:
                self._add(table, row_id, "account_id is no account")
        return self._keys.open(dict(enumerate(sorted(existing))))

    def _add(self, table: str, row_id: str, problem: str) -> None:
        self._findings.add(table, -1, f"{row_id}: {problem}")


def _wrong_in_check_in(
    one: StoredCheckIn, key: AccountKey, outcomes: Mapping[str, StoredOutcome]
) -> Iterator[str]:
    try:
        visit = one.visit(key)
    except SealBroken:
        yield "its seal does not open"
        return
    for name, fact in sealed_facts(one).items():
        if visit.clear[name] != fact:
            yield f"{name} is not what stands under its seal"
    day = visit.day
    if one.day_tag != day_tag(key, one.venue_id, day):
        yield "day_tag is not that of its venue and day"
    may_wait = one.method == Method.KIOSK and one.outcome_id is None
    if one.waits_until is not None and not (may_wait and one.waits_until == over_at(day)):
        yield "waits_until is not when late check-ins of its day are over"
    if one.outcome_id is not None and one.outcome_id not in outcomes:
        yield "outcome_id is no outcome"


def _wrong_in_card(card: StoredCard, key: AccountKey) -> Iterator[str]:
    try:
        sealed = orjson.loads(key.open(card_place(card.id), card.sealed_code))
    except SealBroken:
        yield "its seal does not open"
        return
    if card.code_hash != card_hash(str(sealed["code"])):
        yield "code_hash is not that of its code"
    if card.made_at != sealed["made_at"]:
        yield "made_at is not what stands under its seal"
