"""Issue a credential of one's own outcome: signed, and its hashes in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Self
from uuid import UUID

import orjson
from sqlalchemy import Connection

from certificates.open_badge import LedgerEvidence, badge_document
from certificates.token import new_token, token_hash
from creditbank.catalogue.definition import Definition
from creditbank.catalogue.levels import Framework, frameworks_by_id
from creditbank.catalogue.queries import definitions_by_id
from creditbank.credentials.badge import Achieved, Issue, badge_of_outcome
from creditbank.credentials.issuer import CredentialIssuer, SignedCredential
from creditbank.credentials.places import Places
from creditbank.credentials.queries import credentials_of_outcomes, newest_list
from creditbank.credentials.tables import CredentialRow
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.statements import fields_of, open_statement, seal_statement
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.queries import StoredOutcome, find_outcomes
from creditbank.outcomes.standing import Fields, validity_ends
from creditbank.outcomes.status import OutcomeStatus
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft, new_id
from ledger.read import read_leaf_hashes
from ledger.statement import JSONValue, make_statement

STATEMENT_KIND = "credential"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What credentials are wanted of, opened, and where the next status bit stands.

    `issued` are the credentials that there are already, by outcome.
    """

    accounts: Mapping[str, StoredAccount]
    outcomes: Mapping[str, StoredOutcome]
    stated: Mapping[str, Fields]
    ends: Mapping[str, PartialDate]
    leaf_hashes: Mapping[str, bytes]
    definitions: Mapping[str, Definition]
    frameworks: Mapping[str, Framework]
    issued: Mapping[str, str]
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCredential:
    """Ask for the credential of an outcome; there is one, so asking again gives the same.

    `others` are the keys of accounts that were merged into hers, by account; `holder` is her
    printed name, where it shall stand in the credential.
    """

    key: AccountKey
    outcome_id: str
    issuer: CredentialIssuer
    institution_id: str
    holder: str | None = None
    others: Mapping[str, AccountKey] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        outcomes = find_outcomes(connection, {one.outcome_id for one in commands})
        keys = {name: key for one in commands for name, key in one.keys.items()}
        hers = {name: one for name, one in outcomes.items() if one.account_id in keys}
        stated = {name: _opened(one, keys[one.account_id]) for name, one in hers.items()}
        indexes = [one.entry_index for one in outcomes.values()]
        number, taken = newest_list(connection)
        issued = credentials_of_outcomes(connection, outcomes)
        return State(
            accounts=find_accounts(connection, keys.keys()),
            outcomes=outcomes,
            stated=stated,
            ends=validity_ends(
                connection, stated, {name: keys[one.account_id] for name, one in hers.items()}
            ),
            leaf_hashes=dict(zip(outcomes, read_leaf_hashes(connection, indexes), strict=True)),
            definitions=definitions_by_id(
                connection, {one.definition_id for one in outcomes.values()}
            ),
            frameworks=frameworks_by_id(connection),
            issued={name: one.id for name, one in issued.items()},
            places=Places(number=number, taken=taken),
        )

    @property
    def keys(self) -> dict[str, AccountKey]:
        """The keys of all accounts of this person, by account."""
        return {self.key.account_id: self.key, **self.others}

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Sign it; the answer is its id.

        Raises a `Refusal`: "account-not-in-use", "not-found", "outcome-not-active".
        """
        account = state.accounts.get(self.key.account_id)
        require_in_use(None if account is None else account.state)
        outcome = self._wanted(state)
        if (earlier := state.issued.get(outcome.id)) is not None:
            return Decision(answer=earlier, state=state)
        number, index, places = state.places.draw(moment.entropy)
        token = new_token(moment.entropy)
        signed = self.issuer.sign(
            self._document(outcome, state, moment, token=token, at=(number, index)), moment.now
        )
        leaf, row = self._entry(outcome, moment, signed, token=token, at=(number, index))
        issued = {**state.issued, outcome.id: str(row["id"])}
        return Decision(
            answer=str(row["id"]),
            state=replace(state, issued=issued, places=places),
            rows={CredentialRow: [row]},
            leaves=[leaf],
        )

    @classmethod
    def remember(cls, answer: str) -> str:
        """Keep its id."""
        return answer

    @classmethod
    def recall(cls, result: str) -> str:
        """Give the first answer again."""
        return result

    def _wanted(self, state: State) -> StoredOutcome:
        outcome = state.outcomes.get(self.outcome_id)
        account = None if outcome is None else state.accounts.get(outcome.account_id)
        is_own = account is not None and self.key.account_id in {account.id, account.merged_into}
        if outcome is None or outcome.id not in state.stated or not is_own:
            raise Refusal("not-found")
        if outcome.status != OutcomeStatus.ACTIVE and outcome.id not in state.issued:
            raise Refusal("outcome-not-active", status=outcome.status)
        return outcome

    def _document(
        self,
        outcome: StoredOutcome,
        state: State,
        moment: Moment,
        *,
        token: str,
        at: tuple[int, int],
    ) -> dict[str, JSONValue]:
        evidence = LedgerEvidence(
            log=moment.log,
            index=outcome.entry_index,
            leaf_hash=state.leaf_hashes[outcome.id].hex(),
        )
        issue = Issue(
            url=self.issuer.link(token),
            now=moment.now,
            subject=UUID(bytes=moment.entropy(16), version=4).urn,
            holder=self.holder,
            evidence=evidence,
            status=tuple(self.issuer.entries(*at)),
        )
        achieved = Achieved(
            outcome=outcome,
            stated=state.stated[outcome.id],
            definition=state.definitions[outcome.definition_id],
            frameworks=state.frameworks,
            valid_until=state.ends.get(outcome.id),
        )
        return badge_document(badge_of_outcome(achieved, self.issuer, issue))

    def _entry(
        self,
        outcome: StoredOutcome,
        moment: Moment,
        signed: SignedCredential,
        *,
        token: str,
        at: tuple[int, int],
    ) -> tuple[LeafDraft, dict[str, object]]:
        """Give leaf and row; the credential lies under the key of the outcome's account."""
        key = self.keys[outcome.account_id]
        leaf_id = new_id(moment.now, moment.entropy)
        row_id, content = leaf_id.hex(), sealed_content(signed)
        clear: dict[str, JSONValue] = {
            "outcome_id": outcome.id,
            "status_list": at[0],
            "status_index": at[1],
            "kid": self.issuer.key.kid.hex(),
            "jwt_kid": self.issuer.jwt_key.kid.hex(),
        }
        statement = make_statement(
            issuer=self.institution_id,
            log=moment.log,
            kind=STATEMENT_KIND,
            fields={**clear, "content_sha256": sha256(content).hexdigest()},
            entropy=moment.entropy,
        )

        def seal(column: str, text: bytes) -> bytes:
            at = place(str(CredentialRow.__tablename__), row_id, column)
            return key.seal(at, text, moment.entropy)

        row: dict[str, object] = {
            **clear,
            "id": row_id,
            "token_hash": token_hash(token),
            "account_id": key.account_id,
            "application_id": None,
            "issued_at": int(moment.now.timestamp()),
            "entry_index": moment.next_index,
            "sealed_statement": seal_statement(
                key, str(CredentialRow.__tablename__), row_id, statement, moment.entropy
            ),
            "sealed_token": seal("sealed_token", token.encode()),
            "sealed_document": seal("sealed_document", content),
        }
        leaf = LeafDraft(
            t="credential",
            id=leaf_id,
            iss=self.institution_id,
            acct=key.account_tag(leaf_id),
            stmt=statement.digest,
            ref=outcome.entry_index,
        )
        return leaf, row


def sealed_content(signed: SignedCredential) -> bytes:
    """Give what is sealed of a credential: its document and its tokens, in one order."""
    return orjson.dumps(
        {
            "document": dict(signed.document),
            "jwt": signed.jwt,
            "secured_jwt": signed.secured_jwt,
        }
    )


def _opened(outcome: StoredOutcome, key: AccountKey) -> Fields:
    return fields_of(open_statement(key, "outcome", outcome.id, outcome.sealed_statement))
