"""Tests of a bank that posts to a receiver, with a clock that stands until it is moved."""

import pytest

from creditbank.bank import Bank
from tests.fixtures.clocks import Clock


@pytest.fixture
def bank(posting_bank: Bank) -> Bank:
    """The bank that posts."""
    return posting_bank


@pytest.fixture
def clock(standing_clock: Clock) -> Clock:
    """Its clock."""
    return standing_clock


@pytest.fixture
def school(posting_school: str) -> str:
    """An institution of it."""
    return posting_school
