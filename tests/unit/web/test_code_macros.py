"""Every code that a page may show has its words there, in both languages."""

import re
from collections.abc import Iterable
from typing import get_args

import pytest

from api.web.rendering import environment
from creditbank.access.roles import Role
from creditbank.conversion.fields import LearningClass
from creditbank.conversion.workflow import Decider, StepName
from creditbank.credits.status import ConversionStatus
from creditbank.evidence.add import EvidenceKind
from creditbank.filings.chain import Act, FilingState
from creditbank.institutions.history import Act as InstitutionAct
from creditbank.institutions.history import InstitutionKind
from creditbank.learners.delegations import DelegatedAct
from creditbank.learners.documents import DocumentType
from creditbank.learners.match import Match
from creditbank.matters.matter import MatterState, RefusalCode, StepKind
from creditbank.outcomes.batches.start import BatchState
from ledger.grammar import SCHEMA

WORDED: dict[tuple[str, str], Iterable[str]] = {
    ("frame/words.html", "class_name"): get_args(LearningClass),
    ("staff/words.html", "step_name"): get_args(StepName),
    ("staff/words.html", "decider"): get_args(Decider),
    ("staff/words.html", "role_name"): Role,
    ("staff/words.html", "state_name"): {*FilingState, *MatterState},
    ("staff/words.html", "act_name"): {*Act, *StepKind},
    ("staff/words.html", "kind_of"): InstitutionKind,
    ("staff/words.html", "change_name"): InstitutionAct,
    ("staff/words.html", "leaf_name"): SCHEMA,
    ("staff/matter_words.html", "reason_name"): RefusalCode,
    ("provider/words.html", "batch_state"): BatchState,
    ("provider/words.html", "held_reason"): [one for one in Match if one.is_held],
    ("credit/parts.html", "step_name"): get_args(StepName),
    ("credit/parts.html", "act_name"): Act,
    ("credit/parts.html", "status"): ConversionStatus,
    ("counter/words.html", "document_name"): DocumentType,
    ("counter/words.html", "kind_name"): EvidenceKind,
    ("own/acting.html", "act_words"): DelegatedAct,
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("template", "macro"), WORDED)
def test_a_page_has_words_for_every_code_of_a_list(
    template: str, macro: str, language: str
) -> None:
    """None stands as the code that programs know, unless that is a plain word of English."""
    words = getattr(environment(language).get_template(template).module, macro)
    for code in WORDED[template, macro]:
        said = re.sub(r"<[^>]+>", "", str(words(code))).strip()
        assert said
        assert said != code or code.isalpha()
        assert (re.search(r"[\u3400-\u9fff]", said) is not None) == (language == "zh"), said
