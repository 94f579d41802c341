"""The wordings that are understood, as data: statements, remarks, and what a person must read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from creditbank.agreements.notation import Answer, Meaning, Words
from creditbank.agreements.words import fold
from creditbank.plain_yaml import load_plain_yaml

PLACES = frozenset({"{courses}", "{course}", "{number}", "{grade}"})
"""Where a remark names something."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Wordings folded, the longest first; `openings` are the words that remarks begin with."""

    statements: tuple[tuple[Words, Answer], ...]
    notes: tuple[tuple[Words, Meaning], ...]
    left: Mapping[str, tuple[Words, ...]]
    openings: frozenset[str]


@cache
def shipped_phrases() -> Phrases:
    """Give the wordings of `phrases.yaml`."""
    text = files("creditbank.agreements").joinpath("phrases.yaml").read_text("utf-8")
    stated: Any = load_plain_yaml(text)
    statements = [
        (fold(one), Answer(answer)) for answer, all_ in stated["statements"].items() for one in all_
    ]
    notes = [
        (_phrase(one), Meaning(meaning))
        for meaning, all_ in stated["notes"].items()
        for one in all_
    ]
    left = {why: tuple(map(fold, all_)) for why, all_ in stated["left"].items()}
    return Phrases(
        statements=tuple(sorted(statements, key=lambda one: -len(one[0]))),
        notes=tuple(sorted(notes, key=lambda one: -len(one[0]))),
        left=MappingProxyType(left),
        openings=frozenset(phrase[0] for phrase, _ in notes) - PLACES,
    )


def _phrase(text: str) -> Words:
    """Fold the words of a phrase and leave its places whole."""
    parts = ((one,) if one in PLACES else fold(one) for one in text.split())
    return tuple(word for part in parts for word in part)
