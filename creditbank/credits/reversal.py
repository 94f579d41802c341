"""The reversal of one conversion: a leaf that releases what it spent, and why it was made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Executable
from sqlmodel import SQLModel

from creditbank.applications.queries import StoredApplication, applications_of
from creditbank.applications.reverse import reverse_applications
from creditbank.credits.conflicts import in_conflict
from creditbank.credits.queries import (
    StoredConversion,
    StoredUse,
    standing_conversions_using,
    uses_of,
)
from creditbank.credits.reviews import end_review
from creditbank.credits.status import ConversionStatus, set_status, status_by
from creditbank.credits.tables import ConversionReversalRow
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import seal_statement
from creditbank.outcomes.chains import with_superseded, with_superseding
from creditbank.outcomes.status import OutcomeStatus
from creditbank.writer.command import Moment, Rows
from ledger.leaf import LeafDraft, new_id
from ledger.statement import JSONValue, make_statement


class ReversalCause(StrEnum):
    """Why a conversion was reversed."""

    OUTCOME = "outcome"  # 成果撤销: an outcome that it rests on was taken back
    CORRECTION = "correction"  # 更正: made anew on the corrected outcome, which gives the same
    REVIEW = "review"  # 更正复核: a person decided after an outcome was corrected
    APPEAL = "appeal"  # 申诉: the decision itself was wrong
    ERROR = "error"  # 办理有误: the bank found so itself, and nobody's fault is meant
    CONFLICT = "conflict"  # 重复使用: another account of the person used the same before


DECISION_ITSELF = frozenset({ReversalCause.APPEAL, ReversalCause.ERROR, ReversalCause.CONFLICT})
"""The causes without an outcome behind them: outcomes stand, the decision was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A conversion that stands, the parts of outcomes that it uses, and all that it rests on.

    It rests on the outcomes that it uses, and on those that superseded them since; `applications`
    are what of it was applied. One that is in conflict is frozen beside another account's.
    """

    conversion: StoredConversion
    uses: Sequence[StoredUse]
    resting_on: Collection[str]
    applications: Sequence[StoredApplication] = ()
    is_in_conflict: bool = False

    @property
    def used(self) -> set[str]:
        """The outcomes that it uses."""
        return {use.part.outcome for use in self.uses}

    def status(self, suspended: Collection[str]) -> ConversionStatus:
        """Give what it is while these outcomes are suspended."""
        return status_by(self.used, self.resting_on, suspended, is_in_conflict=self.is_in_conflict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why and by whom a conversion is reversed, under its learner's key.

    `outcome_id` and `status` are the outcome behind it and what became of that; where the decision
    itself was wrong there is none.
    """

    kind: ReversalCause
    key: AccountKey
    by: str
    outcome_id: str | None = None
    status: OutcomeStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """What the reversal of one conversion writes, with that of what of it was applied."""

    changes: Sequence[Executable]
    rows: Mapping[type[SQLModel], Rows]
    leaf: LeafDraft


def standing_on(connection: Connection, outcome_ids: Collection[str]) -> list[Standing]:
    """Give the conversions that stand and rest on any of these outcomes, in ledger order."""
    earlier = with_superseded(connection, outcome_ids)
    return as_standing(connection, standing_conversions_using(connection, earlier))


def as_standing(
    connection: Connection, conversions: Mapping[str, StoredConversion]
) -> list[Standing]:
    """Give these conversions with what they use and rest on, in ledger order."""
    uses, applications = uses_of(connection, conversions), applications_of(connection, conversions)
    used = {use.part.outcome for some in uses.values() for use in some}
    chains, conflicts = with_superseding(connection, used), in_conflict(connection, conversions)
    return [
        Standing(
            conversion=one,
            uses=uses[one.id],
            resting_on={each for use in uses[one.id] for each in chains[use.part.outcome]},
            applications=applications[one.id],
            is_in_conflict=one.id in conflicts,
        )
        for one in sorted(conversions.values(), key=lambda one: one.entry_index)
    ]


def reverse_one(standing: Standing, cause: Cause, moment: Moment) -> Reversal:
    """Reverse a conversion whole, with what of it was applied; a review of it is over."""
    conversion, table = standing.conversion, str(ConversionReversalRow.__tablename__)
    leaf_id = new_id(moment.now, moment.entropy)
    statement = make_statement(
        issuer=conversion.institution_id,
        log=moment.log,
        kind="reverse",
        fields=_fields(conversion, cause),
        entropy=moment.entropy,
    )
    applied = reverse_applications(standing.applications, moment)
    row = {
        "conversion_id": conversion.id,
        "id": leaf_id.hex(),
        "cause": cause.kind.value,
        "outcome_id": cause.outcome_id,
        "decided_with": cause.by,
        "entry_index": moment.next_index,
        "sealed_statement": seal_statement(
            cause.key, table, leaf_id.hex(), statement, moment.entropy
        ),
    }
    return Reversal(
        changes=[
            set_status(conversion.id, status=ConversionStatus.REVERSED),
            end_review(conversion.id),
            *applied.changes,
        ],
        rows={ConversionReversalRow: [row], **applied.rows},
        leaf=LeafDraft(
            t="reverse",
            id=leaf_id,
            iss=conversion.institution_id,
            acct=cause.key.account_tag(leaf_id),
            stmt=statement.digest,
            release=tuple(sorted(use.nullifier for use in standing.uses)),
            ref=conversion.entry_index,
        ),
    )


def _fields(conversion: StoredConversion, cause: Cause) -> dict[str, JSONValue]:
    fields: dict[str, JSONValue] = {"conversion": conversion.id, "cause": cause.kind.value}
    if cause.outcome_id is not None and cause.status is not None:
        fields |= {"outcome": cause.outcome_id, "outcome_status": cause.status.value}
    return fields
