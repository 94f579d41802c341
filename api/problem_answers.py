"""Where refusals leave the HTTP door: registered once, for every route."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.middleware import BodyTooLarge
from api.problems import Problems, language_of
from creditbank.errors import FieldProblem, InvalidInput, Refusal

PROBLEM_JSON = "application/problem+json"

_TYPE_CODES: Mapping[str, str] = {
    "missing": "field-missing",
    "extra_forbidden": "field-unknown",
    "string_type": "type-text",
    "text_unseen": "text-control-character",
    "int_type": "type-integer",
    "int_from_float": "type-integer",
    "bool_type": "type-boolean",
    "bool_parsing": "type-boolean",
    "model_type": "type-object",
    "model_attributes_type": "type-object",
    "dict_type": "type-object",
    "choice_unknown": "choice-unknown",
    "string_too_long": "text-too-long",
    "string_too_short": "text-too-short",
    "list_too_long": "list-too-long",
    "list_too_short": "list-too-short",
    "greater_than_equal": "number-too-small",
    "less_than_equal": "number-too-large",
    "date_from_datetime_parsing": "day-unreadable",
    "date_parsing": "day-unreadable",
}
_BOUNDS = {"max_length": "length_max", "min_length": "length_min", "ge": "least", "le": "most"}
"""What pydantic calls a bound, and what the words call it."""
_STATUS_CODES: Mapping[int, str] = {
    400: "body-unreadable",
    404: "not-found",
    405: "method-not-allowed",
}


PageOf = Callable[[Request, Refusal], Awaitable[Response | None]]


def install_problem_answers(app: FastAPI, page_of: PageOf) -> None:
    """Answer every refusal, malformed body and stray path with an RFC 9457 problem.

    Where `page_of` gives a page for the request, a person sees that instead.
    """

    async def answer(request: Request, refusal: Refusal) -> Response:
        return await page_of(request, refusal) or problem_answer(request, refusal)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 - registered for this class
        return await answer(request, error)

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
        return await answer(request, refusal_of([_in_body(one) for one in error.errors()]))

    async def stray(request: Request, error: Exception) -> Response:
        if isinstance(error, BodyTooLarge):
            return await answer(request, Refusal("body-too-large", bytes_max=error.bytes_max))
        status = error.status_code if isinstance(error, HTTPException) else 404
        return await answer(request, Refusal(_STATUS_CODES.get(status, "not-found")))

    async def failed(request: Request, _error: Exception) -> Response:
        return await answer(request, Refusal("internal-error"))

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, stray)
    app.add_exception_handler(Exception, failed)


def problem_answer(request: Request, refusal: Refusal) -> Response:
    """Answer with a refusal's problem document in the reader's language."""
    problems = request.app.state.problems
    assert isinstance(problems, Problems)  # noqa: S101 - set once by `create_app`
    bank = getattr(request.app.state, "bank", None)
    language = language_of(request.headers.get("accept-language"))
    document = problems.document(
        refusal, language=language, base=bank.settings.origin if bank else ""
    )
    headers = {"Content-Language": language, "Cache-Control": "no-store"}
    if "retry_after_seconds" in refusal.facts:
        headers["Retry-After"] = str(refusal.facts["retry_after_seconds"])
    if refusal.code == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        document,
        status_code=problems.status(refusal),
        media_type=PROBLEM_JSON,
        headers=headers,
    )


def refusal_of(errors: Sequence[Mapping[str, Any]]) -> Refusal:
    """Name every wrong place of a body; a body that is no JSON at all is unreadable.

    The errors are those of pydantic, each with its place within the body.
    """
    problems = []
    for one in errors:
        if one["type"] == "json_invalid":
            return Refusal("body-unreadable")
        place = ".".join(str(part) for part in one["loc"]) or "body"
        problems.append(FieldProblem(field=place, code=_code_of(one), facts=_facts_of(one)))
    return InvalidInput(problems)


def _code_of(error: Mapping[str, Any]) -> str:
    """Give the code of what is wrong; pydantic counts a text's characters as items at times."""
    kind = str(error["type"])
    if kind in {"too_long", "too_short"}:
        kind = f"string_{kind}" if isinstance(error["input"], str) else f"list_{kind}"
    is_empty = kind.endswith("too_short") and error["ctx"]["min_length"] == 1
    return "field-missing" if is_empty else _TYPE_CODES.get(kind, "field-wrong")


def _facts_of(error: Mapping[str, Any]) -> dict[str, Any]:
    bounds = error.get("ctx", {})
    facts = {said: bounds[name] for name, said in _BOUNDS.items() if name in bounds}
    return facts if _code_of(error) != "field-wrong" else {"reason": error["msg"]}


def _in_body(error: Mapping[str, Any]) -> dict[str, Any]:
    return {**error, "loc": error["loc"][1:]}
