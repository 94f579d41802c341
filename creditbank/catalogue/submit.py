"""Submit a definition to the institution that certifies it: the bank, or one that stands above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Self, cast

from sqlalchemy import Connection

from creditbank.catalogue.certification import Certification, Majority, Step, state_after, state_of
from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import certifications_of, definitions_by_id
from creditbank.catalogue.tables import CertificationRow
from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import Tree, tree_on
from creditbank.plain_yaml import load_plain_yaml
from creditbank.writer.command import Decision, Moment

_VOTING = Path(__file__).with_name("voting.yaml")
_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The tree, and the definitions that are submitted with what was decided of them before."""

    histories: Mapping[str, History]
    definitions: Mapping[str, Definition]
    certifications: Mapping[str, Sequence[Certification]]

    def tree(self, moment: Moment) -> Tree:
        """Give the tree of institutions as of today."""
        return tree_on(self.histories, civil_day(moment.now))


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitDefinition:
    """Ask that a definition be certified on these terms; `by` is the person who submits it."""

    institution_id: str
    definition_id: str
    by: str
    certifier_id: str | None = None
    credits: Credits | None = None
    level_framework: str | None = None
    level: int | None = None
    valid_from: str
    valid_until: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        ids = {command.definition_id for command in commands}
        return State(
            histories=all_institutions(connection),
            definitions=definitions_by_id(connection, ids),
            certifications=certifications_of(connection, ids),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, Certification]:
        """Submit it.

        Raises `Refusal` "not-found" for a definition that is not below the institution,
        "definition-state"; and `InvalidInput`: "certifier-not-above", "days-reversed".
        """
        definition, tree = state.definitions.get(self.definition_id), state.tree(moment)
        if definition is None or not tree.covers(self.institution_id, definition.institution_id):
            raise Refusal("not-found")
        earlier = state.certifications.get(definition.id, ())
        following = state_after(state_of(earlier, civil_day(moment.now)), Step.SUBMIT)
        quorum, majority = voting()
        submitted = Certification(
            id=moment.entropy(_ID_BYTES).hex(),
            definition_id=definition.id,
            institution_id=self._certifier(definition, tree),
            state=following.value,
            credits=None if self.credits is None else self.credits.milli,
            level_framework=self.level_framework,
            level=self.level,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            quorum=quorum,
            majority=majority,
            submitted_by=self.by,
            submitted_at=int(moment.now.timestamp()),
        )
        known = {**state.certifications, definition.id: [*earlier, submitted]}
        return Decision(
            answer=submitted,
            state=replace(state, certifications=known),
            rows={CertificationRow: [row_of(submitted)]},
        )

    def _certifier(self, definition: Definition, tree: Tree) -> str:
        certifier = self.certifier_id or tree.bank_id or ""
        problems = []
        if not tree.covers(certifier, definition.institution_id):
            problems.append(FieldProblem(field="certifier", code="certifier-not-above"))
        if self.valid_until is not None and self.valid_until < self.valid_from:
            problems.append(FieldProblem(field="valid_until", code="days-reversed"))
        if problems:
            raise InvalidInput(problems)
        return certifier


def row_of(certification: Certification) -> dict[str, object]:
    """Give the stored form of a certification."""
    return {one.name: getattr(certification, one.name) for one in fields(certification)}


@cache
def voting() -> tuple[int, str]:
    """Give the quorum, and the majority as text, by which experts decide from now on."""
    data = cast("dict[str, str]", load_plain_yaml(_VOTING.read_text("utf-8")))
    Majority.parse(data["majority"])
    return int(data["quorum"]), data["majority"]
