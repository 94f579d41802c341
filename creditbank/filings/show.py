"""A filing as its learner and those who decide on it see it, and what is published of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from creditbank.conversion.filing import Finding
from creditbank.conversion.rule import Rule
from creditbank.conversion.workflow import ChainStep
from creditbank.conversion.working_days import WorkingDays
from creditbank.credits.recognise import Judged
from creditbank.credits.request import Request
from creditbank.errors import Refusal
from creditbank.filings.appeal import appeal_until
from creditbank.filings.chain import UNDECIDED, FilingState, Progress, chain_of
from creditbank.filings.known import Known, load_known, recognition
from creditbank.filings.precedents import Precedent
from creditbank.filings.queries import StoredFiling, StoredStep, Words, undecided_filings
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.keystore.store import KeyStore
from creditbank.learners.known_names import masked_names
from creditbank.learners.notices import find_notices
from creditbank.rules.queries import rules_by_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """That somebody looks at a filing."""

    filing_id: str
    key: AccountKey
    secrets: VaultSecrets
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFiling:
    """A filing opened: where it is today, what was said, what the rule says, how it was before.

    `step` and `judged` are there while it is undecided; `judged` is None too where its rule cannot
    be asked today.
    """

    stored: StoredFiling
    rule: Rule
    request: Request
    progress: Progress
    step: ChainStep | None
    published_until: date | None
    appeal_until: date | None
    steps: Sequence[tuple[StoredStep, Words]]
    judged: Judged | None
    precedents: Sequence[Precedent]


def looks_at(
    filings: Iterable[StoredFiling],
    keys: Mapping[str, AccountKey],
    secrets: VaultSecrets,
    by: str = "",
) -> list[Look]:
    """Give a look at each of these filings whose account has a key; `by` is who looks."""
    return [
        Look(filing_id=one.id, key=keys[one.account_id], secrets=secrets, by=by)
        for one in filings
        if one.account_id in keys
    ]


def show_filings(
    connection: Connection, looks: Collection[Look], today: date, calendar: WorkingDays
) -> list[ShownFiling]:
    """Open filings; those that are not there, or not of the key's account, are left out."""
    if not looks:
        return []
    known = load_known(connection, looks)
    told = (one.notice_id for one in known.filings.values() if one.notice_id is not None)
    notices = find_notices(connection, set(told))
    shown = []
    for look in looks:
        stored = known.filings.get(look.filing_id)
        if stored is None or stored.account_id != look.key.account_id:
            continue
        rule, chain = known.rule(stored), known.chain(stored)
        progress = known.progress(stored, today, calendar)
        is_open = progress.state in UNDECIDED
        is_refused = progress.state is FilingState.REFUSED
        steps = known.steps.get(stored.id, ())
        shown.append(
            ShownFiling(
                stored=stored,
                rule=rule,
                request=stored.request(look.key),
                progress=progress,
                step=progress.step(chain) if is_open else None,
                published_until=progress.published_until(chain),
                appeal_until=appeal_until(stored, rule, notices, calendar) if is_refused else None,
                steps=[(one, one.words(look.key)) for one in steps],
                judged=_judged(known, stored, look, today) if is_open else None,
                precedents=[
                    one
                    for pair in known.pairs(stored, look.key)
                    for one in known.precedents.get(pair, ())
                ],
            )
        )
    return shown


def show_filing(
    connection: Connection, look: Look, today: date, calendar: WorkingDays
) -> ShownFiling:
    """Open a filing; raises `Refusal("not-found")` for one that is not of the key's account."""
    shown = show_filings(connection, [look], today, calendar)
    if not shown:
        raise Refusal("not-found")
    return shown[0]


def judged_with(
    connection: Connection, look: Look, found: Sequence[Finding], today: date
) -> Judged | None:
    """Give what the rule would say today with what somebody finds now; nothing is written."""
    known = load_known(connection, [look])
    return _judged(known, known.require(look.filing_id, look.key), look, today, found)


def _judged(
    known: Known, stored: StoredFiling, look: Look, today: date, found: Sequence[Finding] = ()
) -> Judged | None:
    """Give what the rule says today, with what persons found so far and find now."""
    try:
        asked = recognition(look, stored, known.steps.get(stored.id, ()), found)
        return asked.judge(known.credit, today)
    except Refusal:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is published of a filing 公示: the name is masked."""

    filing_id: str
    institution_id: str
    name: str
    rule_id: str
    rule_version: str
    targets: Sequence[str]
    credits: str
    until: date
    is_disputed: bool


def publications(
    connection: Connection, keystore: KeyStore, today: date, calendar: WorkingDays
) -> list[Publication]:
    """Give every filing that is published on a day, the first to end first."""
    published = _published_on(connection, today, calendar)
    keys = keystore.get({one.account_id for one in published})
    looks = looks_at(published, keys, keystore.secrets)
    shown = show_filings(connection, looks, today, calendar)
    names = masked_names(connection, keys)
    return list(_published(shown, names))


def _published_on(connection: Connection, today: date, calendar: WorkingDays) -> list[StoredFiling]:
    """Give the filings that are published on a day; nothing of them is opened for it."""
    undecided = undecided_filings(connection)
    rules = rules_by_hash(connection, {one.rule_sha256 for one in undecided})
    found = []
    for one in undecided:
        chain = chain_of(rules[one.rule_sha256].document.rule)
        if one.progress.on(today, chain, calendar).published_until(chain) is not None:
            found.append(one)
    return found


def _published(shown: Iterable[ShownFiling], names: Mapping[str, str]) -> Iterator[Publication]:
    for one in shown:
        if one.published_until is None:
            continue
        yield Publication(
            filing_id=one.stored.id,
            institution_id=one.stored.institution_id,
            name=names.get(one.stored.account_id, ""),
            rule_id=one.stored.rule_id,
            rule_version=one.stored.rule_version,
            targets=one.request.targets,
            credits="0" if one.judged is None else str(one.judged.judgement.credits),
            until=one.published_until,
            is_disputed=one.progress.is_disputed,
        )
