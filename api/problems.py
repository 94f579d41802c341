"""Refusals become RFC 9457 problems: one table of codes, statuses and words in both languages.

The table is `problems.yaml`; `/problems/<code>` explains each code and is the problem's `type`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from creditbank.errors import Fact, FieldProblem, ReasonedRefusal, Refusal
from creditbank.plain_yaml import SAFE_LOADER

DEFAULT_LANGUAGE = "zh"
LANGUAGES = ("zh", "en")
_MARKS = {"zh": "：", "en": ". "}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """One row of the table; `status` is None for a code that only ever names a wrong field.

    `page` says on pages what `remedy`, or `field` of a row without a status, says to programs, and
    `page_title` what `title` does; they are empty where both say the same. `oauth_error` is what
    programs that speak OAuth look for (RFC 6749, section 5.2).
    """

    code: str
    status: int | None
    oauth_error: str | None
    title: Mapping[str, str]
    remedy: Mapping[str, str]
    field: Mapping[str, str]
    page: Mapping[str, str]
    page_title: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A refusal in words of one language; `fields` are pairs of a field and what is wrong with it.

    `mark` stands between title and remedy where they are read in one go.
    """

    status: int
    title: str
    mark: str
    remedy: str
    fields: tuple[tuple[str, str], ...]


class Problems:
    """The table of problems, and how a refusal reads in a language."""

    def __init__(self, kinds: Mapping[str, ProblemKind]) -> None:
        self.kinds = kinds

    def status(self, refusal: Refusal) -> int:
        """Give the HTTP status of a refusal."""
        return self.kinds[refusal.code].status or 422

    def document(self, refusal: Refusal, *, language: str, base: str) -> dict[str, object]:
        """Give the problem document (RFC 9457, section 3), with each wrong field listed."""
        kind = self.kinds[refusal.code]
        document: dict[str, object] = {
            "type": f"{base}/problems/{refusal.code}",
            "title": kind.title[language],
            "status": self.status(refusal),
            "code": refusal.code,
            "detail": fill(kind.remedy[language], refusal.facts),
        }
        if kind.oauth_error is not None:
            document["error"] = kind.oauth_error
        if isinstance(refusal, ReasonedRefusal):
            document["errors"] = [self.field(problem, language) for problem in refusal.problems]
        return document

    def told(self, refusal: Refusal, language: str) -> Told:
        """Tell a refusal to a person; of a field's place only its name is said."""
        kind = self.kinds[refusal.code]
        problems = refusal.problems if isinstance(refusal, ReasonedRefusal) else ()
        return Told(
            status=self.status(refusal),
            title=(kind.page_title or kind.title)[language],
            mark=_MARKS[language],
            remedy=fill((kind.page or kind.remedy)[language], refusal.facts),
            fields=tuple(
                (one.field.partition(".")[0], self._told(one, language)) for one in problems
            ),
        )

    def _told(self, problem: FieldProblem, language: str) -> str:
        kind = self.kinds[problem.code]
        words = kind.page if kind.page and kind.status is None else kind.field
        return fill(words[language], problem.facts)

    def field(self, problem: FieldProblem, language: str) -> dict[str, object]:
        """Describe one wrong field: where, which code, and the remedy in words."""
        words = fill(self.kinds[problem.code].field[language], problem.facts)
        return {"field": problem.field, "code": problem.code, "detail": words}


@cache
def load_problems(table: str = "problems.yaml") -> Problems:
    """Read the table, or another one of its form, once."""
    text = files("api").joinpath(table).read_text("utf-8")
    rows = yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506 - a safe one, of our own file
    return Problems(
        {
            code: ProblemKind(
                code=code,
                status=row.get("status"),
                oauth_error=row.get("oauth_error"),
                title=row.get("title", {}),
                remedy=row.get("remedy", {}),
                field=row.get("field") or row.get("title", {}),
                page=row.get("page", {}),
                page_title=row.get("page_title", {}),
            )
            for code, row in rows.items()
        }
    )


def language_of(accept_language: str | None) -> str:
    """Choose 中文 or English by the order of an Accept-Language header (RFC 9110, 12.5.4).

    Weights are honoured; with no preference for either, 中文 is spoken.
    """
    best, best_weight = DEFAULT_LANGUAGE, 0
    for part in (accept_language or "").split(","):
        name, _, parameter = part.strip().partition(";")
        tag = name.strip().lower().split("-")[0]
        weight = _weight(parameter)
        if tag in LANGUAGES and weight > best_weight:
            best, best_weight = tag, weight
    return best


def _weight(parameter: str) -> int:
    """Give the weight in thousandths; an unreadable one counts as none."""
    key, _, value = parameter.strip().partition("=")
    if not key:
        return 1000
    whole, _, fraction = value.strip().partition(".")
    digits = f"{whole}{fraction:0<3}"
    return int(digits) if key.strip() == "q" and digits.isascii() and digits.isdigit() else 0


def fill(text: str, facts: Mapping[str, Fact]) -> str:
    """Put facts in the places that a text names in braces."""
    for name, fact in facts.items():
        shown = "、".join(fact) if isinstance(fact, tuple | list) else str(fact)
        text = text.replace(f"{{{name}}}", shown)
    return text
