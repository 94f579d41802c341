"""Issue a credential of one's own achievement: signed, and its hashes in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

from sqlalchemy import Connection

from certificates.open_badge import LedgerEvidence, badge_document
from certificates.token import new_token
from creditbank.credentials.achievements import Achievement, CredentialKind, load_achievements
from creditbank.credentials.badge import Issue
from creditbank.credentials.entry import NewVersion, Row, entry_of
from creditbank.credentials.issuer import CredentialIssuer, SignedCredential
from creditbank.credentials.places import Places
from creditbank.credentials.queries import StoredCredential, credentials_of, newest_list
from creditbank.credentials.show import open_signed, open_token_of
from creditbank.credentials.tables import CredentialRow
from creditbank.errors import Refusal
from creditbank.installation.former_names import FormerName, former_names, require_not_moved
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.writer.command import Decision, Moment
from ledger.leaf import LeafDraft
from ledger.read import read_leaf_hashes

Wanted = tuple[CredentialKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What stays the same in every version of one credential; `id` is that of its document."""

    id: str
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
    formers: tuple[FormerName, ...]


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
        formers = former_names(connection)
        number, taken = newest_list(connection, formers)
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
            formers=formers,
        )

    @property
    def keys(self) -> dict[str, AccountKey]:
        """The keys of all accounts of this person, by account."""
        return {self.key.account_id: self.key, **self.others}

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Sign it; the answer is its id.

        Raises a `Refusal`: "account-not-in-use", "not-found", "outcome-not-active",
        "application-not-entered", "issuer-moved".
        """
        require_not_moved(state.formers, self.issuer.formers)
        account = state.accounts.get(self.key.account_id)
        require_in_use(None if account is None else account.state)
        achievement = self._achievement(state)
        earlier = state.issued.get(achievement.id)
        if achievement.badge is None or achievement.refusal is not None:
            if earlier is not None:
                return Decision(answer=earlier.id, state=state)
            raise achievement.refusal or Refusal("not-found")
        identity, places = self._identity(earlier, state, moment)
        issuer = self.issuer.of_list(identity.place[0])
        issue = self._issue(issuer, achievement, state, moment, identity)
        badge = achievement.badge(issuer, issue)
        document = badge_document(badge)
        if earlier is not None and earlier.valid_until == document.get("validUntil"):
            return Decision(answer=earlier.id, state=state)
        version = 1 if earlier is None else earlier.version + 1
        signed = issuer.sign(document, moment.now)
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
        token = new_token(moment.entropy)
        identity = Identity(
            id=self.issuer.id_of(token),
            token=token,
            place=(number, index),
            subject=UUID(bytes=moment.entropy(16), version=4).urn,
            holder=self.holder,
        )
        return identity, places

    def _issue(
        self,
        issuer: CredentialIssuer,
        achievement: Achievement,
        state: State,
        moment: Moment,
        identity: Identity,
    ) -> Issue:
        evidence = LedgerEvidence(
            log=moment.log,
            index=achievement.entry_index,
            leaf_hash=state.leaf_hashes[achievement.entry_index].hex(),
        )
        return Issue(
            id=identity.id,
            now=moment.now,
            subject=identity.subject,
            holder=identity.holder,
            evidence=evidence,
            status=issuer.status(identity.place, identity.id),
        )

    def _entry(
        self,
        achievement: Achievement,
        moment: Moment,
        signed: SignedCredential,
        identity: Identity,
        version: int,
    ) -> tuple[LeafDraft, Row]:
        """Give leaf and row; the credential lies under the key of the achievement's account."""
        new = NewVersion(
            signed=signed,
            version=version,
            token=identity.token,
            at=identity.place,
            kid=self.issuer.key.kid.hex(),
            jwt_kid=self.issuer.jwt_key.kid.hex(),
            of={f"{self.wanted[0].value}_id": achievement.id},
            ref=achievement.entry_index,
        )
        return entry_of(new, self.keys[achievement.account_id], moment, self.institution_id)


def _issued(stored: StoredCredential, key: AccountKey) -> Issued:
    document = open_signed(stored, key).document
    subject = document["credentialSubject"]
    named = subject.get("identifier")
    identity = Identity(
        id=document["id"],
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
