"""Draft a version of a rule. A draft may be replaced; a published version never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

from sqlalchemy import Connection, Update, update
from sqlmodel import col

from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.rule_set import OwnedRule
from creditbank.errors import Refusal
from creditbank.institutions.queries import find_institutions
from creditbank.rules.check import Surroundings
from creditbank.rules.queries import StoredRule, versions_of
from creditbank.rules.tables import RuleRow
from creditbank.writer.command import Decision, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The institutions and the stored versions that commands name, and what these must fit."""

    institutions: frozenset[str]
    versions: Mapping[tuple[str, str], StoredRule]
    surroundings: Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRule:
    """Ask that a version be drafted for the institution whose rule it is; `by` is who acts."""

    institution_id: str
    document: RuleDocument
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        stored = versions_of(connection, {command.document.rule.id for command in commands})
        return State(
            institutions=frozenset(
                find_institutions(connection, {command.institution_id for command in commands})
            ),
            versions={(one.id, one.version): one for all_ in stored.values() for one in all_},
            surroundings=Surroundings.load(
                connection,
                [
                    OwnedRule(rule=one.document.rule, institution_id=one.institution_id)
                    for one in commands
                ],
            ),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, StoredRule]:
        """Store the draft, in place of an earlier draft of this version.

        Raises `Refusal`: "institution-unknown"; "rule-version-published" for other content under a
        version that is published; "rule-not-yours" where the rule belongs to another institution;
        and `InvalidInput` where it does not fit what is published, or a plan that it names.
        """
        del moment  # A draft is not on the ledger.
        if self.institution_id not in state.institutions:
            raise Refusal("institution-unknown", institution=self.institution_id)
        rule = self.document.rule
        for one in state.versions.values():
            if one.id == rule.id and one.institution_id != self.institution_id:
                raise Refusal("rule-not-yours", rule=rule.id)
        known = state.versions.get((rule.id, rule.version))
        if known is not None and known.entry_index is not None:
            return self._published(known, state)
        state.surroundings.require_fitting(self.document, self.institution_id)
        draft = StoredRule(
            id=rule.id,
            version=rule.version,
            institution_id=self.institution_id,
            content=self.document.content,
            sha256=self.document.sha256,
            drafted_by=self.by,
            published_by=None,
            entry_index=None,
        )
        return Decision(
            answer=draft,
            state=replace(state, versions={**state.versions, (rule.id, rule.version): draft}),
            rows={RuleRow: [_row(draft)]} if known is None else {},
            changes=[] if known is None else [_replace(draft)],
        )

    def _published(self, known: StoredRule, state: State) -> Decision[State, StoredRule]:
        if known.sha256 != self.document.sha256:
            raise Refusal("rule-version-published", rule=known.id, version=known.version)
        return Decision(answer=known, state=state)


def _row(rule: StoredRule) -> dict[str, object]:
    return {field.name: getattr(rule, field.name) for field in fields(rule)}


def _replace(draft: StoredRule) -> Update:
    version = col(RuleRow.id) == draft.id, col(RuleRow.version) == draft.version
    return update(RuleRow).where(*version).values(**_row(draft))
