"""Refusals of the bank: each carries a stable code and the facts, never a status or a sentence.

    BankError
    ├── Refusal             somebody can act on it; the doors give it a status and words by its code
    │   └── ReasonedRefusal     lists every reason at once, each with what it is about
    │       └── InvalidInput    what was sent is malformed or breaks a rule
    └── Misconfigured       the bank refuses to start

Texts in English and 中文 belong to the doors (`api.problems`), keyed by `code`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from typing import TypeAlias

Fact: TypeAlias = str | int | bool | Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One thing that is wrong with one field: where, which code, and the facts for the remedy."""

    field: str
    code: str
    facts: Mapping[str, Fact] = with_default(default_factory=dict)


class BankError(Exception):
    """Anything the bank says no with."""


class Refusal(BankError):
    """A command or question that the bank refuses; `code` names the problem page."""

    def __init__(self, code: str, /, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, Fact] = facts


class ReasonedRefusal(Refusal):
    """A refusal for one or more listed reasons; every one that was found, not only the first."""

    def __init__(self, code: str, problems: Sequence[FieldProblem], /, **facts: Fact) -> None:
        super().__init__(code, **facts)
        self.problems = tuple(problems)


class InvalidInput(ReasonedRefusal):
    """What was sent cannot be accepted."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__("invalid-input", problems)


class Misconfigured(BankError):
    """The bank refuses to start in this state; the message says what to mend."""
