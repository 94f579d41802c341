"""What a route may ask for: the bank, the actor and its scope, the reader's language.

Every route says who may call it, by `Allowed(scope)` or `public`; the application does not start
with a route that says neither.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import Problems, language_of
from api.throttling import (
    GUESSES,
    GUESSING,
    LIVE_CODES,
    OPENING,
    PER_DEVICE,
    PER_KEY,
    client_network,
    throttle,
    throttle_guesses,
)
from creditbank.access.actor import Actor, Scope
from creditbank.access.api_keys import UseApiKey
from creditbank.access.tokens import authenticate
from creditbank.bank import Bank
from creditbank.cache.limits import Limit
from creditbank.errors import Misconfigured, Refusal
from creditbank.jobs.batch_worker import BatchWorker

_bearer = HTTPBearer(auto_error=False, description="An API key or an access token.")


# What waits for nothing is async: a plain function would cost each request a turn of the threads.


async def _bank(request: Request) -> Bank:
    bank = request.app.state.bank
    assert isinstance(bank, Bank)  # noqa: S101 - set once by `create_app`
    return bank


CurrentBank = Annotated[Bank, Depends(_bank)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class Limited:
    """Bounds what one address may ask of a route."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit

    def __call__(self, request: Request, bank: CurrentBank) -> None:
        """Count the request; raises `Refusal("too-many-requests")`."""
        throttle_client(request, bank, self._limit, client_network(request))


@contextmanager
def counting_guesses(request: Request, bank: Bank) -> Iterator[None]:
    """Turn away an address that guessed wrong too often; what was right is not counted."""
    client = client_network(request)
    if bank.settings.rate_limits:
        throttle_guesses(bank.limits, GUESSING, client)
    try:
        yield
    except Refusal as refusal:
        if refusal.code in GUESSES:
            throttle_client(request, bank, GUESSING, client)
        raise


def _limit_guesses(request: Request, bank: CurrentBank) -> Iterator[None]:
    with counting_guesses(request, bank):
        yield


LimitedGuesses = Depends(_limit_guesses)
"""For a route where a password or a code is asked for."""


def throttle_client(request: Request, bank: Bank, limit: Limit, client: str) -> None:
    """Count a client's request, unless a proxy in front of the bank limits requests."""
    if bank.settings.rate_limits:
        throttle(request, bank.limits, limit, client)


class Door:
    """Lets in whoever has this scope, however she shows who she is.

    `also` lets in by another one: staff who must show a delegation further in, or who approve what
    others draft.
    """

    def __init__(self, scope: Scope, *, also: Scope | None = None) -> None:
        self.scope = scope
        self._also = also

    def require(self, actor: Actor) -> None:
        """Raise `Refusal("forbidden")` unless an actor has one of the scopes."""
        if self._also not in actor.scopes:
            actor.require(self.scope)


class Allowed(Door):
    """Lets in whoever presents a key or token with this scope, as often as one key may ask."""

    def __init__(self, scope: Scope, *, also: Scope | None = None, limit: Limit = PER_KEY) -> None:
        """Take the scopes, and how often one key may ask."""
        super().__init__(scope, also=also)
        self._limit = limit

    def __call__(self, request: Request, bank: CurrentBank, credentials: Credentials) -> Actor:
        """Give the actor; raises `Refusal` "unauthenticated", "forbidden", "too-many-requests"."""
        if credentials is None:
            raise Refusal("unauthenticated")
        actor = _authenticated(credentials, bank)
        throttle_client(request, bank, self._limit, actor.id)
        self.require(actor)
        return actor


def _authenticated(credentials: HTTPAuthorizationCredentials, bank: Bank) -> Actor:
    """Give the actor, and note from time to time that its key was used."""
    with bank.readers.reading() as connection:
        actor = authenticate(connection, credentials.credentials, bank.clock())
    if actor.is_stale:
        with suppress(Refusal):  # A bank that is busy answers all the same.
            bank.writer.submit(UseApiKey(key_id=actor.id))
    return actor


def _optional_opener(request: Request, bank: CurrentBank, credentials: Credentials) -> Actor | None:
    if credentials is None:
        throttle_client(request, bank, OPENING, client_network(request))
        return None
    return Allowed(Scope.ACCOUNTS_OPEN)(request, bank, credentials)


OptionalOpener = Annotated[Actor | None, Depends(_optional_opener)]
"""Whoever may open accounts for others, or None for somebody who presents nothing."""


def _optional_asker(request: Request, bank: CurrentBank, credentials: Credentials) -> Actor | None:
    if credentials is None:
        return None
    actor = _authenticated(credentials, bank)
    throttle_client(request, bank, PER_KEY, actor.id)
    return actor


OptionalAsker = Annotated[Actor | None, Depends(_optional_asker)]
"""Whoever presents a key or token of any scope, or None for somebody who presents nothing."""


async def public() -> None:
    """Let everybody in."""


Public = Depends(public)
OutcomesWriter = Annotated[Actor, Depends(Allowed(Scope.OUTCOMES_WRITE))]
OutcomesReader = Annotated[Actor, Depends(Allowed(Scope.OUTCOMES_READ))]
OutcomesChecker = Annotated[Actor, Depends(Allowed(Scope.OUTCOMES_CHECK))]
MattersDecider = Annotated[Actor, Depends(Allowed(Scope.MATTERS_DECIDE))]
AuditReader = Annotated[Actor, Depends(Allowed(Scope.AUDIT_READ))]
FilingsDecider = Annotated[Actor, Depends(Allowed(Scope.FILINGS_DECIDE))]
AccountsOpener = Annotated[Actor, Depends(Allowed(Scope.ACCOUNTS_OPEN))]
Registrar = Annotated[Actor, Depends(Allowed(Scope.INSTITUTIONS_REGISTER))]
StaffManager = Annotated[Actor, Depends(Allowed(Scope.STAFF_MANAGE))]
CatalogueWriter = Annotated[Actor, Depends(Allowed(Scope.CATALOGUE_WRITE))]
CatalogueCertifier = Annotated[Actor, Depends(Allowed(Scope.CATALOGUE_CERTIFY))]
RuleMaker = Annotated[Actor, Depends(Allowed(Scope.CATALOGUE_WRITE, also=Scope.CATALOGUE_CERTIFY))]
"""Whoever may draft rules, or approve them."""
AccountsServer = Annotated[Actor, Depends(Allowed(Scope.ACCOUNTS_SERVE))]
HeldDecider = Annotated[Actor, Depends(Allowed(Scope.HELD_DECIDE))]
AccountsDecider = Annotated[Actor, Depends(Allowed(Scope.ACCOUNTS_DECIDE))]
VenueRunner = Annotated[Actor, Depends(Allowed(Scope.VENUES_RUN))]
VenueDevice = Annotated[Actor, Depends(Allowed(Scope.CHECK_INS_WRITE, limit=PER_DEVICE))]
Citizen = Annotated[Actor, Depends(Allowed(Scope.OWN_ACCOUNT))]
CodeShower = Annotated[Actor, Depends(Allowed(Scope.OWN_ACCOUNT, limit=LIVE_CODES))]
"""The learner, who is shown live codes."""
Delegable = Annotated[Actor, Depends(Allowed(Scope.OWN_ACCOUNT, also=Scope.ACCOUNTS_SERVE))]
"""The learner, or who acts for her by a delegation: a citizen, or a clerk for one visit."""


def declared_actors(app: FastAPI) -> Mapping[tuple[str, str], Scope | None]:
    """Give the scope that each method and path asks for, None where it is public.

    Raises `Misconfigured` for a route that does not say who may call it.
    """
    return {
        (method, str(route.path)): _declared_actor(route)
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute)
        for method in route.methods or ()
    }


def _declared_actor(route: RouteContext) -> Scope | None:
    calls = list(_calls(route.dependant))
    scopes = [call.scope for call in calls if isinstance(call, Door)]
    if len(scopes) == 1 or (not scopes and public in calls):
        return scopes[0] if scopes else None
    raise Misconfigured(f"the route {route.path} does not say who may call it")


def _calls(dependant: Dependant) -> "list[object]":
    below = [call for inner in dependant.dependencies for call in _calls(inner)]
    return [dependant.call, *below]


async def _language(request: Request) -> str:
    return language_of(request.headers.get("accept-language"))


async def _problems(request: Request) -> Problems:
    problems = request.app.state.problems
    assert isinstance(problems, Problems)  # noqa: S101 - set once by `create_app`
    return problems


CurrentProblems = Annotated[Problems, Depends(_problems)]


async def _worker(request: Request) -> BatchWorker:
    worker = request.app.state.batch_worker
    assert isinstance(worker, BatchWorker)  # noqa: S101 - set once at start
    return worker


CurrentWorker = Annotated[BatchWorker, Depends(_worker)]

Language = Annotated[str, Depends(_language)]
