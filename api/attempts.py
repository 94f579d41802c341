"""The `Idempotency-Key` header: the caller's own name for one attempt (kept 30 days)."""

import asyncio
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated, Any, Self

from fastapi import Depends, Header, Request, Response

from creditbank.access.actor import Actor
from creditbank.access.secret_text import SECRET_BYTES
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.writer.command import AnswerT, RepeatableCommand
from creditbank.writer.idempotency import KEY_LENGTH_MAX, Attempt
from creditbank.writer.receipts import Written

_HEADER = "Idempotency-Key"
_KEY = (
    "Repeat a request under its own key: it acts once. 1 to 255 visible ASCII characters without a "
    "space, such as a UUID; kept 30 days."
)


@dataclass(frozen=True, slots=True)
class NamedAttempt:
    """One request, with the name that its caller gave it, if any."""

    route: str
    key: str | None
    request_hash: bytes

    def part(self, name: str) -> Self:
        """Name one of several acts that one request asks for."""
        return replace(self, key=None if self.key is None else f"{self.key}-{name}")

    async def act(
        self,
        command: RepeatableCommand[Any, AnswerT],
        *,
        actor: Actor,
        bank: Bank,
        response: Response,
    ) -> Written[AnswerT]:
        """Run a command once; a repetition is answered as the first time, with status 200."""
        written = await asyncio.wrap_future(bank.writer.submit_once(command, self.by(actor)))
        if written.is_repetition:
            response.status_code = 200
        return written

    def secret(self, actor: Actor, bank: Bank) -> bytes:
        """Give 32 bytes to be shown once: the same ones again where the attempt is repeated."""
        if self.key is None:
            return bank.entropy(SECRET_BYTES)
        named = (actor.id, self.route, self.key, self.request_hash.hex())
        return bank.keystore.secrets.attempt_secret(*named)

    def by(self, actor: Actor) -> Attempt | None:
        """Give the attempt as the writer knows it, None where it has no name."""
        if self.key is None:
            return None
        return Attempt(
            actor=actor.id, route=self.route, key=self.key, request_hash=self.request_hash
        )


async def _attempt(
    request: Request,
    key: Annotated[
        str | None,
        Header(alias=_HEADER, description=_KEY),
    ] = None,
) -> NamedAttempt:
    if key is not None and not _is_name(key):
        raise InvalidInput([FieldProblem(field=_HEADER, code="idempotency-key-wrong")])
    route = f"{request.method} {request.url.path}"
    return NamedAttempt(route, key, sha256(await request.body()).digest())


def _is_name(key: str) -> bool:
    """Say whether it has visible ASCII characters alone: a space would be lost on the way."""
    return 0 < len(key) <= KEY_LENGTH_MAX and all("!" <= symbol <= "~" for symbol in key)


CurrentAttempt = Annotated[NamedAttempt, Depends(_attempt)]
