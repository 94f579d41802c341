"""Forms as they are posted: typed values, what is wrong with which, and one attempt at each."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from api.attempts import NamedAttempt
from api.dependencies import CurrentBank
from api.problem_answers import refusal_of
from api.problems import Told
from api.web.unseen import UNSEEN
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal

ATTEMPT = "attempt"
_ATTEMPT_BYTES = 16
NUMBER_DIGITS_MAX = 18
NUMBER_MAX = 10**NUMBER_DIGITS_MAX - 1
_NOT_ONE_OF = frozenset(
    {
        "act-unknown", "acts-unknown", "check-unknown", "document-type-unknown", "how-unknown",
        "kind-unknown", "purpose-unknown", "reason-unknown", "role-unknown", "status-unknown",
    }
)  # fmt: skip
"""Codes that list what there is, in the words of programs."""
_NOT_OFFERED = frozenset({"literal_error", "enum"})
"""What pydantic calls a value that is none of those there are; a page never lists them as codes."""

SchemaT = TypeVar("SchemaT", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is wrong: with which field, and in words that follow its label or stand alone.

    `about` is empty where nothing of the form is meant.
    """

    about: str
    words: str
    follows_label: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form with what was typed into it, and what is wrong with it."""

    values: Mapping[str, Sequence[str]]
    problems: Sequence[Wrong] = ()

    @classmethod
    def blank(cls, entropy: Callable[[int], bytes], **values: str | list[str]) -> Self:
        """Give a form to be filled; what is posted of it acts once."""
        lists = {name: [one] if isinstance(one, str) else one for name, one in values.items()}
        return cls(values={ATTEMPT: [entropy(_ATTEMPT_BYTES).hex()], **lists})

    def text(self, name: str) -> str | None:
        """Give what was typed into a field, without the space around it; None for nothing."""
        return self.typed(name).strip() or None

    def typed(self, name: str) -> str:
        """Give what was typed into a field as it was typed, such as a password."""
        return next(iter(self.values.get(name, ())), "")

    def texts(self, name: str) -> list[str]:
        """Give everything that was chosen under one name."""
        return list(self.values.get(name, ()))

    def has(self, name: str, value: str) -> bool:
        """Say whether a value was chosen."""
        return value in self.values.get(name, ())

    def number(self, name: str) -> int | str | None:
        """Give a whole number, or what was typed where it is none: the schema says so.

        One of more digits is told like the greatest, which every rule finds too great.
        """
        text = self.text(name)
        if text is None or not (text.isascii() and text.isdigit()):
            return text
        return int(text) if len(text) <= NUMBER_DIGITS_MAX else NUMBER_MAX

    def chosen(self, name: str, offered: Collection[str]) -> str | None:
        """Give what was chosen, None for nothing; raises `InvalidInput` for anything else."""
        text = self.text(name)
        if text is not None and text not in offered:
            raise InvalidInput([FieldProblem(field=name, code="choice-unknown")])
        return text

    def require(self, *names: str) -> None:
        """Raise `InvalidInput` with each of these fields in which nothing was typed or chosen."""
        empty = [name for name in names if not any(one.strip() for one in self.texts(name))]
        if empty:
            raise InvalidInput([FieldProblem(field=name, code="field-missing") for name in empty])

    def read(self, schema: type[SchemaT], **fields: object) -> SchemaT:
        """Read fields by a route's own schema; None is left out. Raises `InvalidInput`."""
        stated = {name: value for name, value in fields.items() if value is not None}
        try:
            return schema.model_validate(stated)
        except ValidationError as error:
            raise refusal_of([_of_page(dict(one)) for one in error.errors()]) from None

    def problem(self, name: str) -> Wrong | None:
        """Give what is wrong with a field."""
        return next((one for one in self.problems if one.about == name), None)

    def with_problems(self, told: Told, about: str | None) -> Self:
        """Give the form with what a refusal says; what names no field is about `about`."""
        named = [Wrong(about=name, words=words, follows_label=True) for name, words in told.fields]
        whole = Wrong(
            about=about or "",
            words=f"{told.title}{told.mark}{told.remedy}",
            follows_label=False,
        )
        return replace(self, problems=named or [whole])

    def asking_again(self, names: Sequence[str], words: str) -> Self:
        """Give the form saying that these secrets, which no page shows, must be typed anew."""
        lost = [name for name in names if self.typed(name) and self.problem(name) is None]
        more = [Wrong(about=name, words=words, follows_label=True) for name in lost]
        return replace(self, problems=[*self.problems, *more])

    def attempt(self, request: Request) -> NamedAttempt:
        """Name this attempt, so that a second click does nothing more.

        What is kept of the form is a keyed hash: a password or a PIN is guessed from it by nobody.
        """
        bank = request.app.state.bank
        assert isinstance(bank, Bank)  # noqa: S101 - set once at start
        stated = "\0".join(f"{name}={self.texts(name)}" for name in sorted(self.values))
        route = f"{request.method} {request.url.path}"
        hashed = bank.keystore.secrets.attempt_secret("form", stated)
        return NamedAttempt(route, self.text(ATTEMPT), hashed)


def chosen_anew(refusal: Refusal, form: Form) -> Refusal:
    """Give a refusal that says of a choice that it is missing or was not offered, and no codes."""
    if not isinstance(refusal, InvalidInput):
        return refusal
    return InvalidInput([_chosen_anew(one, form) for one in refusal.problems])


def _chosen_anew(problem: FieldProblem, form: Form) -> FieldProblem:
    if problem.code not in _NOT_ONE_OF:
        return problem
    code = "choice-unknown" if form.text(problem.field) else "field-missing"
    return replace(problem, code=code, facts={})


def renamed(refusal: Refusal, names: Mapping[str, str]) -> Refusal:
    """Give a refusal whose fields have the names that the form gives them."""
    if not isinstance(refusal, InvalidInput):
        return refusal
    return InvalidInput(
        [replace(one, field=names.get(one.field, one.field)) for one in refusal.problems]
    )


def _of_page(error: dict[str, Any]) -> dict[str, Any]:
    return {**error, "type": "choice_unknown"} if error["type"] in _NOT_OFFERED else error


def require_own_page(request: Request, own_origin: str) -> None:
    """Refuse what another site's page makes a browser send; raises `Refusal("foreign-form")`.

    Browsers say so in `Sec-Fetch-Site`; those that do not, and all on plain http, state `Origin`,
    which is that of the bank or, where no proxy changed it, of the host that was asked.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        is_own = site in {"same-origin", "none"}
    else:
        stated = request.headers.get("origin", "")
        hosts = {request.headers.get("host"), urlsplit(own_origin).netloc}
        is_own = urlsplit(stated).netloc in hosts
    if not is_own:
        raise Refusal("foreign-form")


async def _form(request: Request, bank: CurrentBank) -> AsyncIterator[Form]:
    """Read what was posted; its files are closed when the answer is made."""
    require_own_page(request, bank.settings.origin)
    posted = await request.form()
    values: dict[str, list[str]] = {}
    for name, value in posted.multi_items():
        if isinstance(value, str):
            values.setdefault(name, []).append(value.translate(UNSEEN))
    try:
        yield Form(values=values)
    finally:
        await posted.close()


PostedForm = Annotated[Form, Depends(_form)]
"""For a route that a form of a page is posted to."""
