from datetime import UTC, datetime

import pytest

from certificates.keys import Purpose, SigningKey
from certificates.signer import SecretSigner


@pytest.fixture(scope="session")
def key() -> SigningKey:
    """Give one key for all examples."""
    created_at = datetime(2026, 1, 1, tzinfo=UTC)
    return SigningKey(
        purpose=Purpose.PASS, created_at=created_at, signer=SecretSigner(bytes(range(32)))
    )
