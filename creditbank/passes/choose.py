"""What a citizen chose to show: outcomes of hers that stand, and which of their fields.

Passes and standing grants are both made of this, so that there is one way to show a fact.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from certificates.keys import SigningKey
from certificates.pass_claims import OUTCOMES_MAX, PassClaims, PassOutcome
from creditbank.conversion.amounts import ClassHours, Credits
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.installation.found import Installation, find_installation
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.status import OutcomeStatus
from creditbank.outcomes.texts import text_problem
from creditbank.writer.command import Moment
from ledger.statement import JSONValue

OPTIONAL_FIELDS = frozenset(
    {
        "awarded_on",
        "grade",
        "grade_scale",
        "credits",
        "minutes",
        "class_hours",
        "title_en",
        "provider_en",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosable:
    """The outcomes that were chosen, the accounts of who chose them, and who signs."""

    outcomes: Mapping[str, StoredOutcome]
    accounts: Mapping[str, StoredAccount]
    installation: Installation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """These outcomes of one person, showing `shown` of the optional fields until a time.

    `others` are the keys of accounts that were merged into hers, by account.
    """

    key: AccountKey
    outcome_ids: Sequence[str]
    expires_at: datetime
    issuer: str
    signing_key: SigningKey
    shown: Collection[str] = OPTIONAL_FIELDS
    holder: str | None = None
    purpose: str | None = None
    others: Mapping[str, AccountKey] = field(default_factory=dict)

    def require_sound(self, known: Choosable, **texts: str | None) -> None:
        """Raise a `Refusal` for outcomes of others or that no longer stand, and unsound `texts`.

        So does an account that is not in use, and a process that was started before the bank moved;
        `InvalidInput` names the field.
        """
        if known.installation is None or known.installation.issuer_did != self.issuer:
            raise Refusal("issuer-moved")
        account = known.accounts.get(self.key.account_id)
        require_in_use(None if account is None else account.state)
        if len(set(self.outcome_ids)) != len(self.outcome_ids):
            raise InvalidInput([FieldProblem(field="outcomes", code="outcomes-duplicated")])
        hers = self._accounts(known)
        own = [one for one in self.outcome_ids if _stands(known.outcomes.get(one), hers)]
        if not 0 < len(own) == len(self.outcome_ids) <= OUTCOMES_MAX:
            raise Refusal("pass-outcomes-wrong")
        stated = {"purpose": self.purpose, "holder": self.holder, **texts}
        found = [text_problem(name, text) for name, text in stated.items() if text is not None]
        if problems := [one for one in found if one is not None]:
            raise InvalidInput(problems)
        if set(self.shown) - OPTIONAL_FIELDS:
            facts = {"known": tuple(sorted(OPTIONAL_FIELDS))}
            raise InvalidInput([FieldProblem(field="shown", code="shown-unknown", facts=facts)])

    def claims(
        self,
        known: Choosable,
        moment: Moment,
        *,
        pass_id: bytes,
        audience: str | None,
        status_place: int | None = None,
    ) -> PassClaims:
        """Give what is signed; nothing beyond what she chose is inside."""
        return PassClaims(
            issuer=self.issuer,
            log=moment.log,
            pass_id=pass_id,
            issued_at=moment.now.replace(microsecond=0),
            expires_at=self.expires_at.replace(microsecond=0),
            holder=self.holder,
            purpose=self.purpose,
            audience=audience,
            status_place=status_place,
            outcomes=tuple(self._shown(known.outcomes[one]) for one in self.outcome_ids),
        )

    def _accounts(self, known: Choosable) -> set[str]:
        """Give her account and those that are merged into it still."""
        merged = {
            one
            for one in self.others
            if one in known.accounts and known.accounts[one].merged_into == self.key.account_id
        }
        return {self.key.account_id, *merged}

    def _shown(self, outcome: StoredOutcome) -> PassOutcome:
        key = self.others.get(outcome.account_id, self.key)
        statement = open_statement(key, "outcome", outcome.id, outcome.sealed_statement)
        return pass_outcome(outcome.entry_index, fields_of(statement), self.shown)


def find_choosable(connection: Connection, choices: Sequence[Choice]) -> Choosable:
    """Load the outcomes and accounts that these choices name."""
    holders = {choice.key.account_id for choice in choices}
    holders.update(one for choice in choices for one in choice.others)
    named = {outcome_id for choice in choices for outcome_id in choice.outcome_ids}
    return Choosable(
        outcomes=find_outcomes(connection, named),
        accounts=find_accounts(connection, holders),
        installation=find_installation(connection),
    )


def _stands(outcome: StoredOutcome | None, accounts: Collection[str]) -> bool:
    return (
        outcome is not None
        and outcome.account_id in accounts
        and outcome.status == OutcomeStatus.ACTIVE
    )


def pass_outcome(
    index: int, stated: Mapping[str, JSONValue], shown: Collection[str]
) -> PassOutcome:
    """Give what a pass shows of a statement: title, provider, class, result, and what is chosen."""

    def text(name: str, field: str | None = None) -> str | None:
        is_shown = name not in OPTIONAL_FIELDS or name in shown
        return cast("str | None", stated.get(field or name)) if is_shown else None

    posted_credits, hours = text("credits"), text("class_hours")
    minutes = stated.get("minutes") if "minutes" in shown else None
    return PassOutcome(
        index=index,
        title=str(stated["title"]),
        title_en=text("title_en"),
        provider=str(stated["provider"]),
        provider_en=text("provider_en"),
        outcome_class=str(stated["class"]),
        awarded_on=text("awarded_on"),
        result=str(stated["result"]),
        grade=text("grade"),
        grade_scale=text("grade_scale"),
        credits=None if posted_credits is None else Credits.parse(posted_credits).milli,
        minutes=cast("int | None", minutes),
        class_hours=None if hours is None else ClassHours.parse(hours).milli,
    )
