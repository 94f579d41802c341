"""What was typed into a form whose session had ended: sealed for who typed it, and shown to her.

It lies in the page that asks her to log in, and nowhere at the bank. Who else logs in there can
neither read nor send it, and no other site can plant what opens.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import orjson
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.middleware import JSON_BODY_BYTES_MAX
from api.web.forms import ATTEMPT, require_own_page
from api.web.local_paths import local_path
from api.web.looked_again import is_looked_at
from api.web.page import Page
from api.web.unseen import UNSEEN
from creditbank.access.actor import Actor
from creditbank.access.sessions import find_ended_session
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.evidence.sniff import FILE_BYTES_MAX
from creditbank.keystore.account_key import SealBroken, place

KEPT = "kept"
"""The field of the pages of log-in in which it lies."""
KEPT_FOR = timedelta(hours=12)
BYTES_MAX = 500_000
"""How much is kept, so that the form of log-in which carries it is not too large itself."""
SECRETS = frozenset({"old_password", "password", "password_again", "pin"})
"""Fields that no page shows again."""
_NOT_TYPED = frozenset({ATTEMPT, KEPT, "confirmed"})
"""Fields that say which attempt it was, or that what another page showed is right."""
_BODY_BYTES_MAX = FILE_BYTES_MAX + JSON_BODY_BYTES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed, the page that shows its form, and when; `at` is seconds since 1970."""

    page: str
    values: Mapping[str, Sequence[str]]
    at: int


async def keep_typed(request: Request, page: Page) -> str | None:
    """Seal what is posted for whose session ended; None where nobody knows who, or it is too long.

    Whoever logged out is not known any more: she left, and nothing is kept.
    """
    text = page.cookies.session_of(request)
    if request.method != "POST" or page.session is not None or text is None:
        return None
    with page.bank.readers.reading() as connection:
        login_id = find_ended_session(connection, text, page.bank.clock())
    shown = _page_of_form(request, page.bank.settings.origin)
    if login_id is None or shown is None:
        return None
    values = await _posted(request, page.bank.settings.origin)
    typed = Typed(page=shown, values=values, at=int(page.bank.clock().timestamp()))
    content = orjson.dumps(asdict(typed))
    if not values or len(content) > BYTES_MAX:
        return None
    key = page.bank.keystore.secrets.login_key(login_id)
    return urlsafe_b64encode(key.seal(_place(login_id), content, page.bank.entropy)).decode()


def open_typed(text: str, actor: Actor, bank: Bank) -> Typed | None:
    """Open what was kept for this login; None for what another typed, or what is too old."""
    key = bank.keystore.secrets.login_key(actor.id)
    try:
        content = key.open(_place(actor.id), urlsafe_b64decode(text.encode()))
    except (SealBroken, ValueError):
        return None
    typed = Typed(**orjson.loads(content))
    return typed if bank.clock().timestamp() - typed.at < KEPT_FOR.total_seconds() else None


async def _posted(request: Request, own_origin: str) -> dict[str, list[str]]:
    """Give what was typed; nothing of what another site sent, and of a body without bound."""
    length = request.headers.get("content-length", "")
    try:
        require_own_page(request, own_origin)
        if length.isdigit() and int(length) <= _BODY_BYTES_MAX:
            async with request.form() as posted:
                return _values_of(posted)
    except (Refusal, HTTPException):
        pass  # It is not kept, and she logs in all the same.
    return {}


def _values_of(posted: FormData) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in posted.multi_items():
        if isinstance(value, str) and value and name not in SECRETS | _NOT_TYPED:
            values.setdefault(name, []).append(value.translate(UNSEEN))
    return values


def _page_of_form(request: Request, own_origin: str) -> str | None:
    """Give the page on which the form stands: where it came from, or what lies above its path."""
    came = urlsplit(request.headers.get("referer", ""))
    hosts = {request.headers.get("host"), urlsplit(own_origin).netloc}
    paths = [request.url.path]
    while paths[-1].count("/") > 1:
        paths.append(paths[-1].rpartition("/")[0])
    if came.netloc in hosts:
        asked = f"{came.path}?{came.query}" if came.query else came.path
        paths.insert(0, local_path(asked, request.url.path))
    return next((path for path in paths if is_looked_at(request, path)), None)


def _place(login_id: str) -> bytes:
    return place("kept_form", login_id, "typed")
