"""What a person reads at a page is in words: no code, and nothing that only a program sends."""

import re
from collections.abc import Iterable
from typing import get_args

import pytest

from api.code_words import code_word, code_words
from api.problems import LANGUAGES, load_problems
from creditbank.access.actor import Scope
from creditbank.access.roles import Role
from creditbank.applications.status import ApplicationStatus
from creditbank.catalogue.certification import DefinitionState, Step
from creditbank.conversion.decision import Reason
from creditbank.conversion.workflow import Decider, StepName
from creditbank.credits.reviews import ReviewState
from creditbank.credits.status import ConversionStatus
from creditbank.filings.chain import FilingState
from creditbank.learners.account_state import AccountState
from creditbank.matters.matter import MatterState
from creditbank.outcomes.back_enter import BackEntryState
from creditbank.outcomes.batches.start import BatchState
from creditbank.outcomes.hold import HeldState
from creditbank.outcomes.status import OutcomeStatus
from creditbank.venues.code_text import CodeKind
from creditbank.venues.rule import Method
from creditbank.verification.report import Reason as CredentialReason
from creditbank.webhooks.deliver import Answer
from creditbank.webhooks.endpoint import EndpointState
from creditbank.webhooks.message import TEST
from creditbank.webhooks.queries import DeliveryState
from creditbank.writer.outbox import MessageKind

LISTS: dict[str, Iterable[str]] = {
    "account-state": AccountState,
    "application-status": ApplicationStatus,
    "back-entry-state": BackEntryState,
    "batch-state": BatchState,
    "check-in-code": [one.name.lower() for one in CodeKind],
    "check-in-method": Method,
    "conversion-status": ConversionStatus,
    "credential-reason": CredentialReason,
    "decider": get_args(Decider),
    "definition-state": DefinitionState,
    "definition-step": Step,
    "delivery-state": DeliveryState,
    "filing-state": FilingState,
    "held-state": HeldState,
    "matter-state": MatterState,
    "message-kind": (*MessageKind, TEST),
    "outcome-status": OutcomeStatus,
    "reason": Reason,
    "review-state": ReviewState,
    "role": Role,
    "scope": Scope,
    "step": get_args(StepName),
    "webhook-answer": Answer,
    "webhook-state": EndpointState,
}
KINDS = load_problems().kinds
NEVER_AT_PAGES = {"port-taken", "demo-folder-taken", "client-refused"}
"""What the command line alone refuses, and what only programs are told."""
FOR_PROGRAMS = re.compile(
    r"[a-z]+_[a-z]+|`|/api/|\b(?:GET|POST|PUT|API|JSON|HTTP)\b|[Hh]eader|Authorization"
    r"|Idempotency|CREDITBANK|multipart|RateLimit|幂等|响应头"
)
FACTS_THAT_ARE_CODES = {
    "state", "status", "step", "by", "role", "roles", "scope", "scopes", "verdict", "methods",
}  # fmt: skip


def facts_of(text: str) -> set[str]:
    """Give the places of a text."""
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_code_has_its_words_in_both_languages() -> None:
    """Every reason too, for a filing that is closed has no trace to say it with figures."""
    assert code_words().keys() == LISTS.keys()
    for of, codes in LISTS.items():
        assert set(code_words()[of]) == {str(code) for code in codes}, of
        for code, words in code_words()[of].items():
            assert all(words.get(language) for language in LANGUAGES), code
            assert not re.search(r"[\u3400-\u9fff]", words["en"]), code


def test_what_is_no_code_stays_as_somebody_stated_it() -> None:
    """A rule lists reasons of its own."""
    assert code_word("reason", "content-differs", "en") == "content-differs"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_told_to_a_person_without_what_programs_send(language: str) -> None:
    """Fields, routes and headers are named to programs; a page says what to do at the page."""
    for code in KINDS.keys() - NEVER_AT_PAGES:
        kind = KINDS[code]
        for part in () if kind.status is None else ("title", "remedy"):
            words = (kind.page.get(part) or getattr(kind, part))[language]
            assert FOR_PROGRAMS.search(re.sub(r"\{\w+\}", "", words)) is None, code
            assert facts_of(words) <= facts_of(getattr(kind, part)[language]), code
            assert facts_of(words) & FACTS_THAT_ARE_CODES <= kind.codes.keys(), code


def test_what_the_table_says_for_pages_is_whole() -> None:
    """In both languages, of parts and lists that there are."""
    for kind in KINDS.values():
        assert set(kind.page) <= {"title", "remedy", "field"}
        assert set(kind.codes.values()) <= code_words().keys()
        assert all(set(words) == set(LANGUAGES) for words in kind.page.values())
