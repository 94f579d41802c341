"""A printed pass cannot be changed: whatever is done to its text, it never verifies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditbank.verification.compose import Trust
from creditbank.verification.offline import verify_offline
from creditbank.verification.report import Report, Verdict
from tests.vectors.passes import ISSUED_AT, ISSUER, KEY, PRINTED

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
TRUST = Trust(pass_keys={KEY.kid: KEY.verification_key}, issuer=ISSUER, log_keys=[])


def verified(text: str) -> Report:
    """Verify a text while the pass holds."""
    return verify_offline(text, trust=TRUST, now=ISSUED_AT)


def is_refused(text: str) -> bool:
    """Say whether a text is refused and nothing of it shown."""
    report = verified(text)
    return report.verdict in {Verdict.ALTERED, Verdict.UNKNOWN, Verdict.UNCONFIRMED} and (
        report.content is None
    )


@pytest.mark.parametrize("position", range(len(PRINTED)))
def test_any_other_symbol_in_any_place_is_refused(position: int) -> None:
    """Every symbol of the alphabet, and its lower case, is tried in every place."""
    before, after = PRINTED[:position], PRINTED[position + 1 :]
    others = set(BASE45 + PRINTED[position].lower()) - {PRINTED[position]}
    assert all(is_refused(f"{before}{other}{after}") for other in others)


@pytest.mark.parametrize("position", range(len(PRINTED)))
def test_a_symbol_left_out_or_doubled_is_refused(position: int) -> None:
    """Lengths count too."""
    before, symbol, after = PRINTED[:position], PRINTED[position], PRINTED[position + 1 :]
    assert is_refused(before + after)
    assert is_refused(f"{before}{symbol}{symbol}{after}")


@given(st.integers(0, len(PRINTED)), st.text(min_size=1, max_size=8))
def test_nothing_can_be_added(position: int, added: str) -> None:
    """Text of any script, in any place."""
    assert is_refused(PRINTED[:position] + added + PRINTED[position:])


@given(st.text())
def test_no_other_text_verifies(text: str) -> None:
    """Whatever is shown, the answer is a report."""
    assert is_refused(text)
    assert is_refused(f"LP1:{text}")


def test_folding_the_case_is_refused() -> None:
    """The alphabet has no lower case."""
    assert is_refused(PRINTED.lower())
    assert is_refused(PRINTED.swapcase())


def test_the_text_itself_verifies() -> None:
    """Else all of the above would hold of nothing."""
    assert verified(PRINTED).verdict == Verdict.VALID
