"""Answer a verifier: find the pass, gather evidence and status, compose the report, note the look.

Takes a token, a link with one, or an offline pass's text. Untrusted input never raises.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Connection

from certificates.errors import DocumentRefused
from certificates.pass_text import PREFIX, from_text
from certificates.report import Check, CheckResult
from certificates.token import parse_typed, token_hash
from certificates.verify import PassReport
from creditbank.cache.limits import RateLimits
from creditbank.credentials.verify import CredentialVerifier, HolderCheck
from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.store import KeyStore
from creditbank.passes.presented import NOTHING_TYPED, Presented, name_check, pin_check
from creditbank.passes.queries import (
    StoredPass,
    find_pass_by_token,
    find_passes,
    outcomes_of_pass,
)
from creditbank.passes.report_share import Share, ShareReporter, shown_among
from creditbank.passes.tables import PassRow, PassViewRow
from creditbank.verification import report
from creditbank.verification.report import Report, Verdict
from creditbank.writer.command import Decision, Moment
from creditbank.writer.writer import Writer

TEXT_LENGTH_MAX = 4_000
_LINK_BEGINNINGS = ("http://", "https://")
_CREDENTIAL_BEGINNINGS = ("{", "eyJ")
"""How JSON, and a token whose header is JSON in base64url, begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """Ask that a look at a pass be noted for its holder."""

    pass_id: str
    verdict: Verdict

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing."""

    def decide(self, state: None, moment: Moment) -> Decision[None, None]:
        """Note it."""
        row = {
            "id": moment.entropy(16).hex(),
            "pass_id": self.pass_id,
            "viewed_at": int(moment.now.timestamp()),
            "verdict": self.verdict.value,
        }
        return Decision(answer=None, state=state, rows={PassViewRow: [row]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Verifies passes against one bank's stores."""

    readers: Readers
    keystore: KeyStore
    writer: Writer
    shares: ShareReporter
    credentials: CredentialVerifier
    tries: RateLimits

    def verify(self, text: str, now: datetime, presented: Presented = NOTHING_TYPED) -> Report:
        """Report on whatever text a verifier was shown: a pass, a credential, or a link to one."""
        trimmed, names = text.strip(), self._name_check(presented)
        if trimmed.startswith(PREFIX):
            return self._verify_document(trimmed, now, presented)
        if trimmed.startswith(_CREDENTIAL_BEGINNINGS):
            return self.credentials.verify(trimmed, now, names, presented.trusted)
        token = token_in(text)
        if token is None:
            return report.unreadable()
        with self.readers.reading() as connection:
            stored = find_pass_by_token(connection, token_hash(token))
            answer = (
                None if stored is None else self._answer(connection, stored, None, now, presented)
            )
        if stored is None or answer is None:
            found = self.credentials.verify_link(token, now, names)
            return found or report.unknown_token()
        self._note_look(stored.id, answer.verdict, presented)
        return answer

    def _verify_document(self, text: str, now: datetime, presented: Presented) -> Report:
        try:
            document = from_text(text)
        except DocumentRefused:
            return report.unreadable()
        signed = self.shares.signed(document, now)
        if signed.claims is None:
            return self.shares.composed(signed, evidence=None, status=None)
        pass_id = signed.claims.pass_id.hex()
        with self.readers.reading() as connection:
            stored = find_passes(connection, [pass_id]).get(pass_id)
            if stored is None:
                return report.unknown_token()
            answer = self._answer(connection, stored, signed, now, presented)
        self._note_look(pass_id, answer.verdict, presented)
        return answer

    def _note_look(self, pass_id: str, verdict: Verdict, presented: Presented) -> None:
        if presented.is_again:
            return
        # A writer that is busy must not keep the verifier from the answer.
        with suppress(Refusal):
            self.writer.submit(RecordView(pass_id=pass_id, verdict=verdict))

    def _answer(
        self,
        connection: Connection,
        stored: StoredPass,
        signed: PassReport | None,
        now: datetime,
        presented: Presented,
    ) -> Report:
        """Report on a stored pass, and on its holder; the printed text shows all without a PIN."""
        if signed is None:
            pin = pin_check(presented, stored.pin_hash, self.tries, stored.id)
            if pin.result == CheckResult.FAILED:
                return report.withheld(pin)
        answer = self._report(connection, stored, signed, now)
        key = self.keystore.get([stored.account_id]).get(stored.account_id)
        if key is None or presented.name is None:
            return answer
        return report.with_holder(
            answer, name_check(connection, presented, key, self.tries, stored.id)
        )

    def _name_check(self, presented: Presented) -> HolderCheck:
        def check(connection: Connection, key: AccountKey, who: str) -> Check:
            return name_check(connection, presented, key, self.tries, who)

        return check

    def _report(
        self, connection: Connection, stored: StoredPass, signed: PassReport | None, now: datetime
    ) -> Report:
        is_shown = stored.account_id in shown_among(connection, [stored.account_id])
        share = Share(
            account_id=stored.account_id,
            outcome_ids=outcomes_of_pass(connection, stored.id),
            place=place(str(PassRow.__tablename__), stored.id, "sealed_document"),
            sealed_document=stored.sealed_document,
            is_ended=stored.ended_at is not None or not is_shown,
        )
        return self.shares.report(connection, share, now, signed)


def token_in(text: str) -> str | None:
    """Give the token of a link or of a typed code, or None."""
    if len(text) > TEXT_LENGTH_MAX:
        return None
    trimmed = text.strip()
    if trimmed.lower().startswith(_LINK_BEGINNINGS):
        trimmed = trimmed.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    try:
        return parse_typed(trimmed)
    except DocumentRefused:
        return None
