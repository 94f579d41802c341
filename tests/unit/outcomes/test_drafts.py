"""Files that were checked and not handed in: whose they are, and how long they are kept."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.batches.drafts import (
    DRAFT_SECONDS,
    Draft,
    draft_key,
    is_fresh,
    is_overdue,
    shown_name,
    sweep,
)
from creditbank.outcomes.batches.uploads import Uploads

OWNER = "login-clerk"


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    """A folder of uploads."""
    return Uploads(tmp_path, os.urandom)


@pytest.fixture
def key(uploads: Uploads) -> AccountKey:
    """The key of a file that was checked."""
    made = AccountKey(os.urandom(16).hex(), os.urandom(32))
    uploads.make(made.account_id)
    draft = Draft(
        institution_id="i", by=OWNER, filename="a.csv", media_type="x", may_open_accounts=True
    )
    draft.keep(uploads, made)
    return made


def test_a_draft_opens_for_its_sender_with_its_key(uploads: Uploads, key: AccountKey) -> None:
    """The key is in her browser, as hex digits."""
    presented = draft_key(key.account_id, key.secret.hex())
    assert Draft.find(uploads, presented, OWNER).filename == "a.csv"


@pytest.mark.parametrize("secret", ["", "zz", "00" * 31, "00" * 33, "../../key"])
def test_what_is_no_key_opens_nothing(key: AccountKey, secret: str) -> None:
    """However it looks."""
    with pytest.raises(Refusal, match="draft-gone"):
        draft_key(key.account_id, secret)


def test_another_key_another_person_and_another_place_find_nothing(
    uploads: Uploads, key: AccountKey
) -> None:
    """All of them are told the same."""
    for other, by in (
        (AccountKey(key.account_id, os.urandom(32)), OWNER),
        (key, "login-other"),
        (AccountKey(os.urandom(16).hex(), key.secret), OWNER),
    ):
        with pytest.raises(Refusal, match="draft-gone"):
            Draft.find(uploads, other, by)
    with pytest.raises(Refusal, match="draft-gone"):
        draft_key("../keys", key.secret.hex())


def test_a_draft_is_kept_a_day_and_then_swept(uploads: Uploads, key: AccountKey) -> None:
    """While somebody works at it, it stays; what is no draft is left to those who made it."""
    now = datetime.now(UTC)
    later = now + timedelta(seconds=DRAFT_SECONDS + 5)
    other = os.urandom(16).hex()
    uploads.make(other)
    assert (is_fresh(uploads, key.account_id, now), is_fresh(uploads, key.account_id, later)) == (
        True,
        False,
    )
    assert not is_overdue(uploads, other, later)

    with uploads.held(key.account_id):
        sweep(uploads, lambda one: not is_overdue(uploads, one, later))
        assert key.account_id in uploads.present()
    sweep(uploads, lambda one: not is_overdue(uploads, one, later))
    assert uploads.present() == [other]


@pytest.mark.parametrize("name", ["C:\\成绩\\a.csv", "x/y/a.csv", "a.csv"])
def test_of_a_name_the_last_part_is_shown(name: str) -> None:
    """Some browsers send the whole path."""
    assert shown_name(name) == "a.csv"
