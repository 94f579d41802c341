import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from certificates.keys import KeyRing, MakeSigner, Purpose, SigningKey, create_key_ring
from certificates.pass_claims import PassClaims, PassOutcome
from certificates.signer import SecretSigner

ISSUED_AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TITLES = ("高等数学", "大学英语", "线性代数", "数据结构", "操作系统", "概率统计")


@pytest.fixture
def entropy() -> Callable[[int], bytes]:
    """Give bytes that are the same in every run, and never twice the same within one."""
    asked = 0

    def give(size: int) -> bytes:
        nonlocal asked
        asked += 1
        return hashlib.shake_256(asked.to_bytes(4, "big")).digest(size)

    return give


@pytest.fixture
def make(entropy: Callable[[int], bytes]) -> MakeSigner:
    """Make the signers of new keys, secrets in memory."""
    return lambda purpose: SecretSigner.make(purpose.suite, entropy)


@pytest.fixture
def ring(make: MakeSigner) -> KeyRing:
    """Give a ring with a key for the log and one for passes."""
    return create_key_ring((Purpose.CHECKPOINT, Purpose.PASS), now=ISSUED_AT, make=make)


@pytest.fixture
def key(ring: KeyRing) -> SigningKey:
    """Give the key that signs passes."""
    return ring.current(Purpose.PASS)


@pytest.fixture
def claims() -> PassClaims:
    """Give a pass of six courses of one college, as a citizen would print it."""
    return PassClaims(
        issuer="did:web:xfyh.gz.cn",
        log="xfyh.gz.cn/ledger",
        pass_id=bytes.fromhex("8f3c0e5d21b74a9690c8"),
        issued_at=ISSUED_AT,
        expires_at=datetime(2026, 9, 1, tzinfo=UTC),
        holder="王小明",
        status_place=262_143,
        outcomes=tuple(
            PassOutcome(
                index=100_000 + 7_919 * place,
                title=title,
                provider="广州开大",
                outcome_class="formal",
                awarded_on=f"2013-0{place + 1}-29",
                result="合格",
                credits=3_000,
            )
            for place, title in enumerate(TITLES)
        ),
    )
