"""Held results beside their seals, their tags, what became of them, and their batches' counts."""

from collections import Counter
from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy import Connection

from creditbank.audits.keys import Keys
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.queries import pseudonyms_among
from creditbank.outcomes.batches.find import held_counts
from creditbank.outcomes.decide_hold import decided_columns, decision_facts
from creditbank.outcomes.held_rows import StoredHold, every_hold
from creditbank.outcomes.hold import SEALED_CLEAR, HeldState, held_place, sealed_facts, tags_of
from creditbank.outcomes.queries import find_outcomes
from ledger.findings import Findings


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
        is_held = hold.sealed_decision is None
        name = hold.key_id if is_held else hold.decision_key_id
        key = self._keys.open_all({-1: name}).get(name)
        if key is None:
            return []
        try:
            return self._wrong_in_held(hold, key) if is_held else self._wrong_in_decided(hold, key)
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

    def _wrong_in_held(self, hold: StoredHold, key: AccountKey) -> list[str]:
        sealed = hold.sealed(key)
        problems = _differing(hold, sealed["clear"], SEALED_CLEAR)
        natural, content = tags_of(self._secrets, hold.institution_id, sealed["fields"])
        if "document_type" in sealed["fields"] and "document_number" not in sealed["fields"]:
            natural = hold.natural_tag or b""  # The number that it also follows from is not kept.
        if hold.natural_tag != natural:
            problems.append("natural_tag is not what was stated")
        if hold.content_tag != content:
            problems.append("content_tag is not what was stated")
        if _decision_of(hold) != decision_facts(HeldState.HELD, None, None):
            problems.append("nothing decided what its columns say")
        return problems

    def _wrong_in_decided(self, hold: StoredHold, key: AccountKey) -> list[str]:
        place = held_place(hold.id, "sealed_decision")
        said = orjson.loads(key.open(place, hold.sealed_decision or b""))
        columns = decided_columns(hold)
        problems = _differing(hold, said["clear"], list(columns))
        problems += [
            f"{name} is not what was decided"
            for name, fact in _decision_of(hold).items()
            if said[name] != fact
        ]
        if hold.sealed_row:
            problems.append("what was stated is still there, although it is decided")
        attached = hold.outcome_id
        if attached is not None and not find_outcomes(self._connection, [attached]):
            problems.append("outcome_id is no outcome")
        return problems

    def _add(self, table: str, row_id: str, problem: str, size: int) -> None:
        self._findings.add(table, -1, f"{row_id}: {problem}", position=size)


def _differing(hold: StoredHold, sealed: Mapping[str, object], names: Sequence[str]) -> list[str]:
    facts = sealed_facts({name: getattr(hold, name) for name in names})
    return [
        f"{name} is not what stands under its seal" for name in names if facts[name] != sealed[name]
    ]


def _decision_of(hold: StoredHold) -> dict[str, str | None]:
    return decision_facts(hold.state, hold.decided_by, hold.outcome_id)
