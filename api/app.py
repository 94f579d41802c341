"""Assembly of the HTTP door: everything built once, in order, readable from top to bottom."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import uuid4

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from api.dependencies import declared_actors
from api.middleware import Perimeter
from api.openapi import describe
from api.problem_answers import install_problem_answers
from api.problems import load_problems
from api.v1 import (
    account_claims,
    account_documents,
    account_merges,
    account_names,
    account_recoveries,
    account_states,
    accounts,
    appeals,
    application_entries,
    applications,
    back_entries,
    batch_acts,
    batch_lists,
    batches,
    calendars,
    certifications,
    check_in_cards,
    check_ins,
    closures,
    codes,
    consents,
    contacts,
    conversion_reversals,
    conversion_reviews,
    conversions,
    counter_evidence,
    coverage,
    credentials,
    definition_files,
    definitions,
    delegations,
    disclosures,
    enrolments,
    entry_counts,
    entry_search,
    evidence,
    filings,
    grants,
    health,
    held_outcomes,
    holdings,
    institution_changes,
    institution_list,
    institutions,
    issuer,
    ledger,
    levels,
    matters,
    messages,
    missing,
    notices,
    offers,
    opportunities,
    outcome_changes,
    outcome_events,
    outcome_measures,
    outcome_streams,
    outcomes,
    outside_uses,
    own_account,
    own_copies,
    own_filings,
    own_grants,
    own_matters,
    own_outcomes,
    passes,
    passwords,
    proposals,
    rule_simulations,
    rules,
    staff,
    status_lists,
    token,
    transcripts,
    trusted_issuers,
    vc_api,
    venue_rosters,
    venue_shifts,
    venues,
    verify,
    verify_batches,
    verify_uploads,
    webhook_deliveries,
    webhook_messages,
    webhooks,
    xapi,
)
from api.web import api_pages, offline_pages, problem_pages, slip_pages
from api.web.asked_queries import AskedQueries
from api.web.pages import ROUTERS
from api.web.refusal_pages import refusal_page
from api.web.static_files import STATIC, StaticPages
from creditbank.bank import Bank, open_bank
from creditbank.jobs.batch_worker import BatchWorker
from creditbank.jobs.hourly import HourlyJobs
from creditbank.jobs.webhook_sender import WebhookSender
from creditbank.settings import Settings

VERSION = "0.1.0"
REQUEST_THREADS = 6
"""How many requests work at once; more only wait for the interpreter, and the slowest longest."""


def create_app(bank: Bank | None = None) -> FastAPI:
    """Build the application; without a bank it opens the one that the environment names."""
    app = FastAPI(
        title="Credit Bank 学分银行",
        version=VERSION,
        description="Learning outcomes recorded on a signed ledger, and passes that prove them.",
        openapi_url="/api/v1/openapi.json",
        webhooks=webhook_messages.router,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan_of(bank),
    )
    app.state.problems = load_problems()
    install_problem_answers(app, refusal_page)
    # `include_router` would build every route a second time, and search router by router.
    for resource in (
        token,
        outcome_streams,
        outcomes,
        outcome_changes,
        held_outcomes,
        outcome_events,
        holdings,
        back_entries,
        evidence,
        counter_evidence,
        closures,
        batches,
        batch_lists,
        batch_acts,
        outcome_measures,
        xapi,
        accounts,
        account_claims,
        account_merges,
        account_recoveries,
        account_states,
        consents,
        contacts,
        delegations,
        own_account,
        own_copies,
        account_documents,
        account_names,
        own_outcomes,
        disclosures,
        own_matters,
        matters,
        notices,
        passes,
        passwords,
        own_grants,
        grants,
        credentials,
        transcripts,
        venues,
        venue_shifts,
        venue_rosters,
        check_ins,
        check_in_cards,
        rules,
        rule_simulations,
        coverage,
        conversions,
        own_filings,
        appeals,
        filings,
        conversion_reversals,
        conversion_reviews,
        outside_uses,
        proposals,
        opportunities,
        missing,
        offers,
        applications,
        application_entries,
        messages,
        webhooks,
        webhook_deliveries,
        institutions,
        institution_list,
        institution_changes,
        staff,
        codes,
        definition_files,
        definitions,
        certifications,
        calendars,
        levels,
        enrolments,
        entry_counts,
        entry_search,
        verify,
        trusted_issuers,
        verify_batches,
        verify_uploads,
    ):
        app.router.routes += resource.router.routes
    for resource in (
        ledger,
        issuer,
        status_lists,
        vc_api,
        health,
        offline_pages,
        slip_pages,
        problem_pages,
        api_pages,
    ):
        app.router.routes += resource.router.routes
    for router in ROUTERS:
        app.router.routes += router.routes
    declared_actors(app)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # as FastAPI says to do it
    app.mount("/static", StaticPages(directory=STATIC))
    app.add_middleware(AskedQueries)
    app.add_middleware(Perimeter, request_id=lambda: uuid4().hex)
    return app


def lifespan_of(given: Bank | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Give what an application lives by: its bank, or the one it opens, and the jobs beside it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        bank = given or open_bank(Settings())
        app.state.bank = bank
        current_default_thread_limiter().total_tokens = REQUEST_THREADS
        worker = BatchWorker(bank, bank.uploads)
        jobs = (worker, HourlyJobs(bank), WebhookSender(bank)) if bank.settings.serve_jobs else ()
        for job in jobs:
            job.start()
        app.state.batch_worker = worker
        try:
            yield
        finally:
            for job in jobs:
                job.stop()
            if given is None:
                bank.close()

    return lifespan
