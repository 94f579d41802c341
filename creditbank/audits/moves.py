"""A move of the bank as its leaf tells it: the names before and after, signed under both. Pure."""

from collections.abc import Mapping
from typing import Any

import orjson

from certificates.data_integrity import proofs_of, verifies
from certificates.errors import DocumentRefused
from creditbank.installation.former_names import FormerName
from creditbank.moving import stated
from creditbank.verification.compose import Trust

Document = Mapping[str, Any]


def founding_problem(content: bytes, log: str) -> str | None:
    """Say what is wrong with the first leaf of names, which gives the log's and the issuer's."""
    names = {"origin": log, "issuer": orjson.loads(content).get("issuer")}
    if content == orjson.dumps(names, option=orjson.OPT_SORT_KEYS):
        return None
    return "its ledger_origin or issuer_did is not what its document says"


def move_problem(
    document: Document, former: FormerName, *, log: str, before: str | None, trust: Trust
) -> str | None:
    """Say what is wrong with the leaf of a move; `former` is its row, `before` the name till then.

    Of its two proofs the first is by a key of the former name, the second by one of the new.
    """
    issuer = str(document.get("issuer"))
    expected = stated(former, log=log, issuer_did=issuer)
    if before != former.issuer_did or any(
        document.get(name) != value for name, value in expected.items()
    ):
        return "it is not what its document says"
    try:
        is_signed = all(
            _verifies(document, one, did, trust)
            for one, did in zip(proofs_of(document), (former.issuer_did, issuer), strict=True)
        )
    except (DocumentRefused, KeyError, TypeError, ValueError):
        is_signed = False
    return None if is_signed else "its document is not signed under both names"


def _verifies(document: Document, proof: Document, did: str, trust: Trust) -> bool:
    key = trust.assertion_key(did, proof["verificationMethod"])
    return key is not None and verifies(document, proof, key)
