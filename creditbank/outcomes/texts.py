"""What any text of a posted result must hold to: bounded, visible, and written as it counts.

A text that breaks this is refused with the remedy's code; it is never repaired.
"""

import re
import unicodedata
from collections.abc import Mapping

from creditbank.errors import FieldProblem

LENGTHS: Mapping[str, int] = {
    "learner": 64,
    "account_number": 32,
    "document_type": 40,
    "document_country": 3,
    "document_number": 64,
    "learner_name": 200,
    "learner_birth_year": 4,
    "course": 64,
    "course_version": 64,
    "offering": 64,
    "term": 64,
    "attempt": 20,
    "attempt_kind": 20,
    "result": 40,
    "grade": 40,
    "grade_scale": 64,
    "credits": 20,
    "class_hours": 20,
    "hours": 20,
    "awarded_on": 20,
    "certificate_series": 100,
    "certificate_number": 100,
    "certificate_level": 64,
    "certificate_valid_from": 20,
    "certificate_valid_until": 20,
    "renews_series": 100,
    "renews_number": 100,
    "awarding_body": 2_000,
    "awarding_role": 200,
    "received_on": 20,
    "minutes_attended": 20,
    "assurance": 40,
    "attestation": 40,
    "archive_reference": 100,
}
"""Every field of a posting, in its printed order, and the most characters it may have."""

_BESIDE_POSTINGS = {
    "audience": 200,
    "document": 200,
    "holder": 200,
    "purpose": 200,
    "reason": 500,
    "text": 2_000,
    "title": 200,
    "evidence": 200,
    "where": 500,
    "field": 40,
    "should_be": 500,
}

_WORDS = frozenset(
    {
        "document_number",
        "learner_name",
        "result",
        "certificate_series",
        "certificate_level",
        "renews_series",
        "awarding_body",
        "archive_reference",
        *_BESIDE_POSTINGS,
    }
)
_NUMBERS = frozenset(
    {"learner", "account_number", "document_number", "certificate_number", "renews_number"}
)

_IN_PARAGRAPHS = frozenset({"reason", "should_be", "text"})
"""What somebody writes to a person, and may break into lines."""

_FULL_WIDTH_DIGIT = re.compile("[０-９]")
_EXPONENT_FORM = re.compile(r"\d(?:\.\d+)?E\+\d+", re.ASCII)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # Some names cannot be written without them.


def text_problem(name: str, text: str) -> FieldProblem | None:
    """Say what is wrong with a stated text of a known field, if anything is.

    Codes: `text-too-long`, `text-control-character` (also invisible formatting, lone surrogates,
    and line breaks but in what is written in paragraphs), `text-outer-space`, `digits-full-width`
    (in everything but words), and `number-exponent-form`, which is what a spreadsheet makes of a
    long number.
    """
    length_max = LENGTHS.get(name) or _BESIDE_POSTINGS[name]
    if len(text) > length_max:
        return FieldProblem(field=name, code="text-too-long", facts={"length_max": length_max})
    written = text.replace("\n", "") if name in _IN_PARAGRAPHS else text
    if not written.isprintable() and any(map(_is_invisible, written)):
        return FieldProblem(field=name, code="text-control-character")
    if text != text.strip():
        return FieldProblem(field=name, code="text-outer-space")
    if not text.isascii() and name not in _WORDS and _FULL_WIDTH_DIGIT.search(text):
        return FieldProblem(field=name, code="digits-full-width")
    if name in _NUMBERS and _EXPONENT_FORM.fullmatch(text):
        return FieldProblem(field=name, code="number-exponent-form")
    return None


def reason_problem(reason: str) -> FieldProblem | None:
    """Say what is wrong with the stated reason of a change, if anything is."""
    return stated_text_problem("reason", reason)


def stated_text_problem(name: str, text: str) -> FieldProblem | None:
    """Say what is wrong with a text that has to be stated, if anything is."""
    if not text.strip():
        return FieldProblem(field=name, code="field-missing")
    return text_problem(name, text)


def _is_invisible(character: str) -> bool:
    """Unassigned and private characters are let through: rare names are written with them."""
    return unicodedata.category(character) in _INVISIBLE and character not in _JOINERS
