"""Bearer tokens by OAuth 2 (RFC 6749): client credentials of programs, passwords of people."""

import asyncio
import base64
import binascii
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import APIRouter, Form, Header, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import Credentials, CurrentBank, LimitedGuesses, Public
from api.response import Response as Body
from api.v1.fields import Text
from creditbank.access.actor import Actor, Scope
from creditbank.access.api_keys import find_api_key_actor
from creditbank.access.logins import sign_in
from creditbank.access.secret_text import SecretKind, SecretText
from creditbank.access.tokens import EndToken, IssueToken, is_known
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(prefix="/api/v1/token", tags=["access"], dependencies=[Public])

GRANT_TYPES = ("client_credentials", "password")
NO_STORE = {"Cache-Control": "no-store"}


class TokenView(Body):
    """A new token (RFC 6749, section 5.1); it is shown this once."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the type's name
    expires_in: int = Field(description="Seconds.", examples=[3600])
    scope: str = Field(description="Scopes with spaces between.", examples=["outcomes:write"])


_Text = Annotated[Text | None, Form(max_length=1_000)]


@router.post("", dependencies=[LimitedGuesses])
async def issue_token(
    bank: CurrentBank,
    response: Response,
    grant_type: Annotated[
        str, Form(examples=["password"], description="password, or client_credentials.")
    ],
    username: Annotated[_Text, Form(description="Account number, or a staff login.")] = None,
    password: Annotated[_Text, Form(description="The password of a person.")] = None,
    client_id: Annotated[_Text, Form(description="The id within an API key: cbk_<id>_…")] = None,
    client_secret: Annotated[_Text, Form(description="The API key itself, or its secret.")] = None,
    scope: Annotated[_Text, Form(description="Fewer scopes than there are.")] = None,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> TokenView:
    """Give a token that holds for an hour, to a person by password or to an institution's program.

    A program may state its client id and secret in the form or by HTTP Basic authentication.
    """
    if grant_type not in GRANT_TYPES:
        facts = {"known": GRANT_TYPES}
        raise InvalidInput(
            [FieldProblem(field="grant_type", code="grant-type-unknown", facts=facts)]
        )
    wanted = None if scope is None else _scopes(scope)
    if grant_type == "password":
        actor = await run_in_threadpool(_person, bank, username, password)
    else:
        basic = _basic(authorization)
        actor = await run_in_threadpool(_program, bank, *(basic or (client_id, client_secret)))
    written = await asyncio.wrap_future(bank.writer.submit(IssueToken(actor=actor, wanted=wanted)))
    issued = written.answer
    response.headers.update(NO_STORE)
    return TokenView(
        access_token=issued.text,
        expires_in=int(issued.lifetime.total_seconds()),
        scope=" ".join(sorted(issued.scopes)),
    )


@router.delete("", status_code=204)
async def end_token(bank: CurrentBank, credentials: Credentials) -> None:
    """End the presented token at once; ending it again changes nothing."""
    if credentials is None:
        raise Refusal("unauthenticated")
    token = SecretText.parse(credentials.credentials)
    if token.kind is not SecretKind.ACCESS_TOKEN:
        raise Refusal("unauthenticated")
    if await run_in_threadpool(_is_known, bank, token):
        await asyncio.wrap_future(bank.writer.submit(EndToken(token=token)))


def _is_known(bank: Bank, token: SecretText) -> bool:
    with bank.readers.reading() as connection:
        return is_known(connection, token)


def _person(bank: Bank, username: str | None, password: str | None) -> Actor:
    _require(username=username, password=password)
    with bank.readers.reading() as connection:
        return sign_in(connection, bank.keystore, username or "", password or "")


def _program(bank: Bank, client_id: str | None, client_secret: str | None) -> Actor:
    _require(client_id=client_id, client_secret=client_secret)
    secret = client_secret or ""
    whole = secret if secret.startswith(f"{SecretKind.API_KEY}_") else None
    try:
        presented = SecretText.parse(whole or f"{SecretKind.API_KEY}_{client_id}_{secret}")
        with bank.readers.reading() as connection:
            actor = find_api_key_actor(connection, presented, bank.clock())
    except Refusal:
        raise Refusal("client-refused") from None
    if actor.id != client_id:
        raise Refusal("client-refused")
    return actor


def _require(**fields: str | None) -> None:
    missing = [name for name, text in fields.items() if not text]
    if missing:
        raise InvalidInput([FieldProblem(field=name, code="field-missing") for name in missing])


def _scopes(text: str) -> frozenset[Scope]:
    known = {one.value: one for one in Scope}
    names = text.split()
    if any(name not in known for name in names):
        facts = {"known": tuple(known)}
        raise InvalidInput([FieldProblem(field="scope", code="scope-unknown", facts=facts)])
    return frozenset(known[name] for name in names)


def _basic(authorization: str | None) -> tuple[str, str] | None:
    """Read HTTP Basic credentials, whose parts are form-encoded (RFC 6749, section 2.3.1)."""
    kind, _, encoded = (authorization or "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal("client-refused") from None
    client_id, _, secret = text.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
