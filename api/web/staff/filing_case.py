"""One filing as who decides on it sees it: inputs, trace, precedents, and what may be answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.decision_view import trace_view
from api.v1.account_access import keys_by_account
from api.v1.account_keys import account_key
from api.v1.filing_views import FilingView, PrecedentView, ToFindView
from api.v1.filings import FindingRequest, read_filing, seen_filing
from api.v1.standing_views import OwnOutcome
from api.web.names import Named
from api.web.page import Page
from api.web.reasons import failed_test, reasons_of
from api.web.staff.chain_steps import ShownStep, chain_steps
from creditbank.conversion.days import civil_day
from creditbank.conversion.filing import Finding
from creditbank.conversion.rule import Rule
from creditbank.filings.show import Look, judged_with, looks_at
from creditbank.filings.takeable import takeable
from creditbank.outcomes.catalogue_view import own_outcomes
from creditbank.outcomes.duplicate_candidates import duplicate_candidates
from creditbank.outcomes.standing import standings_of
from creditbank.rules.queries import rules_by_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the rule's tests say of one outcome or course, or of the whole; in words."""

    about: Named | None
    lines: Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A test that only a person can make, with the name of what it is about and its words."""

    name: str
    about: Named | None
    words: str
    test: ToFindView


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that a page shows of a filing."""

    filing: FilingView
    rule: Rule
    inputs: Sequence[OwnOutcome]
    chain: Sequence[ShownStep]
    heard: Sequence[Heard]
    asked: Sequence[Asked]
    targets: Sequence[Named]
    refusals: Sequence[tuple[str, Named]]
    is_mine: bool

    def reason(self, code: str) -> Named:
        """Say why something was refused, also where the rule's tests are no longer computed."""
        return dict(self.refusals).get(code) or failed_test(code)

    def target(self, code: str) -> Named:
        """Name a course that the rule fills, with its code."""
        return targets_of(self.rule).get(code, Named(code, None))

    @property
    def precedents(self) -> Sequence[PrecedentView]:
        """How the same was decided before, newest first."""
        others = [one for one in self.filing.precedents if one.filing != self.filing.id]
        return sorted(others, key=lambda one: one.decided_at, reverse=True)


def open_case(page: Page, filing_id: str) -> Case:
    """Open a filing for who looks; raises `Refusal("not-found")`."""
    bank = page.bank
    filing = read_filing(filing_id, page.actor, bank, page.problems, page.language)
    with bank.readers.reading() as connection:
        rule = rules_by_hash(connection, [filing.rule_sha256])[filing.rule_sha256].document.rule
    inputs = _inputs(page, filing)
    names = {one.id: _title(one) for one in inputs} | targets_of(rule)
    lines = _lines(filing)
    return Case(
        filing=filing,
        rule=rule,
        inputs=inputs,
        chain=chain_steps(rule, filing),
        heard=list(heard_by_subject(lines, names)),
        asked=list(_asked(filing, lines, names)),
        targets=[names.get(one, Named(one, None)) for one in filing.targets],
        refusals=list(_refusals(rule, lines)),
        is_mine=_is_mine(page, filing_id),
    )


def heard_with(page: Page, case: Case, found: Sequence[FindingRequest]) -> tuple[str, list[Heard]]:
    """Give the credit, and what the rule would say, with what who looks finds now."""
    bank, today = page.bank, civil_day(page.bank.clock())
    stored = seen_filing(case.filing.id, page.actor, bank)
    key = account_key(stored.account_id, bank)
    look = Look(filing_id=stored.id, key=key, secrets=bank.keystore.secrets, by=page.actor.id)
    findings = [Finding(outcome=one.outcome, code=one.code, is_met=one.met) for one in found]
    with bank.readers.reading() as connection:
        judged = judged_with(connection, look, findings, today)
    if judged is None:
        return "0", []
    lines = trace_view(judged.judgement.trace, page.problems, page.language)
    names = {one.id: _title(one) for one in case.inputs} | targets_of(case.rule)
    return str(judged.judgement.credits), list(heard_by_subject(lines, names))


def _inputs(page: Page, filing: FilingView) -> list[OwnOutcome]:
    """Give the outcomes that a filing offers, as they stand today."""
    bank, today = page.bank, civil_day(page.bank.clock())
    stored = seen_filing(filing.id, page.actor, bank)
    keys = keys_by_account(account_key(stored.account_id, bank), bank)
    with bank.readers.reading() as connection:
        own = own_outcomes(connection, keys)
        offered = [one for one in own.outcomes if one.id in filing.outcomes]
        standings = standings_of(connection, keys, offered)
    candidates = duplicate_candidates(own)
    return [OwnOutcome.of_own(one, own, candidates, today) for one in standings]


def _title(outcome: OwnOutcome) -> Named:
    english = outcome.stated.get("title_en")
    return Named(str(outcome.stated["title"]), None if english is None else str(english))


def targets_of(rule: Rule) -> dict[str, Named]:
    """Name the courses that a rule fills, by code."""
    stated = getattr(rule.shape, "targets", ())
    return {one.code: Named(f"{one.title.zh}（{one.code}）", one.title.en) for one in stated}


def _lines(filing: FilingView) -> list[dict[str, object]]:
    return [] if filing.decision is None else list(filing.decision["trace"])


def heard_by_subject(
    lines: Sequence[dict[str, object]], names: Mapping[str, Named]
) -> Iterator[Heard]:
    """Give the lines of a trace by what they are about, in the order of the trace."""
    subjects = dict.fromkeys(line["subject"] for line in lines)
    for subject in subjects:
        about = None if subject is None else names.get(str(subject), Named(str(subject), None))
        yield Heard(about=about, lines=[one for one in lines if one["subject"] == subject])


def _asked(
    filing: FilingView, lines: Sequence[dict[str, object]], names: Mapping[str, Named]
) -> Iterator[Asked]:
    words = {(str(one["subject"]), one["code"]): str(one["text"]) for one in lines}
    for place, test in enumerate(filing.to_find):
        yield Asked(
            name=f"found-{place}",
            about=names.get(test.outcome),
            words=words.get((test.outcome, test.code), test.code),
            test=test,
        )


def _refusals(rule: Rule, lines: Sequence[dict[str, object]]) -> Iterator[tuple[str, Named]]:
    """Give what a refusal may name: what the rule lists, then each test that fails."""
    yield from reasons_of(rule).items()
    failing = {str(one["code"]): str(one["text"]) for one in lines if not one["passed"]}
    yield from ((code, Named(text, text)) for code, text in failing.items())


def _is_mine(page: Page, filing_id: str) -> bool:
    bank = page.bank
    stored = seen_filing(filing_id, page.actor, bank)
    keys = bank.keystore.get([stored.account_id])
    looks = looks_at([stored], keys, bank.keystore.secrets, by=page.actor.id)
    bank_id, today = bank.installation.institution_id, civil_day(bank.clock())
    with bank.readers.reading() as connection:
        return bool(takeable(connection, looks, today, bank_id, bank.working_days))
