"""State that an outcome was used outside the bank: it is used up here too, until that is withdrawn.

Another bank or school that counted it has no door here; its learner says so, or staff at the
counter. That it was not so only staff say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from sqlalchemy import Connection

from creditbank.conversion.days import civil_day
from creditbank.conversion.decision import Part, Reason
from creditbank.conversion.filing import ANYWHERE, Use
from creditbank.credits.as_one import uses_as_one
from creditbank.credits.offered import Offered, load_offered
from creditbank.credits.outside_uses import (
    StoredOutsideUse,
    find_outside_uses,
    withdrawals_of,
)
from creditbank.credits.tables import OutsideUseRow
from creditbank.credits.units import nullifier
from creditbank.errors import InvalidInput, Refusal
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions
from creditbank.institutions.tree import tree_on
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.statements import seal_statement
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import account_states
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.texts import stated_text_problem
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft, new_id
from ledger.statement import make_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The outcomes that commands name, opened and stored, their uses, and the holders' states."""

    offered: Mapping[str, Offered]
    stored: Mapping[str, StoredOutcome]
    uses: Mapping[bytes, Sequence[Use]]
    holders: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UseOutside:
    """Ask that an outcome of the account of this key count as used at `where`, in words."""

    key: AccountKey
    secrets: VaultSecrets
    outcome_id: str
    where: str
    by: str
    institution_id: str
    """Who takes it down: the bank for what its learner states."""

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        named = {command.outcome_id for command in commands}
        holders = {command.key.account_id: (command.key, command.secrets) for command in commands}
        offered = load_offered(connection, named, holders)
        return State(
            offered=offered,
            stored=find_outcomes(connection, named),
            uses=uses_as_one(connection, offered.values(), commands[0].secrets),
            holders=account_states(connection, holders),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """State it; the answer is its id.

        Raises `InvalidInput` for the words, and a `Refusal`: "account-not-in-use", "not-found",
        "outcome-not-active", "already-consumed".
        """
        require_in_use(state.holders.get(self.key.account_id))
        _require_text("where", self.where)
        offered = state.offered.get(self.outcome_id)
        if offered is None or offered.account_id != self.key.account_id:
            raise Refusal("not-found")
        if not offered.outcome.is_active:
            raise Refusal("outcome-not-active", status=state.stored[self.outcome_id].status)
        if earlier := state.uses.get(offered.tag, ()):
            raise Refusal(Reason.ALREADY_CONSUMED.value, entry=max(one.entry for one in earlier))
        spent = nullifier(self.secrets, ANYWHERE, offered.unit, Part(outcome=self.outcome_id))
        fields = {"outcome": self.outcome_id, "where": self.where, "by": self.by}
        leaf, row = _written(
            self.key, fields, moment, self.institution_id, state.stored[self.outcome_id].entry_index
        )
        row |= {
            "outcome_id": self.outcome_id,
            "withdraws_id": None,
            "unit_tag": offered.tag,
            "nullifier": spent,
            "stated_with": self.by,
        }
        uses = {**state.uses, offered.tag: [Use(entry=moment.next_index)]}
        return Decision(
            answer=str(row["id"]),
            state=replace(state, uses=uses),
            rows={OutsideUseRow: [row]},
            leaves=[replace(leaf, spend=(spent,))],
        )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep its id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The statements that commands name, what withdrew them, and who stands under whom."""

    uses: Mapping[str, StoredOutsideUse]
    withdrawals: Mapping[str, str]
    histories: Mapping[str, History] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOutsideUse:
    """Ask that a statement of use be withdrawn, by staff of who took it down or stands above."""

    key: AccountKey
    use_id: str
    reason: str
    by: str
    institution_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Stated:
        """Load what these commands name."""
        named = {command.use_id for command in commands}
        withdrawn = withdrawals_of(connection, named)
        return Stated(
            uses=find_outside_uses(connection, named),
            withdrawals={use: one.id for use, one in withdrawn.items()},
            histories=all_institutions(connection),
        )

    def decide(self, state: Stated, moment: Moment) -> Decision[Stated, str]:
        """Withdraw it; the answer is the withdrawal's id, the same for a repetition.

        Raises `InvalidInput` for the reason, and `Refusal("not-found")`.
        """
        _require_text("text", self.reason)
        used = state.uses.get(self.use_id)
        tree = tree_on(state.histories, civil_day(moment.now))
        if (
            used is None
            or used.withdraws_id is not None
            or used.account_id != self.key.account_id
            or not tree.covers(self.institution_id, used.institution_id)
        ):
            raise Refusal("not-found")
        if (earlier := state.withdrawals.get(used.id)) is not None:
            return Decision(answer=earlier, state=state)
        fields = {"withdraws": used.id, "reason": self.reason, "by": self.by}
        leaf, row = _written(self.key, fields, moment, used.institution_id, used.entry_index)
        row |= {
            "outcome_id": used.outcome_id,
            "withdraws_id": used.id,
            "unit_tag": used.unit_tag,
            "nullifier": used.nullifier,
            "stated_with": self.by,
        }
        return Decision(
            answer=str(row["id"]),
            state=replace(state, withdrawals={**state.withdrawals, used.id: str(row["id"])}),
            rows={OutsideUseRow: [row]},
            leaves=[replace(leaf, release=(used.nullifier,))],
        )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep its id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result


def _written(
    key: AccountKey, fields: Mapping[str, str], moment: Moment, issuer: str, ref: int
) -> tuple[LeafDraft, dict[str, object]]:
    """Give the leaf and the row of a statement, as far as both kinds are alike."""
    leaf_id = new_id(moment.now, moment.entropy)
    statement = make_statement(
        issuer=issuer, log=moment.log, kind="use", fields=dict(fields), entropy=moment.entropy
    )
    row_id = leaf_id.hex()
    leaf = LeafDraft(
        t="use",
        id=leaf_id,
        iss=issuer,
        acct=key.account_tag(leaf_id),
        stmt=statement.digest,
        ref=ref,
    )
    sealed = seal_statement(key, "outside_use", row_id, statement, moment.entropy)
    row: dict[str, object] = {
        "id": row_id,
        "account_id": key.account_id,
        "institution_id": issuer,
        "entry_index": moment.next_index,
        "sealed_statement": sealed,
    }
    return leaf, row


def _require_text(name: str, text: str) -> None:
    if (problem := stated_text_problem(name, text)) is not None:
        raise InvalidInput([problem])
