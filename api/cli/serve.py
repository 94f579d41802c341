"""Run the bank: over HTTP in one or several processes, and its jobs in a process of their own."""

import signal
import threading
from types import FrameType
from typing import Annotated

import typer

from api.cli.output import answering, opened_bank, tell
from creditbank.bank import open_bank
from creditbank.database import is_shared
from creditbank.errors import Misconfigured
from creditbank.jobs.batch_worker import BatchWorker
from creditbank.jobs.hourly import HourlyJobs
from creditbank.jobs.webhook_sender import WebhookSender
from creditbank.settings import Settings


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes; more than one needs Redis.")] = 1,
) -> None:
    """Serve the bank over HTTP until it is interrupted."""
    import uvicorn  # noqa: PLC0415 - commands that serve nothing start faster without it

    with answering():
        settings = Settings()
        if workers > 1:
            require_shared(settings)
        open_bank(settings).close()  # What is amiss is said here, once and in words.
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        # Uvicorn would believe any process of this machine that sends X-Forwarded-For.
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies or "",
    )


def jobs() -> None:
    """Settle batches and post webhooks until interrupted, for servers that run without jobs."""
    with opened_bank() as bank:
        running = (BatchWorker(bank, bank.uploads), HourlyJobs(bank), WebhookSender(bank))
        is_over = threading.Event()

        def stop(_signal: int, _frame: FrameType | None) -> None:
            is_over.set()

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        for job in running:
            job.start()
        tell("jobs run; stop with Ctrl-C")
        is_over.wait()
        for job in running:
            job.stop()


def require_shared(settings: Settings) -> None:
    """Refuse several processes where they cannot share; raises `Misconfigured`."""
    databases = (settings.bank_database, settings.key_database)
    if not all(is_shared(url) for url in databases):
        message = (
            "more than one worker needs PostgreSQL: set CREDITBANK_DATABASE_URL and"
            " CREDITBANK_KEYSTORE_URL (on SQLite every write waits for the one before it,"
            " so a second process gains nothing)"
        )
        raise Misconfigured(message)
    if settings.redis_url is None:
        message = (
            "more than one worker needs Redis: set CREDITBANK_REDIS_URL"
            " (live codes and rate limits are shared there)"
        )
        raise Misconfigured(message)
