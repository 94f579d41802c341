"""Static files: compressed once, and kept by browsers for good where their hash is in the address.

They are the same for everybody and hold no secret, so that nothing is learned from how small they
become. Pages are not compressed: they hold what is secret beside what a request brought (BREACH).
"""

import gzip
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from os import PathLike, stat_result
from pathlib import Path

from starlette.datastructures import URL, Headers
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

STATIC = Path(str(files("api.web"))) / "static"
COMPRESSED = frozenset({".css", ".html", ".js", ".svg", ".wasm"})
FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_ANEW = "no-cache"
"""A browser keeps it, and asks each time whether it is still the same."""
_HASH_SHOWN = 16
_FILES_KEPT = 256


@dataclass(frozen=True, slots=True)
class Packed:
    """A file's hash, and its bytes compressed."""

    hash: str
    gzipped: bytes


@cache
def address_of(path: str) -> str:
    """Give the address of a static file with its hash: another content has another address."""
    found = STATIC / path
    return f"/static/{path}?v={_packed(found, found.stat().st_mtime_ns).hash}"


class StaticPages(StaticFiles):
    """Serves the static files."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Give a file as it is, compressed to whoever takes that, or say that it is the same."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        packed = _packed(Path(full_path), stat_result.st_mtime_ns)
        is_named = URL(scope=scope).query == f"v={packed.hash}"
        response.headers["Cache-Control"] = FOR_GOOD if is_named else ASKED_ANEW
        if Path(full_path).suffix not in COMPRESSED:
            return response
        response.headers["Vary"] = "Accept-Encoding"
        if response.status_code != status_code or not _takes_gzip(scope):
            return response
        return _compressed(packed, response, scope)


def _compressed(packed: Packed, plain: Response, scope: Scope) -> Response:
    headers = dict(plain.headers) | {
        "content-encoding": "gzip",
        "content-length": str(len(packed.gzipped)),
        "etag": f'"{packed.hash}-gzip"',
    }
    if headers["etag"] == Headers(scope=scope).get("if-none-match"):
        return NotModifiedResponse(Headers(headers))
    del headers["accept-ranges"]
    return Response(packed.gzipped, plain.status_code, headers)


def _takes_gzip(scope: Scope) -> bool:
    given = Headers(scope=scope)
    return "gzip" in given.get("accept-encoding", "") and "range" not in given


@lru_cache(maxsize=_FILES_KEPT)
def _packed(path: Path, _modified: int) -> Packed:
    content = path.read_bytes()
    return Packed(sha256(content).hexdigest()[:_HASH_SHOWN], gzip.compress(content, mtime=0))
