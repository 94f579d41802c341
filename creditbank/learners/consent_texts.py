"""The texts that are consented to: data in both languages, and public documents on the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import cast

import rfc8785

from creditbank.plain_yaml import load_plain_yaml

DOCUMENT_TYPE = "application/vnd.creditbank.consent+json"
_FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """One item's text as it stands now; `document` is what the ledger serves (JCS, RFC 8785)."""

    purpose: str
    version: str
    en: str
    zh: str

    @property
    def document(self) -> bytes:
        """The public document."""
        return rfc8785.dumps({name: getattr(self, name) for name in ConsentText.__slots__})

    @property
    def sha256(self) -> str:
        """The document's SHA-256 in hex digits, by which a consent names it."""
        return sha256(self.document).hexdigest()


@cache
def consent_texts() -> Mapping[str, ConsentText]:
    """Give the texts by their purpose."""
    items = cast("dict[str, dict[str, str]]", load_plain_yaml(_FILE.read_text("utf-8")))
    return MappingProxyType(
        {purpose: ConsentText(purpose=purpose, **item) for purpose, item in items.items()}
    )
