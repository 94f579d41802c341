"""What a route may ask for: the bank, the institution that acts, the reader's language."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import Problems, language_of
from creditbank.access.actor import Actor
from creditbank.access.api_keys import authenticate
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.jobs.batch_worker import BatchWorker

_bearer = HTTPBearer(auto_error=False, description="An institution's API key.")


def _bank(request: Request) -> Bank:
    bank = request.app.state.bank
    assert isinstance(bank, Bank)  # noqa: S101 - set once by `create_app`
    return bank


CurrentBank = Annotated[Bank, Depends(_bank)]


def _actor(
    bank: CurrentBank,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Actor:
    if credentials is None:
        raise Refusal("unauthenticated")
    with bank.readers.reading() as connection:
        return authenticate(connection, credentials.credentials)


CurrentActor = Annotated[Actor, Depends(_actor)]


def _language(request: Request) -> str:
    return language_of(request.headers.get("accept-language"))


def _problems(request: Request) -> Problems:
    problems = request.app.state.problems
    assert isinstance(problems, Problems)  # noqa: S101 - set once by `create_app`
    return problems


CurrentProblems = Annotated[Problems, Depends(_problems)]


def _worker(request: Request) -> BatchWorker:
    worker = request.app.state.batch_worker
    assert isinstance(worker, BatchWorker)  # noqa: S101 - set once at start
    return worker


CurrentWorker = Annotated[BatchWorker, Depends(_worker)]

Language = Annotated[str, Depends(_language)]
