"""Record a signed list of credentials 学习成果清单, and end one: both are its holder's."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Connection, update
from sqlmodel import col

from creditbank.credentials.entry import NewVersion, entry_of
from creditbank.credentials.queries import StoredCredential, find_credentials, taken_places
from creditbank.credentials.tables import CredentialRow
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import require_in_use
from creditbank.learners.queries import StoredAccount, find_accounts
from creditbank.writer.command import Decision, Moment

RETRY_AFTER_SECONDS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The accounts that are named, and which of the wanted places are taken by now."""

    accounts: Mapping[str, StoredAccount]
    taken: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTranscript:
    """Ask that a list which is signed already be recorded under its holder's key."""

    key: AccountKey
    new: NewVersion
    institution_id: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load what these commands name."""
        wanted = {one.new.at for one in commands}
        return State(
            accounts=find_accounts(connection, {one.key.account_id for one in commands}),
            taken=taken_places(connection, wanted),
        )

    def decide(self, state: State, moment: Moment) -> Decision[State, str]:
        """Record it; the answer is its id.

        Raises `Refusal`: "account-not-in-use", and "busy" where its place was taken meanwhile.
        """
        account = state.accounts.get(self.key.account_id)
        require_in_use(None if account is None else account.state)
        if self.new.at in state.taken:
            raise Refusal("busy", retry_after_seconds=RETRY_AFTER_SECONDS)
        leaf, row = entry_of(self.new, self.key, moment, self.institution_id)
        return Decision(
            answer=str(row["id"]),
            state=replace(state, taken=state.taken | {self.new.at}),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTranscript:
    """Ask that a list end now; ending it again changes nothing. Its parts stand as they do."""

    transcript_id: str
    account_ids: Collection[str] | None = None
    """Whose it must be, by all accounts of one person; None for staff at the counter."""

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> dict[str, StoredCredential]:
        """Load the lists that these commands name."""
        return find_credentials(connection, {one.transcript_id for one in commands})

    def decide(
        self, state: dict[str, StoredCredential], moment: Moment
    ) -> Decision[dict[str, StoredCredential], None]:
        """End it; raises `Refusal("credential-unknown")`."""
        stored = state.get(self.transcript_id)
        if stored is None or not (stored.is_transcript and self._may_end(stored)):
            raise Refusal("credential-unknown")
        if stored.ended_at is not None:
            return Decision(answer=None, state=state)
        ended = (
            update(CredentialRow)
            .where(col(CredentialRow.id) == self.transcript_id)
            .values(ended_at=int(moment.now.timestamp()))
        )
        return Decision(answer=None, state=state, changes=[ended])

    def _may_end(self, stored: StoredCredential) -> bool:
        return self.account_ids is None or stored.account_id in self.account_ids
