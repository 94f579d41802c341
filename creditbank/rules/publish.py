"""Publish a drafted version: its cases hold, a second one approves, and the log names it for ever.

From then on it is immutable; a later version that supersedes it ends it on its own first day. Where
just these bytes were simulated, the leaf names the newest simulation, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.conversion.cases import case_problem, run_cases
from creditbank.conversion.rule import Rule
from creditbank.conversion.rule_file import RuleDocument
from creditbank.conversion.rule_set import OwnedRule
from creditbank.errors import ReasonedRefusal, Refusal
from creditbank.rules.check import Surroundings
from creditbank.rules.courses import course_rows
from creditbank.rules.queries import StoredRule, versions_of
from creditbank.rules.simulations import KeptSimulation, newest_of, simulations_of
from creditbank.rules.tables import RuleCourseRow, RuleRow
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id

DOCUMENT_TYPE = "application/vnd.creditbank.rule+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Every version of the rules that commands name, their simulations, and what these must fit."""

    versions: Mapping[str, Sequence[StoredRule]]
    simulations: Mapping[tuple[str, str], Sequence[KeptSimulation]]
    surroundings: Surroundings

    def with_published(self, rule: Rule, published: StoredRule) -> Self:
        """Give the state once a version is published."""
        versions = [
            published if one.version == rule.version else one for one in self.versions[rule.id]
        ]
        return replace(
            self,
            versions={**self.versions, rule.id: versions},
            surroundings=self.surroundings.with_published(rule, published.institution_id),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRule:
    """Ask that the draft of exactly this document be published; `by` is who approves it.

    A person who approves a draft before her eyes has had it simulated, or somebody else has.
    """

    document: RuleDocument
    by: str
    after_simulation: bool = False

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load every version of the rules that these commands name, and what they must fit."""
        versions = versions_of(connection, {command.document.rule.id for command in commands})
        owned = [
            OwnedRule(rule=command.document.rule, institution_id=versions[name][0].institution_id)
            for command in commands
            if (name := command.document.rule.id) in versions
        ]
        return State(
            versions=versions,
            simulations=simulations_of(connection, versions),
            surroundings=Surroundings.load(connection, owned),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, StoredRule]:
        """Publish it; a version that is published already stays as it is.

        Raises `Refusal`: "rule-unknown", "rule-draft-differs", "rule-approver-is-author",
        "rule-not-simulated" where a simulation of just these bytes is asked for,
        "rule-cases-failed", "rule-supersedes-wrong", "rule-transition-unknown"; and `InvalidInput`
        where it does not fit what is published, or a plan that it names.
        """
        rule = self.document.rule
        versions = state.versions.get(rule.id, ())
        draft = self._draft(versions)
        if draft.entry_index is not None:
            return Decision(answer=draft, state=state)
        if draft.drafted_by == self.by:
            raise Refusal("rule-approver-is-author")
        kept = newest_of(state.simulations.get((draft.id, draft.version), ()), draft.sha256)
        if self.after_simulation and kept is None:
            raise Refusal("rule-not-simulated", rule=draft.id, version=draft.version)
        self._require_cases()
        state.surroundings.require_fitting(self.document, draft.institution_id)
        superseded = self._superseded(versions)
        self._require_kept(versions)
        published = replace(draft, published_by=self.by, entry_index=moment.next_index)
        return Decision(
            answer=published,
            state=state.with_published(rule, published),
            rows={RuleCourseRow: course_rows(rule)},
            changes=[
                update(RuleRow)
                .where(col(RuleRow.id) == draft.id, col(RuleRow.version) == draft.version)
                .values(published_by=self.by, entry_index=moment.next_index)
            ],
            leaves=[_leaf(draft, superseded, kept, moment)],
            objects=[PublicObject(media_type=DOCUMENT_TYPE, content=draft.content)],
        )

    def _draft(self, versions: Sequence[StoredRule]) -> StoredRule:
        rule = self.document.rule
        draft = next((one for one in versions if one.version == rule.version), None)
        if draft is None:
            raise Refusal("rule-unknown", rule=rule.id)
        if draft.sha256 != self.document.sha256:
            raise Refusal("rule-draft-differs", rule=rule.id, version=rule.version)
        return draft

    def _require_cases(self) -> None:
        """Refuse a rule that decides a case of its own otherwise than the case expects."""
        failed = [
            (place, one) for place, one in enumerate(run_cases(self.document)) if not one.has_passed
        ]
        if failed:
            problems = self.document.located([case_problem(*one) for one in failed])
            names = tuple(one.case.name for _, one in failed)
            raise ReasonedRefusal("rule-cases-failed", problems, cases=names)

    def _superseded(self, versions: Sequence[StoredRule]) -> StoredRule | None:
        """Give the version that ends with this one: the newest, unless this one is the first."""
        rule = self.document.rule
        published = [one for one in versions if one.entry_index is not None]
        newest = max(published, key=lambda one: one.entry_index or 0, default=None)
        expected = None if newest is None else newest.version
        if rule.supersedes != expected:
            raise Refusal("rule-supersedes-wrong", newest=expected or "-")
        if newest is not None and newest.document.rule.effective_from >= rule.effective_from:
            raise Refusal("rule-supersedes-wrong", newest=newest.version)
        return newest

    def _require_kept(self, versions: Sequence[StoredRule]) -> None:
        """Refuse a transition that leaves awards to a version which was never published."""
        kept = self.document.rule.transition
        published = {one.version for one in versions if one.entry_index is not None}
        if kept is not None and kept.version not in published:
            raise Refusal("rule-transition-unknown", version=kept.version)


def _leaf(
    draft: StoredRule, superseded: StoredRule | None, kept: KeptSimulation | None, moment: Moment
) -> LeafDraft:
    return LeafDraft(
        t="rule",
        id=new_id(moment.now, moment.entropy),
        iss=draft.institution_id,
        object=bytes.fromhex(draft.sha256),
        ref=None if superseded is None else superseded.entry_index,
        stmt=None if kept is None else kept.digest,
    )
