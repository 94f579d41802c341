"""Answer a verifier: find the pass, gather evidence and status, compose the report, note the look.

Takes a token, a link with one, or an offline pass's text. Untrusted input never raises.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from sqlalchemy import Connection

from certificates.errors import DocumentRefused
from certificates.pass_claims import PassClaims
from certificates.pass_text import PREFIX, from_text
from certificates.report import Check, CheckResult
from certificates.token import parse_typed, token_hash
from certificates.verify import PassReport, verify_pass
from creditbank.cache.limits import RateLimits
from creditbank.conversion.days import civil_day
from creditbank.credentials.verify import CredentialVerifier, HolderCheck
from creditbank.database import Readers
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey, SealBroken, place
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.keystore.store import KeyStore
from creditbank.learners.account_state import SHOWN
from creditbank.learners.queries import find_accounts
from creditbank.outcomes.catalogue_view import catalogued
from creditbank.outcomes.queries import StoredOutcome, find_outcomes, superseding_outcomes
from creditbank.outcomes.standing import is_over, validity_ends
from creditbank.outcomes.status import OutcomeStatus
from creditbank.passes.presented import NOTHING_TYPED, Presented, name_check, pin_check
from creditbank.passes.queries import (
    StoredPass,
    find_pass_by_token,
    find_passes,
    outcomes_of_pass,
)
from creditbank.passes.tables import PassRow, PassViewRow
from creditbank.verification import report
from creditbank.verification.compose import Status, Trust, compose_signed
from creditbank.verification.ledger_evidence import shown_fields
from creditbank.verification.report import Evidence, Reason, Report, Successor, Validity, Verdict
from creditbank.writer.command import Decision, Moment
from creditbank.writer.writer import Writer
from ledger.checkpoint import Checkpoint, Signer, sign_note
from ledger.read import prove_each, read_head, read_leaves_at
from ledger.receipt import make_receipt
from ledger.statement import Statement, choose

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
    signer: Signer
    trust: Trust
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
        self._note_look(stored.id, answer.verdict)
        return answer

    def _verify_document(self, text: str, now: datetime, presented: Presented) -> Report:
        try:
            document = from_text(text)
        except DocumentRefused:
            return report.unreadable()
        signed = self._signed(document, now)
        if signed.claims is None:
            return self._composed(signed, evidence=None, status=None)
        pass_id = signed.claims.pass_id.hex()
        with self.readers.reading() as connection:
            stored = find_passes(connection, [pass_id]).get(pass_id)
            if stored is None:
                return report.unknown_token()
            answer = self._answer(connection, stored, signed, now, presented)
        self._note_look(pass_id, answer.verdict)
        return answer

    def _note_look(self, pass_id: str, verdict: Verdict) -> None:
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
        key = self.keystore.get([stored.account_id]).get(stored.account_id)
        if key is None:
            return report.gone()
        at = place(str(PassRow.__tablename__), stored.id, "sealed_document")
        shown = find_outcomes(connection, outcomes_of_pass(connection, stored.id))
        try:
            signed = signed or self._signed(key.open(at, stored.sealed_document), now)
            keys = self.keystore.get(
                {stored.account_id, *(one.account_id for one in shown.values())}
            )
            opened = _opened(shown.values(), keys)
            evidence = self._evidence(connection, signed.claims, list(shown.values()), opened)
            validity = _validity(connection, shown, opened, keys, now)
        except SealBroken:
            return report.altered()
        is_ended = stored.ended_at is not None or not _is_shown(connection, stored.account_id)
        reason = _reason(list(shown.values()), is_ended=is_ended)
        status = Status(as_of=now, reason=reason, validity=validity)
        answer = self._composed(signed, evidence=evidence, status=status)
        if answer.reason is not Reason.SUPERSEDED or answer.content is None:
            return answer
        return replace(answer, successors=_successors(connection, shown))

    def _signed(self, document: bytes, now: datetime) -> PassReport:
        trust = self.trust
        return verify_pass(document, keys=trust.pass_keys, issuers=trust.names, now=now)

    def _composed(
        self, signed: PassReport, *, evidence: Sequence[Evidence] | None, status: Status | None
    ) -> Report:
        return compose_signed(
            signed, log_keys=self.trust.log_keys, evidence=evidence, status=status
        )

    def _evidence(
        self,
        connection: Connection,
        claims: PassClaims | None,
        outcomes: Sequence[StoredOutcome],
        opened: Mapping[str, Statement],
    ) -> list[Evidence]:
        if claims is None:
            return []
        head = read_head(connection)
        tree = Checkpoint(origin=self.signer.name, size=head.size, root=head.root)
        note = sign_note(tree, self.signer)
        indexes = [one.entry_index for one in outcomes]
        leaves = read_leaves_at(connection, indexes)
        paths = prove_each(connection, indexes, head.size)
        catalogue = catalogued(connection, outcomes)
        names = {shown.index: shown_fields(shown).keys() for shown in claims.outcomes}
        return [
            Evidence(
                index=one.entry_index,
                leaf=leaves[one.entry_index],
                receipt=make_receipt(one.entry_index, path, note),
                statement=statement.body,
                disclosures=choose(statement.disclosures, names.get(one.entry_index, ())),
                certification=catalogue.standing(one, fields_of(statement)).value,
            )
            for one, path in zip(outcomes, paths, strict=True)
            for statement in (opened[one.id],)
        ]


def _opened(
    outcomes: Iterable[StoredOutcome], keys: Mapping[str, AccountKey]
) -> dict[str, Statement]:
    return {
        one.id: open_statement(keys[one.account_id], "outcome", one.id, one.sealed_statement)
        for one in outcomes
    }


def _validity(
    connection: Connection,
    shown: Mapping[str, StoredOutcome],
    opened: Mapping[str, Statement],
    keys: Mapping[str, AccountKey],
    now: datetime,
) -> tuple[Validity, ...]:
    """Say until when what a pass shows is valid, whatever its holder chose to show."""
    stated = {one: fields_of(statement) for one, statement in opened.items()}
    hers = {one.id: keys[one.account_id] for one in shown.values()}
    ends = validity_ends(connection, stated, hers)
    return tuple(
        Validity(
            index=shown[one].entry_index, until=str(until), is_over=is_over(until, civil_day(now))
        )
        for one, until in ends.items()
    )


def _successors(
    connection: Connection, shown: Mapping[str, StoredOutcome]
) -> tuple[Successor, ...]:
    """Give the entries that correct these outcomes; the log shows as much to everybody."""
    later = superseding_outcomes(connection, shown.keys())
    corrections = find_outcomes(connection, later.values())
    return tuple(
        Successor(index=shown[old].entry_index, superseded_by=corrections[new].entry_index)
        for old, new in later.items()
    )


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


def _is_shown(connection: Connection, account_id: str) -> bool:
    """Say whether what an account shares is shown: not once it is closed or its learner dead.

    What a merged account shared is shown as long as the account in which it goes on is.
    """
    account = find_accounts(connection, [account_id]).get(account_id)
    if account is not None and account.merged_into is not None:
        account = find_accounts(connection, [account.merged_into]).get(account.merged_into)
    return account is not None and account.state in SHOWN


def _reason(outcomes: Sequence[StoredOutcome], *, is_ended: bool) -> Reason | None:
    """Give why a pass no longer holds: an outcome's status first, then an ended share."""
    for outcome in outcomes:
        if outcome.status != OutcomeStatus.ACTIVE:
            return Reason(outcome.status)
    return Reason.SHARE_ENDED if is_ended else None
