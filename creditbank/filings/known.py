"""What acts on filings must know: the filings, their rules and outcomes, who acts, precedents."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from sqlalchemy import Connection

from creditbank.access.staff import StaffLogin, find_staff
from creditbank.conversion.filing import Finding
from creditbank.conversion.rule import Rule
from creditbank.conversion.workflow import ChainStep
from creditbank.conversion.working_days import WorkingDays
from creditbank.credits.recognise import RecogniseCredit
from creditbank.credits.request import ByPersons, Knowledge
from creditbank.errors import Refusal
from creditbank.filings.chain import Progress, chain_of
from creditbank.filings.precedents import Pair, Precedent, find_precedents, pairs_of, source_of
from creditbank.filings.queries import (
    StoredFiling,
    StoredStep,
    find_filings,
    findings_of,
    steps_of,
)
from creditbank.institutions.history import History
from creditbank.institutions.queries import all_institutions
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets


class SealedAct(Protocol):
    """An act whose words are sealed: under which key, and by whose login."""

    @property
    def key(self) -> AccountKey:
        """The key of the account that the filing is in."""
        ...

    @property
    def by(self) -> str:
        """The login of who acts."""
        ...


class FilingAct(SealedAct, Protocol):
    """An act on one filing."""

    @property
    def filing_id(self) -> str:
        """The filing."""
        ...

    @property
    def secrets(self) -> VaultSecrets:
        """Name the units of outcomes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The filings that acts name, with their acts so far, and what deciding on them needs."""

    filings: Mapping[str, StoredFiling]
    steps: Mapping[str, Sequence[StoredStep]]
    credit: Knowledge
    precedents: Mapping[Pair, Sequence[Precedent]]
    histories: Mapping[str, History]
    staff: Mapping[str, StaffLogin] = field(default_factory=dict)

    def require(self, filing_id: str, key: AccountKey) -> StoredFiling:
        """Give a filing of the account of this key; raises `Refusal("not-found")`."""
        found = self.filings.get(filing_id)
        if found is None or found.account_id != key.account_id:
            raise Refusal("not-found")
        return found

    def rule(self, filing: StoredFiling) -> Rule:
        """Give the version of the rule that a filing fell under."""
        return self.credit.rule_named(filing.rule_id, filing.rule_sha256).document.rule

    def chain(self, filing: StoredFiling) -> Sequence[ChainStep]:
        """Give the chain of a filing."""
        return chain_of(self.rule(filing))

    def progress(self, filing: StoredFiling, today: date, calendar: WorkingDays) -> Progress:
        """Give where a filing is on a day."""
        return filing.progress.on(today, self.chain(filing), calendar)

    def pairs(self, filing: StoredFiling, key: AccountKey) -> list[Pair]:
        """Give what a filing asks to be converted into what."""
        request = filing.request(key)
        offered = (self.credit.offered.get(one) for one in request.outcome_ids)
        outcomes = [one.outcome for one in offered if one is not None]
        return pairs_of(filing.institution_id, outcomes, request.targets)

    def with_step(self, filing: StoredFiling, step: StoredStep) -> "Known":
        """Give what is known after an act, with the filing as it is then."""
        taken = [*self.steps.get(filing.id, ()), step]
        return replace(
            self,
            filings={**self.filings, filing.id: filing},
            steps={**self.steps, filing.id: taken},
        )


def recognition(
    act: FilingAct,
    filing: StoredFiling,
    steps: Sequence[StoredStep],
    found: Sequence[Finding] = (),
) -> RecogniseCredit:
    """Give the recognition that a filing asks for, with what was found so far and is found now."""
    named = {(one.outcome, one.code): one for one in (*findings_of(steps, act.key), *found)}
    persons = ByPersons(
        filing_id=filing.id,
        rule_sha256=filing.rule_sha256,
        findings=tuple(named[name] for name in sorted(named)),
    )
    return RecogniseCredit(
        key=act.key,
        secrets=act.secrets,
        request=filing.request(act.key),
        by=act.by,
        persons=persons,
    )


def load_known(connection: Connection, acts: Collection[FilingAct]) -> Known:
    """Load what these acts need."""
    filings = find_filings(connection, {one.filing_id for one in acts})
    appealed = {one.appeal_of for one in filings.values() if one.appeal_of is not None}
    steps = steps_of(connection, filings.keys() | appealed)
    asked = [
        recognition(act, filing, steps.get(filing.id, ()))
        for act in acts
        if (filing := filings.get(act.filing_id)) is not None
        and filing.account_id == act.key.account_id
    ]
    credit = RecogniseCredit.load(connection, asked)
    sources = {source_of(one.outcome) for one in credit.offered.values()}
    return Known(
        filings=filings,
        steps=steps,
        credit=credit,
        precedents=find_precedents(
            connection, {one.institution_id for one in filings.values()}, sources
        ),
        histories=all_institutions(connection),
        staff=find_staff(connection, {one.by for one in acts}),
    )
