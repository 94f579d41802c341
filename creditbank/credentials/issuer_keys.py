"""The keys by which another issuer asserts: those of its DID, asked for once and only when needed.

A key counts for the issuer that a credential names, never for whom a proof or a header names: the
document is that of the issuer's DID, and it controls the key (VC Data Integrity 1.0, section 4.2).
"""

from collections.abc import Mapping
from functools import cached_property

import orjson

from certificates.did import ASSERTION, DID_KEY, key_of_did, methods_of
from certificates.did_web import DID_WEB, document_url
from certificates.errors import DocumentRefused
from certificates.keys import VerificationKey
from creditbank.network.fetch import Fetch, Unreachable

Keys = Mapping[str, VerificationKey]


class IssuerKeys:
    """The keys of one issuer; `problem` says why there are none, once they were asked for."""

    def __init__(self, issuer: str, fetch: Fetch) -> None:
        """Take the issuer as the credential names it."""
        self.issuer = issuer
        self.problem: str | None = None
        self._fetch = fetch

    def key_of(self, issuer: str, method: str) -> VerificationKey | None:
        """Give the key of a verification method, None for one that is not this issuer's."""
        return self._keys.get(method) if issuer == self.issuer else None

    @cached_property
    def _keys(self) -> Keys:
        try:
            return self._resolved()
        except Unreachable:
            self.problem = "issuer-unreachable"
        except (DocumentRefused, orjson.JSONDecodeError):
            self.problem = "issuer-unreadable"
        return {}

    def _resolved(self) -> Keys:
        if self.issuer.startswith(DID_KEY):
            return _of_did_key(self.issuer)
        if self.issuer.startswith(DID_WEB):
            return _of_did_web(self.issuer, self._fetch)
        self.problem = "issuer-unsupported"
        return {}


def _of_did_key(did: str) -> Keys:
    """Give the one key; its fragment repeats it (did:key 0.9, section 3.1.1)."""
    key = key_of_did(did)
    return {} if key is None else {f"{did}#{did.removeprefix(DID_KEY)}": key}


def _of_did_web(did: str, fetch: Fetch) -> Keys:
    document = orjson.loads(fetch(document_url(did)))
    if not isinstance(document, dict) or document.get("id") != did:
        raise DocumentRefused("this is the document of another DID")
    return methods_of(document, ASSERTION)
