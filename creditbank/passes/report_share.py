"""Report on a document that a learner shares: its signature, its evidence, and how it stands.

A pass and a standing grant are such documents, signed alike and sealed under her key.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from certificates.pass_claims import PassClaims
from certificates.verify import PassReport, verify_pass
from creditbank.conversion.days import civil_day
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.keystore.store import KeyStore
from creditbank.learners.account_state import SHOWN
from creditbank.learners.queries import find_accounts
from creditbank.outcomes.catalogue_view import catalogued
from creditbank.outcomes.queries import StoredOutcome, find_outcomes, superseding_outcomes
from creditbank.outcomes.standing import is_over, validity_ends
from creditbank.outcomes.status import OutcomeStatus
from creditbank.verification import report
from creditbank.verification.compose import Status, Trust, compose_signed
from creditbank.verification.ledger_evidence import shown_fields
from creditbank.verification.report import Evidence, Reason, Report, Successor, Validity
from ledger.checkpoint import Checkpoint, Signer, sign_note
from ledger.read import prove_each, read_head, read_leaves_at
from ledger.receipt import make_receipt
from ledger.statement import Statement, choose


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A signed document of an account under its key, which `place` binds to its row."""

    account_id: str
    outcome_ids: Sequence[str]
    place: bytes
    sealed_document: bytes
    is_ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareReporter:
    """Reports on what learners share, by one bank's key store and keys."""

    keystore: KeyStore
    signer: Signer
    trust: Trust

    def report(
        self, connection: Connection, share: Share, now: datetime, signed: PassReport | None = None
    ) -> Report:
        """Report on a share; `signed` is its document where that was presented.

        What was erased is gone, and what no longer opens as it was sealed is altered.
        """
        key = self.keystore.get([share.account_id]).get(share.account_id)
        if key is None:
            return report.gone()
        shown = find_outcomes(connection, share.outcome_ids)
        try:
            signed = signed or self.signed(key.open(share.place, share.sealed_document), now)
            keys = self.keystore.get(
                {share.account_id, *(one.account_id for one in shown.values())}
            )
            opened = _opened(shown.values(), keys)
            evidence = self._evidence(connection, signed.claims, list(shown.values()), opened)
            validity = _validity(connection, shown, opened, keys, now)
        except SealBroken:
            return report.altered()
        reason = _reason(list(shown.values()), is_ended=share.is_ended)
        status = Status(as_of=now, reason=reason, validity=validity)
        answer = self.composed(signed, evidence=evidence, status=status)
        if answer.reason is not Reason.SUPERSEDED or answer.content is None:
            return answer
        return replace(answer, successors=_successors(connection, shown))

    def signed(self, document: bytes, now: datetime) -> PassReport:
        """Check a document by the bank's own keys."""
        trust = self.trust
        return verify_pass(document, keys=trust.pass_keys, issuers=trust.names, now=now)

    def composed(
        self, signed: PassReport, *, evidence: Sequence[Evidence] | None, status: Status | None
    ) -> Report:
        """Compose the report of a document that was checked."""
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


def shown_among(connection: Connection, account_ids: Collection[str]) -> frozenset[str]:
    """Give those of these accounts whose shares are shown: not once closed or its learner dead.

    What a merged account shared is shown as long as the account in which it goes on is.
    """
    accounts = find_accounts(connection, account_ids)
    into = {one.merged_into for one in accounts.values() if one.merged_into is not None}
    going_on = find_accounts(connection, into)

    def is_shown(account_id: str) -> bool:
        account = accounts.get(account_id)
        if account is not None and account.merged_into is not None:
            account = going_on.get(account.merged_into)
        return account is not None and account.state in SHOWN

    return frozenset(filter(is_shown, account_ids))


_GRAVEST_FIRST = (
    OutcomeStatus.REVOKED,
    OutcomeStatus.VOID,
    OutcomeStatus.CANCELLED,
    OutcomeStatus.SUPERSEDED,
    OutcomeStatus.SUSPENDED,
)


def _reason(outcomes: Sequence[StoredOutcome], *, is_ended: bool) -> Reason | None:
    """Give why a share no longer holds: that it ended, else the gravest status of an outcome.

    Of one that its holder ended nothing else is told, nor shown.
    """
    if is_ended:
        return Reason.SHARE_ENDED
    statuses = {OutcomeStatus(outcome.status) for outcome in outcomes}
    for status in _GRAVEST_FIRST:
        if status in statuses:
            return Reason(status)
    return None
