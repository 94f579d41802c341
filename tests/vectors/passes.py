"""Golden passes: one key, one issuer, and what every door says of each text."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from certificates.keys import Purpose, SigningKey
from certificates.signer import SecretSigner

ISSUED_AT = datetime(2026, 6, 1, tzinfo=UTC)
KEY = SigningKey(purpose=Purpose.PASS, created_at=ISSUED_AT, signer=SecretSigner(bytes(range(32))))
ISSUER = "did:web:bank.example"
VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "passes.json").read_text("utf-8")
)
"""Each has a name, a text, the time at which it is verified, and the report."""

PRINTED: str = VECTORS[0]["text"]
