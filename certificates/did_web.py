"""Where the document of a did:web lies (did:web Method Specification, section 3.2)."""

import re
from urllib.parse import quote, unquote, urlsplit

from certificates.errors import DocumentRefused

DID_WEB = "did:web:"
DID_LENGTH_MAX = 1_000

_PORT = ":443"
_HOST = re.compile(r"[A-Za-z0-9.-]+", re.ASCII)
_STEP = re.compile(
    r"(?!\.{1,2}$)(?:[A-Za-z0-9._-]|%(?!2[5eEfF]|5[cC]|00)[0-9A-Fa-f]{2})+", re.ASCII
)
"""One step of a path: no dots that lead up, and nothing that is a slash or a dot in disguise."""


def web_did(origin: str) -> str:
    """Give the did:web of a base URL; a port's colon is percent-encoded (section 3.1)."""
    parts = urlsplit(origin)
    path = parts.path.strip("/").replace("/", ":")
    host = quote(parts.netloc, safe="")
    return DID_WEB + ":".join(filter(None, [host, path]))


def document_url(did: str) -> str:
    """Give the address of its document; raises `DocumentRefused` for what is no did:web.

    A port is percent-encoded, and no other than 443 is asked. Whether the host may be asked at all
    is for whoever fetches to say.
    """
    if len(did) > DID_LENGTH_MAX or not did.startswith(DID_WEB):
        raise DocumentRefused("this is no did:web")
    host, *path = did.removeprefix(DID_WEB).split(":")
    name = unquote(host).removesuffix(_PORT)
    if not _HOST.fullmatch(name) or not all(map(_STEP.fullmatch, path)):
        raise DocumentRefused("a did:web names a host, and then the steps of a path")
    return f"https://{name}/{'/'.join(path or ['.well-known'])}/did.json"
