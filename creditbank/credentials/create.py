"""Issue a credential of one's own achievement: signed, and its hashes in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

import orjson
from sqlalchemy import Connection

from certificates.open_badge import LedgerEvidence, badge_document
from certificates.token import new_token, token_hash
from creditbank.credentials.achievements import Achievement, CredentialKind, load_achievements
from creditbank.credentials.badge import Issue
from creditbank.credentials.issuer import CredentialIssuer, SignedCredential
from creditbank.credentials.places import Places
from creditbank.credentials.queries import StoredCredential, credentials_of, newest_list
from creditbank.credentials.show import open_signed, open_token_of
from creditbank.credentials.tables import CredentialRow
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.statements import seal_statement
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft, new_id
from ledger.read import read_leaf_hashes
from ledger.statement import JSONValue, make_statement

STATEMENT_KIND = "credential"


Wanted = tuple[CredentialKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What stays the same in every version of one credential."""

    token: str
    place: tuple[int, int]
    subject: str
    holder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The newest version of a credential: its row, its number, and until when it says it holds."""

    id: str
    version: int
    identity: Identity
    valid_until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What credentials are wanted of, opened, and where the next status bit stands.

    `issued` are the newest versions that there are already, by what they are of.
    """

    accounts: Mapping[str, StoredAccount]
    achievements: Mapping[Wanted, Achievement]
    leaf_hashes: Mapping[int, bytes]
    issued: Mapping[str, Issued]
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCredential:
    """Ask for the credential of one achievement; there is one, so asking again gives the same.

    Where its validity was extended since, a new version is signed under the same link and the same
    place in the status lists. `others` are the keys of accounts that were merged into hers, by
    account; `holder` is her printed name, where it shall stand in the credential.
    """

    key: AccountKey
    wanted: Wanted
    issuer: CredentialIssuer
    institution_id: str
    holder: str | None = None
    others: Mapping[str, AccountKey] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        keys = {name: key for one in commands for name, key in one.keys.items()}
        wanted: dict[CredentialKind, set[str]] = {kind: set() for kind in CredentialKind}
        for kind, achievement_id in (one.wanted for one in commands):
            wanted[kind].add(achievement_id)
        achievements = load_achievements(connection, wanted, keys)
        indexes = sorted({one.entry_index for one in achievements.values()})
        number, taken = newest_list(connection)
        issued = credentials_of(connection, {one.id for one in achievements.values()})
        return State(
            accounts=find_accounts(connection, keys.keys()),
            achievements=achievements,
            leaf_hashes=dict(zip(indexes, read_leaf_hashes(connection, indexes), strict=True)),
            issued={
                name: _issued(one, keys[one.account_id])
                for name, one in issued.items()
                if one.account_id in keys
            },
            places=Places(number=number, taken=taken),
        )

    @property
    def keys(self) -> dict[str, AccountKey]:
        """The keys of all accounts of this person, by account."""
        return {self.key.account_id: self.key, **self.others}

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Sign it; the answer is its id.

        Raises a `Refusal`: "account-not-in-use", "not-found", "outcome-not-active",
        "application-not-entered".
        """
        account = state.accounts.get(self.key.account_id)
        require_in_use(None if account is None else account.state)
        achievement = self._achievement(state)
        earlier = state.issued.get(achievement.id)
        if achievement.badge is None or achievement.refusal is not None:
            if earlier is not None:
                return Decision(answer=earlier.id, state=state)
            raise achievement.refusal or Refusal("not-found")
        identity, places = self._identity(earlier, state, moment)
        badge = achievement.badge(self.issuer, self._issue(achievement, state, moment, identity))
        document = badge_document(badge)
        if earlier is not None and earlier.valid_until == document.get("validUntil"):
            return Decision(answer=earlier.id, state=state)
        version = 1 if earlier is None else earlier.version + 1
        signed = self.issuer.sign(document, moment.now)
        leaf, row = self._entry(achievement, moment, signed, identity, version)
        issued = Issued(
            id=str(row["id"]),
            version=version,
            identity=identity,
            valid_until=document.get("validUntil"),
        )
        return Decision(
            answer=issued.id,
            state=replace(state, issued={**state.issued, achievement.id: issued}, places=places),
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

    def _achievement(self, state: State) -> Achievement:
        """Give what is wanted, where it is hers or was of an account merged into hers."""
        achievement = state.achievements.get(self.wanted)
        account = None if achievement is None else state.accounts.get(achievement.account_id)
        is_own = account is not None and self.key.account_id in {account.id, account.merged_into}
        if achievement is None or not is_own:
            raise Refusal("not-found")
        return achievement

    def _identity(
        self, earlier: Issued | None, state: State, moment: Moment
    ) -> tuple[Identity, Places]:
        """Give that of the earlier version, or a new one with a place of its own."""
        if earlier is not None:
            return earlier.identity, state.places
        number, index, places = state.places.draw(moment.entropy)
        identity = Identity(
            token=new_token(moment.entropy),
            place=(number, index),
            subject=UUID(bytes=moment.entropy(16), version=4).urn,
            holder=self.holder,
        )
        return identity, places

    def _issue(
        self, achievement: Achievement, state: State, moment: Moment, identity: Identity
    ) -> Issue:
        evidence = LedgerEvidence(
            log=moment.log,
            index=achievement.entry_index,
            leaf_hash=state.leaf_hashes[achievement.entry_index].hex(),
        )
        return Issue(
            url=self.issuer.link(identity.token),
            now=moment.now,
            subject=identity.subject,
            holder=identity.holder,
            evidence=evidence,
            status=tuple(self.issuer.entries(*identity.place)),
        )

    def _entry(
        self,
        achievement: Achievement,
        moment: Moment,
        signed: SignedCredential,
        identity: Identity,
        version: int,
    ) -> tuple[LeafDraft, dict[str, object]]:
        """Give leaf and row; the credential lies under the key of the achievement's account."""
        key = self.keys[achievement.account_id]
        leaf_id = new_id(moment.now, moment.entropy)
        row_id, content = leaf_id.hex(), sealed_content(signed)
        kind = self.wanted[0]
        clear: dict[str, JSONValue] = {
            "outcome_id": achievement.id if kind is CredentialKind.OUTCOME else None,
            "application_id": achievement.id if kind is CredentialKind.APPLICATION else None,
            "version": version,
            "status_list": identity.place[0],
            "status_index": identity.place[1],
            "kid": self.issuer.key.kid.hex(),
            "jwt_kid": self.issuer.jwt_key.kid.hex(),
        }
        statement = make_statement(
            issuer=self.institution_id,
            log=moment.log,
            kind=STATEMENT_KIND,
            fields={**clear, **signed.hashes},
            entropy=moment.entropy,
        )

        def seal(column: str, text: bytes) -> bytes:
            at = place(str(CredentialRow.__tablename__), row_id, column)
            return key.seal(at, text, moment.entropy)

        row: dict[str, object] = {
            **clear,
            "id": row_id,
            "token_hash": token_hash(identity.token),
            "account_id": key.account_id,
            "issued_at": int(moment.now.timestamp()),
            "entry_index": moment.next_index,
            "sealed_statement": seal_statement(
                key, str(CredentialRow.__tablename__), row_id, statement, moment.entropy
            ),
            "sealed_token": seal("sealed_token", identity.token.encode()),
            "sealed_document": seal("sealed_document", content),
        }
        leaf = LeafDraft(
            t="credential",
            id=leaf_id,
            iss=self.institution_id,
            acct=key.account_tag(leaf_id),
            stmt=statement.digest,
            ref=achievement.entry_index,
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


def _issued(stored: StoredCredential, key: AccountKey) -> Issued:
    document = open_signed(stored, key).document
    subject = document["credentialSubject"]
    named = subject.get("identifier")
    identity = Identity(
        token=open_token_of(stored, key),
        place=(stored.status_list, stored.status_index),
        subject=subject["id"],
        holder=named[0]["identityHash"] if named else None,
    )
    return Issued(
        id=stored.id,
        version=stored.version,
        identity=identity,
        valid_until=document.get("validUntil"),
    )
