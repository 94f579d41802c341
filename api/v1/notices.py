"""Notices to a learner: she lists and reads them; staff record what they delivered."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import AccountsServer, Citizen, CurrentBank, Language
from api.problems import Problems, fill, load_problems
from api.response import Response
from api.v1.account_access import keys_as_one, own_key, served_key
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.notices import (
    DeliverNotices,
    Notice,
    ReadNotice,
    RecordDelivery,
    notices_of_account,
    undelivered_notices,
)
from creditbank.rules.queries import published_versions

router = APIRouter(prefix="/api/v1/accounts/{account_id}/notices", tags=["notices"])

PAGE_NOTICES_MAX = 100


class NoticeView(Response):
    """One notice in the reader's language; times are those of Shanghai."""

    id: str
    subject: str
    channel: str
    title: str
    text: str
    sent_at: str
    delivered_at: str | None = Field(description="From it deadlines run; absent until then.")
    read_at: str | None


class NoticesPage(Response):
    """Notices, oldest first; `next` leads on where there are more."""

    notices: list[NoticeView]
    next: str | None


@router.get("")
async def read_notices(
    account_id: str,
    actor: Citizen,
    bank: CurrentBank,
    language: Language,
    request: Request,
    response: HTTPResponse,
    after: Annotated[str, Query(max_length=32, description="Notice to go on after.")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_NOTICES_MAX)] = PAGE_NOTICES_MAX,
) -> NoticesPage:
    """List one's own notices, page by page; whatever is listed is delivered."""

    def read() -> tuple[dict[str, AccountKey], list[Notice]]:
        keys = _keys(account_id, actor, bank)
        with bank.readers.reading() as connection:
            return keys, notices_of_account(connection, keys, after=after, limit=limit + 1)

    keys, found = await run_in_threadpool(read)
    if new := [one.id for one in found[:limit] if one.delivered_at is None]:
        command = DeliverNotices(account_ids=keys, notice_ids=new)
        await asyncio.wrap_future(bank.writer.submit(command))
        keys, found = await run_in_threadpool(read)
    page, following = found[:limit], None
    if len(found) > limit:
        following = f"{request.url.path}?after={page[-1].id}&limit={limit}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    notices = await run_in_threadpool(_views, page, keys, bank, language)
    return NoticesPage(notices=notices, next=following)


@router.post("/{notice_id}/reading", status_code=204)
async def mark_read(account_id: str, notice_id: str, actor: Citizen, bank: CurrentBank) -> None:
    """Note that a notice was read; reading it again changes nothing."""
    keys = await run_in_threadpool(_keys, account_id, actor, bank)
    command = ReadNotice(account_ids=keys, notice_id=notice_id)
    await asyncio.wrap_future(bank.writer.submit(command))


@router.get("/undelivered")
def read_undelivered(
    account_id: str, actor: AccountsServer, bank: CurrentBank, language: Language
) -> NoticesPage:
    """List what is still to be brought to a learner whom one's institution serves."""
    key = served_key(account_id, actor, bank)
    with bank.readers.reading() as connection:
        found = undelivered_notices(connection, key.account_id)
    return NoticesPage(notices=_views(found, {key.account_id: key}, bank, language), next=None)


@router.post("/{notice_id}/delivery", status_code=204)
async def record_delivery(
    account_id: str, notice_id: str, actor: AccountsServer, bank: CurrentBank
) -> None:
    """Record that a letter arrived, or that the learner was told by phone or at the counter."""
    key = await run_in_threadpool(served_key, account_id, actor, bank)
    command = RecordDelivery(account_id=key.account_id, notice_id=notice_id, by=actor.person)
    await asyncio.wrap_future(bank.writer.submit(command))


@cache
def notice_words() -> Problems:
    """Give the words of every subject: title, and `remedy` for what it tells."""
    return load_problems("notice_words.yaml")


def _keys(account_id: str, actor: Actor, bank: Bank) -> dict[str, AccountKey]:
    """Give the keys of one's own account and of those merged into it, by account."""
    keys = keys_as_one(own_key(account_id, actor, bank), bank)
    return {one.account_id: one for one in keys}


def _views(
    found: Sequence[Notice], keys: Mapping[str, AccountKey], bank: Bank, language: str
) -> list[NoticeView]:
    """Give notices in words; a rule is named by its title, which its learner knows it by."""
    told = [(one, dict(one.facts(keys[one.account_id]))) for one in found]
    ids = {facts["rule"] for _, facts in told if "rule" in facts}
    with bank.readers.reading() as connection:
        versions = published_versions(connection, ids)
    titles = {one.id: one.document.rule.title for one in versions}
    for _, facts in told:
        if (title := titles.get(facts.get("rule", ""))) is not None:
            facts["rule"] = title.en if language == "en" and title.en else title.zh
    return [_view(notice, facts, language) for notice, facts in told]


def _view(notice: Notice, facts: Mapping[str, str], language: str) -> NoticeView:
    words = notice_words().kinds[notice.subject]
    return NoticeView(
        id=notice.id,
        subject=notice.subject,
        channel=notice.channel,
        title=fill(words.title[language], facts, language),
        text=fill(words.remedy[language], facts, language),
        sent_at=_civil(notice.sent_at),
        delivered_at=None if notice.delivered_at is None else _civil(notice.delivered_at),
        read_at=None if notice.read_at is None else _civil(notice.read_at),
    )


def _civil(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(CIVIL_TIME).isoformat()
