"""Measures against their public documents: the list, why and by whom, and whether it was done."""

from collections.abc import Iterator

from sqlalchemy import Connection

from creditbank.audits.entries import Entry, Pairs
from creditbank.audits.keys import Keys
from creditbank.audits.posted_with import check_posted_with
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.measures.measure import Act, Measure, MeasureState
from creditbank.measures.pending import pending_of
from creditbank.measures.queries import find_measures, listed_outcomes, measure_entries
from ledger.findings import Findings
from ledger.objects import find_object


class MeasureCheck:
    """Checks every measure; what was done to each outcome has leaves of its own."""

    table = "measure"
    kinds = ("measure",)

    def __init__(self, connection: Connection, findings: Findings, keys: Keys) -> None:
        self._connection = connection
        self._findings = findings
        self._keys = keys

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the measures."""
        return measure_entries(self._connection)

    def check(self, pairs: Pairs) -> None:
        """Compare each measure with its leaf, its document and its list."""
        stored = find_measures(self._connection, pairs.keys())
        followed = find_measures(
            self._connection, {one.follows_id or "" for one in stored.values()}
        )
        keys = self._keys.open_all({entry.index: row_id for row_id, entry in pairs.items()})
        for row_id, entry in pairs.items():
            measure = stored[row_id]
            follows = followed.get(measure.follows_id or "")
            for problem in self._problems(entry, measure, follows, keys.get(row_id)):
                self._findings.add(self.table, entry.index, problem)
        posted = [(one.entry_index, one.institution_id, one.posted_with) for one in stored.values()]
        check_posted_with(self._connection, self._findings, self.table, posted)

    def _problems(
        self, entry: Entry, measure: Measure, follows: Measure | None, key: AccountKey | None
    ) -> Iterator[str]:
        if measure.institution_id != entry.issuer:
            yield "institution_id is not the leaf's issuer"
        refers_to = None if entry.facts.ref is None else int(entry.facts.ref)
        if refers_to != (None if follows is None else follows.entry_index):
            yield "follows_id is not the measure that its leaf refers to"
        yield from self._against_document(entry, measure, key)
        if measure.state not in set(MeasureState):
            yield f"there is no state {measure.state}"
        is_done = measure.state == MeasureState.DONE and measure.act in set(Act)
        if is_done and pending_of(self._connection, measure):
            yield "it is said to be done, and something of its list is left"

    def _against_document(
        self, entry: Entry, measure: Measure, key: AccountKey | None
    ) -> Iterator[str]:
        named = bytes.fromhex((entry.facts.object or b"").decode())
        found = find_object(self._connection, named)
        if found is None or key is None:
            return  # Whatever is missing was named where it belongs.
        try:
            document = measure.document(listed_outcomes(self._connection, measure.id), key)
        except SealBroken:
            yield "sealed_reason does not open"
            return
        if found[1] != document:
            yield "its row or its list is not what its document says"
