"""What lets the pages for employers be installed, and verify without a network after one visit."""

from functools import cache
from hashlib import sha256
from typing import Literal

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Public
from api.web.offline_words import SHEETS
from api.web.rendering import environment
from api.web.static_files import STATIC

router = APIRouter(include_in_schema=False, dependencies=[Public])

Language = Literal["zh", "en"]
PAGE = "/static/offline/index.html"
_KEPT = (
    *("offline/*.html", "offline/*.js", "offline/vendor/*.js", "seal.svg"),
    *(f"css/{sheet}.css" for sheet in SHEETS),
)
_HASH_SHOWN = 16


@router.get("/worker.js")
def give_worker() -> Response:
    """Give the worker that keeps the offline page; a changed file makes it another worker."""
    return Response(_worker(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/verify/app.webmanifest")
def give_manifest(language: Language = "zh") -> Response:
    """Give what a phone asks for that puts the page among its apps (W3C Web App Manifest)."""
    words = environment(language).get_template("employer/manifest.html").module
    manifest = {
        "id": "/verify",
        "name": str(words.name),  # type: ignore[attr-defined]  # set by the template
        "short_name": str(words.short),  # type: ignore[attr-defined]
        "lang": environment(language).globals["html_language"],
        "start_url": "/verify",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f3efe6",
        "theme_color": "#a3271f",
        "icons": [{"src": "/static/seal.svg", "type": "image/svg+xml", "sizes": "any"}],
    }
    return Response(orjson.dumps(manifest), media_type="application/manifest+json")


@cache
def _worker() -> str:
    kept = sorted(path for pattern in _KEPT for path in STATIC.glob(pattern))
    content = sha256(b"".join(path.read_bytes() for path in kept)).hexdigest()[:_HASH_SHOWN]
    listed = [f"/static/{path.relative_to(STATIC).as_posix()}" for path in kept]
    names = {"FILES": listed, "PAGE": PAGE, "CACHE": f"creditbank-offline-{content}"}
    stated = "".join(f"const {name} = {orjson.dumps(it).decode()};\n" for name, it in names.items())
    return stated + (STATIC / "verify" / "worker.js").read_text("utf-8")
