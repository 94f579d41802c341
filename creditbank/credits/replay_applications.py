"""Compute applications again, and compare what they were applied from with what stood before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import Connection

from creditbank.applications.queries import (
    StoredApplication,
    StoredPart,
    find_entries,
    parts_of,
)
from creditbank.applications.show import (
    OpenedApplication,
    open_application,
    readable_applications,
)
from creditbank.applications.status import Verdict
from creditbank.catalogue.enrolled_plans import EnrolledPlan, find_enrolled_plans
from creditbank.conversion.amounts import Credits
from creditbank.conversion.application import ENGINES, ApplicationInputs, left_of
from creditbank.conversion.plan import CountedCredit
from creditbank.credits.apply_inputs import inputs_of
from creditbank.credits.counted import CountedBy, readable_counted
from creditbank.credits.queries import find_conversions, find_reversals
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.statements import fields_of
from creditbank.rules.queries import StoredRule, readable_documents, rules_by_hash
from ledger.errors import LedgerError
from ledger.leaf import Leaf, decode
from ledger.read import find_leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationHistory:
    """Every application to some enrolments, with the index at which each ceased to stand."""

    opened: Mapping[str, Sequence[OpenedApplication]]
    """By enrolment, in the order of the ledger."""
    ended: Mapping[str, int]
    reversed: Mapping[str, int]
    """Where the reversal of a conversion stands, by conversion."""
    counted: Mapping[str, CountedBy]
    enrolled: Mapping[str, EnrolledPlan]
    rules: Mapping[str, StoredRule]

    def had_stood(self, one: StoredApplication) -> bool:
        """Say whether an application's conversion stood for its enrolment when it was made."""
        counted = self.counted.get(one.conversion_id)
        if counted is None:
            return False
        made, same = counted.conversion, (one.account_id, one.enrolment_id)
        ended = self.reversed.get(made.id, one.entry_index)
        return (
            made.entry_index < one.entry_index <= ended
            and (made.account_id, made.enrolment_id) == same
        )

    def inputs_before(self, one: StoredApplication) -> ApplicationInputs | None:
        """Give what an application had to be applied from; None where that cannot be read."""
        counted = self.counted.get(one.conversion_id)
        enrolled = self.enrolled.get(one.enrolment_id or "")
        if counted is None or enrolled is None:
            return None
        rule = self.rules.get(counted.conversion.rule_sha256)
        document = None if rule is None else readable_documents([rule]).get(rule.sha256)
        if document is None:
            return None
        before = list(self._before(one))
        of_it = self._credit(before, conversion_id=one.conversion_id)
        try:
            return inputs_of(
                enrolled,
                document.rule,
                left_of(counted.granted, of_it),
                list(self._credit(before)),
            )
        except Refusal:
            return None

    def _before(self, one: StoredApplication) -> Iterator[OpenedApplication]:
        """Give the applications to the same enrolment that stood when this one was made."""
        for other in self.opened.get(one.enrolment_id or "", ()):
            ended = self.ended.get(other.stored.id, one.entry_index)
            if other.stored.entry_index < one.entry_index <= ended:
                yield other

    @staticmethod
    def _credit(
        applications: Sequence[OpenedApplication], conversion_id: str | None = None
    ) -> Iterator[CountedCredit]:
        for one in applications:
            if conversion_id in {None, one.stored.conversion_id}:
                yield from one.result.applied


def read_application_history(
    connection: Connection, enrolment_ids: Collection[str], keys: Iterable[AccountKey]
) -> ApplicationHistory:
    """Read the history of these enrolments, leaving out what does not open."""
    known = list(keys)
    opened = readable_applications(connection, enrolment_ids, known)
    counted = readable_counted(connection, enrolment_ids, known)
    entries = find_entries(connection, {one.stored.id for one in opened})
    reversals = find_reversals(connection, {one.stored.conversion_id for one in opened})
    ended: dict[str, int] = {}
    by_enrolment: dict[str, list[OpenedApplication]] = defaultdict(list)
    for one in opened:
        by_enrolment[one.stored.enrolment_id or ""].append(one)
        entry, reversal = entries.get(one.stored.id), reversals.get(one.stored.conversion_id)
        if entry is not None and entry.verdict == Verdict.DECLINED:
            ended[one.stored.id] = entry.entry_index
        elif reversal is not None:
            ended[one.stored.id] = reversal.entry_index
    return ApplicationHistory(
        opened=by_enrolment,
        ended=ended,
        reversed={name: one.entry_index for name, one in reversals.items()},
        counted={one.conversion.id: one for one in counted},
        enrolled=find_enrolled_plans(connection, enrolment_ids),
        rules=rules_by_hash(connection, {one.conversion.rule_sha256 for one in counted}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedApplication:
    """One stored application with everything that must agree with its result."""

    stored: StoredApplication
    parts: frozenset[StoredPart]
    leaf: Leaf | None
    conversion_index: int | None
    rule_sha256: str | None
    history: ApplicationHistory

    def problems(self, key: AccountKey) -> Iterator[str]:
        """Say what differs."""
        try:
            opened = open_application(self.stored, key)
        except (SealBroken, LedgerError, ValidationError, KeyError):
            yield "its statement does not open"
            return
        yield from self._against_engine(opened)
        yield from self._against_columns(opened)
        yield from self._against_leaf(opened)
        yield from self._against_history(opened)

    def _against_engine(self, opened: OpenedApplication) -> Iterator[str]:
        engine = ENGINES.get(str(fields_of(opened.statement).get("engine")))
        if engine is None:
            yield "no engine has the version that it names"
        elif engine(opened.inputs) != opened.result:
            yield "its inputs give another result"

    def _against_columns(self, opened: OpenedApplication) -> Iterator[str]:
        stored, stated = self.stored, fields_of(opened.statement)
        said = {
            "conversion": stored.conversion_id,
            "credits": str(Credits(milli=stored.credits)),
            "engine": stored.engine,
            "enrolment": stored.enrolment_id,
        }
        for name, value in said.items():
            if stated.get(name) != value:
                yield f"its statement says another {name}"
        if Credits(milli=stored.credits) != opened.result.credits:
            yield "its credits are not those of its result"
        if self.parts != frozenset(map(_part, opened.result.applied)):
            yield "its parts are not those of its result"

    def _against_leaf(self, opened: OpenedApplication) -> Iterator[str]:
        leaf = self.leaf
        if leaf is None:
            yield "there is no leaf at its index"
            return
        if (leaf["t"], leaf["id"]) != ("apply", self.stored.id):
            yield "the leaf at its index is another's"
        if leaf.get("stmt") != opened.statement.digest.hex():
            yield "its statement is not the one of its leaf"
        if (leaf.get("rule"), leaf.get("ref")) != (self.rule_sha256, self.conversion_index):
            yield "its conversion is not the one of its leaf"

    def _against_history(self, opened: OpenedApplication) -> Iterator[str]:
        if not self.history.had_stood(self.stored):
            yield "its conversion did not stand"
        expected, found = self.history.inputs_before(self.stored), opened.inputs
        if expected is None:
            yield "what it was applied from cannot be found"
            return
        if (found.plan, found.plan_caps) != (expected.plan, expected.plan_caps):
            yield "its plan is not that of its enrolment"
        if found.rule_caps != expected.rule_caps:
            yield "its caps are not those of its rule"
        if found.wanted != expected.wanted:
            yield "it is not of what was left of its conversion"
        if found.applied != expected.applied:
            yield "other credit was applied than it was applied beside"


def replayed_applications(
    connection: Connection, page: Sequence[StoredApplication], keys: Iterable[AccountKey]
) -> Iterator[ReplayedApplication]:
    """Give these applications with all that must agree with their results."""
    parts = parts_of(connection, [one.id for one in page])
    conversions = find_conversions(connection, {one.conversion_id for one in page})
    enrolments = {one.enrolment_id for one in page if one.enrolment_id is not None}
    history = read_application_history(connection, enrolments, keys)
    leaves = readable_leaves(connection, [one.entry_index for one in page])
    for stored in page:
        conversion = conversions.get(stored.conversion_id)
        yield ReplayedApplication(
            stored=stored,
            parts=frozenset(parts[stored.id]),
            leaf=leaves.get(stored.entry_index),
            conversion_index=None if conversion is None else conversion.entry_index,
            rule_sha256=None if conversion is None else conversion.rule_sha256,
            history=history,
        )


def readable_leaves(connection: Connection, indexes: Sequence[int]) -> dict[int, Leaf]:
    """Give the leaves at these indexes, at most a thousand, that are there and can be read."""
    found: dict[int, Leaf] = {}
    for index, data in find_leaves(connection, indexes).items():
        with suppress(LedgerError):
            found[index] = decode(data)
    return found


def _part(credit: CountedCredit) -> StoredPart:
    return StoredPart(target=credit.target, category=credit.category, credits=credit.credits.milli)
