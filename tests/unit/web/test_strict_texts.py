"""No request of the API takes a character that nobody sees; tabs and line breaks it takes."""

from collections.abc import Iterator

import pytest
from pydantic import TypeAdapter, ValidationError

import api.app  # noqa: F401 - every resource with its requests
from api.v1.fields import Request, Text

UNSEEN = ("\0", "\a", "\x1b[31m", "\x7f", "\x85", "\ud800")
NOT_SHOWN = {"password", "old_password", "client_secret", "pin", "document", "documents"}
"""Secrets are hashed as they are typed; a stranger's document is verified as it was received."""


def requests(of: type[Request] = Request) -> Iterator[type[Request]]:
    """Every request that a body is read into."""
    for one in of.__subclasses__():
        yield one
        yield from requests(one)


def takes(request: type[Request], field: str, value: object) -> bool:
    """Say whether a request has nothing against a value of one field."""
    try:
        request.model_validate({field: value})
    except ValidationError as error:
        return all(one["loc"][0] != field for one in error.errors())
    return True


def test_every_text_of_every_request_refuses_what_nobody_sees() -> None:
    """A new field is a `Text`, or says why not; what pages post is rid of it before."""
    found = [
        f"{request.__name__}.{field}"
        for request in requests()
        for field in request.model_fields
        if request.__module__.startswith("api.v1") and field not in NOT_SHOWN
        if takes(request, field, "a\ab") or takes(request, field, ["a\ab"])
    ]
    assert found == []


@pytest.mark.parametrize("unseen", UNSEEN)
def test_a_text_with_a_character_that_nobody_sees_is_refused(unseen: str) -> None:
    """Wherever it stands."""
    with pytest.raises(ValidationError):
        TypeAdapter(Text).validate_python(f"第一行{unseen}第二行")


@pytest.mark.parametrize("text", ["第一行\n第二行", "a\r\n\tb", "👩\u200d🏫", "ｆｕｌｌ", ""])
def test_what_people_write_is_taken(text: str) -> None:
    """Line breaks, emoji of several parts, and letters of any width."""
    assert TypeAdapter(Text).validate_python(text) == text
