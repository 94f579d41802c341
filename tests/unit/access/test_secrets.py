"""Secrets of programs and passwords of people."""

import os

import pytest

from creditbank.access.passwords import hash_password, is_password
from creditbank.access.secret_text import SecretKind, SecretText
from creditbank.errors import InvalidInput, Refusal


def test_a_secret_is_read_as_it_was_written_and_matches_its_own_hash_only() -> None:
    """What is stored opens nothing."""
    made = SecretText.make(SecretKind.API_KEY, os.urandom)
    other = SecretText.make(SecretKind.API_KEY, os.urandom)

    read = SecretText.parse(str(made))

    assert (read.kind, read.id) == (SecretKind.API_KEY, made.id)
    assert read.matches(made.hash)
    assert not read.matches(other.hash)
    assert not read.matches(None)
    assert made.secret not in repr(made)


@pytest.mark.parametrize("text", ["", "cbk", "cbk_", "cbk_123", "abc_123_456", "Bearer cbk_1_2"])
def test_what_is_no_secret_is_refused(text: str) -> None:
    """Alike for every fault."""
    with pytest.raises(Refusal, match="unauthenticated"):
        SecretText.parse(text)


def test_a_password_matches_its_own_hash_only() -> None:
    """In argon2id's own printed form, with a salt of its own."""
    stored = hash_password("正确的 密码 8", os.urandom)

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored != hash_password("正确的 密码 8", os.urandom)
    assert is_password("正确的 密码 8", stored)
    assert not is_password("正确的 密码 9", stored)
    assert not is_password("正确的 密码 8", None)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 129])
def test_a_password_that_is_too_short_or_too_long_is_refused(password: str) -> None:
    """With both bounds in the remedy."""
    with pytest.raises(InvalidInput) as refusal:
        hash_password(password, os.urandom)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.facts["length_min"]) == ("password-length", 8)
