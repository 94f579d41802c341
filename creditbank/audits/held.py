"""Held results beside their seals, their tags, what became of them, and their batches' counts."""

from collections import Counter
from collections.abc import Mapping

import orjson
from sqlalchemy import Connection

from creditbank.audits.keys import Keys
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.queries import pseudonyms_among
from creditbank.outcomes.batches.find import held_counts
from creditbank.outcomes.decide_hold import decision_facts
from creditbank.outcomes.held_rows import StoredHold, every_hold
from creditbank.outcomes.hold import HeldState, held_place, sealed_facts, tags_of
from creditbank.outcomes.queries import find_outcomes
from ledger.findings import Findings

_CLEAR = (
    "content_tag",
    "institution_id",
    "posted_with",
    "batch_id",
    "reason",
    "due_on",
    "held_at",
)


class HeldCheck:
    """Checks every held result; none has a leaf, so they are named by their ids."""

    def __init__(
        self, connection: Connection, findings: Findings, keys: Keys, secrets: VaultSecrets
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._keys = keys
        self._secrets = secrets

    def run(self, size: int) -> None:
        """Check them, and how many of each batch's rows were held; the log has `size` leaves."""
        counted: Counter[str] = Counter()
        for hold in every_hold(self._connection):
            counted[hold.batch_id or ""] += 1
            for problem in self._problems(hold):
                self._add("held_outcome", hold.id, problem, size)
        del counted[""]
        said = held_counts(self._connection)
        for batch_id in sorted(said.keys() | counted.keys()):
            if counted[batch_id] != said.get(batch_id, 0):
                self._add("batch", batch_id, "its held is not the number of its held rows", size)

    def _problems(self, hold: StoredHold) -> list[str]:
        if self._is_erased(hold):
            return []
        key = self._keys.open_all({-1: hold.key_id}).get(hold.key_id)
        if key is None:
            return []
        try:
            sealed = hold.sealed(key)
            return [
                *self._wrong_in_clear(hold, sealed["clear"]),
                *self._wrong_tags(hold, sealed["fields"]),
                *self._wrong_in_decision(hold, key),
            ]
        except SealBroken:
            return ["its seal does not open"]
        except (KeyError, TypeError, orjson.JSONDecodeError):
            return ["its seal holds no held result"]

    def _is_erased(self, hold: StoredHold) -> bool:
        """Say whether it was attached to somebody who was erased since."""
        if hold.sealed_row or hold.state != HeldState.ATTACHED or hold.outcome_id is None:
            return False
        outcome = find_outcomes(self._connection, [hold.outcome_id]).get(hold.outcome_id)
        if outcome is None:
            return False
        return bool(pseudonyms_among(self._connection, [outcome.account_id]))

    def _wrong_in_clear(self, hold: StoredHold, sealed: Mapping[str, object]) -> list[str]:
        facts = sealed_facts({name: getattr(hold, name) for name in _CLEAR})
        return [
            f"{name} is not what stands under its seal"
            for name in _CLEAR
            if facts[name] != sealed[name]
        ]

    def _wrong_tags(self, hold: StoredHold, fields: Mapping[str, str]) -> list[str]:
        natural, content = tags_of(self._secrets, hold.institution_id, fields)
        if "document_type" in fields and "document_number" not in fields:
            natural = hold.natural_tag or b""  # The number that it also follows from is not kept.
        expected = None if hold.state == HeldState.REFUSED else natural
        wrong = {
            "natural_tag": hold.natural_tag != expected,
            "content_tag": hold.content_tag != content,
        }
        return [f"{name} is not what was stated" for name, is_wrong in wrong.items() if is_wrong]

    def _wrong_in_decision(self, hold: StoredHold, key: AccountKey) -> list[str]:
        facts = decision_facts(hold.state, hold.decided_by, hold.outcome_id)
        if hold.sealed_decision is None:
            open_facts = decision_facts(HeldState.HELD, None, None)
            return [] if facts == open_facts else ["nothing decided what its columns say"]
        place = held_place(hold.id, "sealed_decision")
        said = orjson.loads(key.open(place, hold.sealed_decision))
        problems = [
            f"{name} is not what was decided" for name, fact in facts.items() if said[name] != fact
        ]
        attached = hold.outcome_id
        if attached is not None and not find_outcomes(self._connection, [attached]):
            problems.append("outcome_id is no outcome")
        return problems

    def _add(self, table: str, row_id: str, problem: str, size: int) -> None:
        self._findings.add(table, -1, f"{row_id}: {problem}", position=size)
