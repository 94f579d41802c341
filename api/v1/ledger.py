"""The log as C2SP tlog-tiles serves it, so that monitors we did not write can audit the bank.

Full tiles and bundles never change and are cached for ever; what the newest published checkpoint
does not cover is not there yet.
"""

from fastapi import APIRouter, Response

from api.dependencies import CurrentBank, Public
from creditbank.errors import Refusal
from ledger.objects import find_object
from ledger.policy import write_policy
from ledger.read import newest_checkpoint, published_width, read_bundle, read_tile
from ledger.tiles import WIDTH, TileName, parse_name

router = APIRouter(prefix="/ledger", tags=["ledger"], dependencies=[Public])

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
IMMUTABLE = "public, max-age=31536000, immutable"
OPEN = {"Access-Control-Allow-Origin": "*"}
_HASH_HEX = 64


@router.get("/checkpoint", response_class=Response)
def checkpoint(bank: CurrentBank) -> Response:
    """Give the newest published checkpoint (tlog-checkpoint)."""
    with bank.readers.reading() as connection:
        newest = newest_checkpoint(connection)
    if newest is None:
        raise Refusal("not-found")
    return Response(newest.note, media_type=TEXT, headers={**OPEN, "Cache-Control": "no-store"})


@router.get("/vkey", response_class=Response)
def verifier_keys(bank: CurrentBank) -> Response:
    """Give the log's verifier keys (signed-note), one a line."""
    text = "".join(f"{key}\n" for key in bank.verifier_keys)
    return Response(text, media_type=TEXT, headers=OPEN)


@router.get("/policy", response_class=Response)
def policy(bank: CurrentBank) -> Response:
    """Give the policy by which checkpoints are accepted (tlog-policy): the log's keys, quorum."""
    text = write_policy(bank.verifier_keys, f"{bank.settings.origin}/ledger")
    return Response(text, media_type=TEXT, headers=OPEN)


@router.get("/tile/entries/{name:path}", response_class=Response)
def entries(name: str, bank: CurrentBank) -> Response:
    """Give an entry bundle: up to 256 leaves, each with its length as uint16."""
    asked = _asked(name)
    with bank.readers.reading() as connection:
        if published_width(connection, 0, asked.number) < asked.width:
            raise Refusal("not-found")
        data = read_bundle(connection, asked.number, asked.width)
    return _immutable(data, asked)


@router.get("/tile/{level}/{name:path}", response_class=Response)
def tile(level: str, name: str, bank: CurrentBank) -> Response:
    """Give a tile: up to 256 hashes of one level of the tree."""
    asked = _asked(name)
    if not (len(level) == 1 and level.isascii() and level.isdigit()):
        raise Refusal("not-found")
    with bank.readers.reading() as connection:
        if published_width(connection, int(level), asked.number) < asked.width:
            raise Refusal("not-found")
        data = read_tile(connection, int(level), asked.number, asked.width)
    if data is None:
        raise Refusal("not-found")
    return _immutable(data, asked)


@router.get("/object/{sha256}", response_class=Response)
def public_object(sha256: str, bank: CurrentBank) -> Response:
    """Give the public document that a leaf names by its SHA-256."""
    if len(sha256) != _HASH_HEX or sha256.strip("0123456789abcdef"):
        raise Refusal("not-found")
    with bank.readers.reading() as connection:
        found = find_object(connection, bytes.fromhex(sha256))
    if found is None:
        raise Refusal("not-found")
    media_type, data = found
    return Response(data, media_type=media_type, headers={**OPEN, "Cache-Control": IMMUTABLE})


def _asked(name: str) -> TileName:
    asked = parse_name(name)
    if asked is None:
        raise Refusal("not-found")
    return asked


def _immutable(data: bytes, asked: TileName) -> Response:
    cache = IMMUTABLE if asked.width == WIDTH else "public, max-age=60"
    return Response(data, media_type=BYTES, headers={**OPEN, "Cache-Control": cache})
