"""What a conversion was decided from, against the outcomes and the conversions before it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from creditbank.audits.definitions import readable_definitions
from creditbank.audits.entries import Entry
from creditbank.catalogue.enrolled_plans import EnrolledPlan, find_enrolled_plans
from creditbank.closures.queries import merged_with
from creditbank.conversion.alike import with_alike_uses
from creditbank.conversion.days import civil_day
from creditbank.conversion.decide import as_given_to, filled_as_given_to
from creditbank.conversion.filing import AlikeUse, Filing, Outcome
from creditbank.conversion.rule import counts_recognised
from creditbank.conversion.versions import version_in_force
from creditbank.credits.counted import readable_counted
from creditbank.credits.history import History, Together, read_history, read_uses
from creditbank.credits.offered import outcome_of, under_institutions
from creditbank.credits.replay import Replayed
from creditbank.credits.request import plan_for
from creditbank.credits.show import OpenedConversion
from creditbank.credits.units import Unit, in_account, nullifier, unit_of, unit_tag
from creditbank.institutions.history import History as InstitutionHistory
from creditbank.institutions.queries import find_with_all_above
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.outcomes.events import StoredEvent, events_of, is_suspended
from creditbank.outcomes.queries import StoredOutcome, ended_at, find_outcomes
from creditbank.rules.queries import StoredRule, readable_documents, versions_of
from ledger.errors import LedgerError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadConversion:
    """A conversion that was opened, beside its leaf, its account's key, its rule and its uses."""

    entry: Entry
    opened: OpenedConversion
    key: AccountKey
    replayed: Replayed

    @property
    def filing(self) -> Filing:
        """What it was decided from."""
        return self.opened.filing

    @property
    def account_id(self) -> str:
        """Whose it is."""
        return self.opened.stored.account_id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the bank's other rows say of everything that some conversions were decided from."""

    outcomes: Mapping[str, StoredOutcome]
    seen: Mapping[str, tuple[Outcome, Unit]]
    known_as: Mapping[tuple[str, str], bytes]
    """The tag of an outcome's unit in an account that was merged into its own, by both."""
    ended: Mapping[str, int]
    events: Mapping[str, list[StoredEvent]]
    history: History
    rules: Mapping[str, Sequence[StoredRule]]
    institutions: Mapping[str, InstitutionHistory]
    enrolled: Mapping[str, EnrolledPlan]


class InputCheck:
    """Checks inputs and nullifiers; without the bank's `secrets` what they hide is believed."""

    def __init__(self, connection: Connection, secrets: VaultSecrets | None) -> None:
        self._connection = connection
        self._secrets = secrets

    def problems(
        self, conversions: Sequence[ReadConversion]
    ) -> Iterator[tuple[ReadConversion, str]]:
        """Name what differs, each beside its conversion."""
        known = self._load(conversions)
        for one in conversions:
            for problem in self._problems(one, known):
                yield one, problem

    def _load(self, conversions: Sequence[ReadConversion]) -> _Known:
        offered = [outcome for one in conversions for outcome in one.filing.outcomes]
        keys = {one.account_id: one.key for one in conversions}
        enrolments = {one_id for one in conversions if (one_id := one.opened.stored.enrolment_id)}
        counted = readable_counted(self._connection, enrolments, keys.values())
        together = merged_with(self._connection, keys)
        accounts = {*keys, *(each.account_id or "" for some in together.values() for each in some)}
        tags = {_tag(one) for one in offered}
        history = read_history(self._connection, accounts, tags, counted, together)
        used = {name for uses in history.used.values() for name, _ in uses}
        outcomes = find_outcomes(self._connection, {one.id for one in offered} | used)
        seen = self._as_rules_see(outcomes, {one.id: one.group for one in offered}, keys)
        known_as = self._tags(seen, outcomes, together)
        read_uses(self._connection, set(known_as.values()), history)
        return _Known(
            outcomes=outcomes,
            seen=seen,
            known_as=known_as,
            ended=ended_at(self._connection, outcomes),
            events=events_of(self._connection, outcomes),
            history=history,
            enrolled=find_enrolled_plans(self._connection, enrolments),
            rules=versions_of(self._connection, {one.opened.stored.rule_id for one in conversions}),
            institutions=find_with_all_above(
                self._connection, {one.institution_id for one in outcomes.values()}
            ),
        )

    def _tags(
        self,
        seen: Mapping[str, tuple[Outcome, Unit]],
        outcomes: Mapping[str, StoredOutcome],
        together: Mapping[str, Sequence[Together]],
    ) -> dict[tuple[str, str], bytes]:
        """Give the tags that the unit of an outcome has in merged accounts, by both."""
        if self._secrets is None:
            return {}
        return {
            (name, one.account_id): unit_tag(self._secrets, in_account(unit, one.account_id))
            for name, (_, unit) in seen.items()
            for one in together.get(outcomes[name].account_id, ())
            if one.account_id is not None
        }

    def _as_rules_see(
        self,
        outcomes: Mapping[str, StoredOutcome],
        groups: Mapping[str, str],
        keys: Mapping[str, AccountKey],
    ) -> dict[str, tuple[Outcome, Unit]]:
        """Read outcomes; what cannot be read is named by the check of outcomes."""
        named = {one.definition_id for one in outcomes.values()}
        definitions = readable_definitions(self._connection, named)
        seen: dict[str, tuple[Outcome, Unit]] = {}
        for one in outcomes.values():
            with suppress(SealBroken, LedgerError, KeyError, ValueError):
                key, definition = keys[one.account_id], definitions[one.definition_id]
                stated = fields_of(open_statement(key, "outcome", one.id, one.sealed_statement))
                unit = unit_of(one, stated)
                group = groups.get(one.id, one.id)
                if self._secrets is not None:
                    group = unit_tag(self._secrets, unit).hex()
                seen[one.id] = outcome_of(one, stated, definition, group=group), unit
        return seen

    def _problems(self, one: ReadConversion, known: _Known) -> Iterator[str]:
        yield from _in_time(one, known)
        for outcome in one.filing.outcomes:
            yield from _outcome(one, outcome, known)
        yield from _before(one, known)
        if self._secrets is not None:
            yield from _used(one, known, self._secrets)


def _in_time(one: ReadConversion, known: _Known) -> Iterator[str]:
    """Compare the day of filing with the leaf's time, and the rule with the one in force then."""
    decision, filed_on = one.opened.decision, one.filing.filed_on
    if filed_on > civil_day(datetime.fromtimestamp(int(one.entry.facts.at), UTC)):
        yield "it was filed after it was decided"
    published = [
        rule
        for rule in known.rules.get(one.opened.stored.rule_id, ())
        if rule.entry_index is not None and rule.entry_index < one.entry.index
    ]
    awarded = [outcome.awarded_last for outcome in one.filing.outcomes]
    in_force = version_in_force(readable_documents(published).values(), filed_on, awarded)
    if in_force is None or in_force.sha256 != decision.rule_sha256:
        yield "its rule was not the version in force when it was filed"


def _outcome(one: ReadConversion, outcome: Outcome, known: _Known) -> Iterator[str]:
    stored, named = known.outcomes.get(outcome.id), f"outcome {outcome.id}"
    if stored is None or stored.account_id != one.account_id:
        yield f"{named} is no outcome of its account"
        return
    seen = None
    with suppress(ValueError, KeyError):  # What is wrong with an institution is named there.
        seen = _as_given(one, outcome.id, known)
    if seen is not None:
        stood = known.ended.get(outcome.id, one.entry.index) >= one.entry.index
        events = known.events.get(outcome.id, [])
        is_active = stood and not is_suspended(events, before=one.entry.index)
        if replace(outcome, uses=(), alike_uses=()) != replace(seen, is_active=is_active):
            yield f"{named} is not what it was decided from"
    merged = known.history.merged_before(one.entry.index, one.account_id)
    tags = [known.known_as.get((outcome.id, account or "")) for account in merged]
    found = [tag for tag in tags if tag is not None]
    # What merged accounts used is believed where what names it is hidden, or they were erased.
    if len(found) == len(tags):
        used = known.history.used_before(one.entry.index, {_tag(outcome), *found})
        if outcome.uses != used:
            yield f"{named} was used by other conversions than it was decided from"
    if outcome.id in known.seen and not _is_alike(one, outcome, merged, known):
        yield f"{named} is named like others than those it was decided from"


def _is_alike(
    one: ReadConversion, outcome: Outcome, merged: Sequence[str | None], known: _Known
) -> bool:
    """Compare what is used under like names with what was; of merged accounts, that it was used."""
    own = _alike_uses(one, outcome, known)
    if not merged:
        return outcome.alike_uses == own
    used = {
        use
        for account in merged
        for _, use in known.history.used_by_account_before(one.entry.index, account or "")
    }
    others = {each for each in outcome.alike_uses if each not in own}
    is_known = None in merged or all(each.use in used for each in others)
    return is_known and set(own) <= set(outcome.alike_uses)


def _alike_uses(one: ReadConversion, outcome: Outcome, known: _Known) -> tuple[AlikeUse, ...]:
    """Give what the account's conversions before this one used of outcomes that are named alike."""
    before = known.history.used_by_account_before(one.entry.index, one.account_id)
    used = [(known.seen[name][0], use) for name, use in before if name in known.seen]
    seen = with_alike_uses(known.seen[outcome.id][0], used)
    return as_given_to(one.opened.decision.engine, seen).alike_uses


def _as_given(one: ReadConversion, outcome_id: str, known: _Known) -> Outcome | None:
    """Give an outcome by what the ledger said before the conversion, as its engine was given it.

    None where it, or what became of its institution, cannot be read: that is named elsewhere.
    """
    if outcome_id not in known.seen:
        return None
    outcome, _ = known.seen[outcome_id]
    before = {
        name: history.known_before(one.entry.index) for name, history in known.institutions.items()
    }
    with suppress(ValueError):
        return as_given_to(one.opened.decision.engine, under_institutions(outcome, before))
    return None


def _before(one: ReadConversion, known: _Known) -> Iterator[str]:
    """Compare what was filled and recognised already with the conversions before this one."""
    stored, filing = one.opened.stored, one.filing
    if None not in known.history.merged_before(one.entry.index, one.account_id):
        filled = known.history.filled_before(stored, filing.targets)
        engine = one.opened.decision.engine
        if set(filing.filled) != {filled_as_given_to(engine, each) for each in filled}:
            yield "other targets were filled than it was decided from"
        if filing.recognised != known.history.given_before(stored):
            yield "its rule had given other credits than it was decided from"
    yield from _of_enrolment(one, known)


def _of_enrolment(one: ReadConversion, known: _Known) -> Iterator[str]:
    """Compare the plan with the enrolment's, and what counted with the conversions before."""
    stored, filing, rule = one.opened.stored, one.filing, one.replayed.rule
    document = None if rule is None else readable_documents([rule]).get(rule.sha256)
    if stored.enrolment_id is None or document is None:
        if filing.plan is not None and document is not None:
            yield "it was decided from a plan without an enrolment"
        return
    enrolled = known.enrolled.get(stored.enrolment_id)
    if enrolled is None or enrolled.account_id != stored.account_id:
        yield "its enrolment is none of its account"
        return
    plan = plan_for(enrolled, document.rule)
    if filing.plan != plan:
        yield "its plan is not that of its enrolment"
    counted = known.history.counted_before(stored) if counts_recognised(document.rule) else ()
    if filing.counted != counted:
        yield "other credit counted than it was decided from"


def _used(one: ReadConversion, known: _Known, secrets: VaultSecrets) -> Iterator[str]:
    """Compute the nullifiers and tags of what was used again."""
    for use in one.replayed.uses:
        if use.part.outcome not in known.seen:
            continue  # What cannot be read was named where it belongs.
        _, unit = known.seen[use.part.outcome]
        if use.nullifier != nullifier(secrets, one.opened.stored.scope, unit, use.part):
            yield "a nullifier is not that of the part that it uses"
        if use.unit_tag != unit_tag(secrets, unit):
            yield "unit_tag of a use is not that of its outcome"


def _tag(outcome: Outcome) -> bytes:
    """Give the tag of an outcome's unit; a group that is no tag finds nothing."""
    try:
        return bytes.fromhex(outcome.group)
    except ValueError:
        return b""
