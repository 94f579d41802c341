"""Notices: their words, and the times that run from their delivery."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from api.problems import LANGUAGES
from api.v1.notices import notice_words
from creditbank.conversion.working_days import mainland_working_days
from creditbank.learners.notices import Channel, Notice, NoticeSubject, deadline

SENT = Notice(
    id="0",
    account_id="0",
    subject=NoticeSubject.ACCOUNT_FROZEN,
    channel=Channel.LETTER,
    sent_at=0,
    delivered_at=None,
    read_at=None,
    sealed_facts=b"",
)


def test_no_time_runs_before_a_notice_is_delivered() -> None:
    """A letter in a drawer costs nobody a right."""
    assert deadline(SENT, 10, mainland_working_days()) is None


def test_a_time_of_working_days_runs_from_the_day_of_delivery_in_shanghai() -> None:
    """Delivered late on 31 December UTC is delivered on New Year's Day, a holiday."""
    moment = datetime(2025, 12, 31, 17, tzinfo=UTC)
    delivered = replace(SENT, delivered_at=int(moment.timestamp()))
    assert deadline(delivered, 1, mainland_working_days()) == date(2026, 1, 4)
    assert deadline(delivered, 6, mainland_working_days()) == date(2026, 1, 9)


@pytest.mark.parametrize("subject", NoticeSubject)
def test_every_subject_has_words_with_the_same_facts_in_both_languages(
    subject: NoticeSubject,
) -> None:
    """Nobody is told less in one language."""
    words = notice_words().kinds[subject]
    for part in (words.title, words.remedy):
        facts = {tuple(sorted(re.findall(r"\{\w+\}", part[one]))) for one in LANGUAGES}
        assert len(facts) == 1


def test_no_words_are_left_over() -> None:
    """What nobody sends has no words."""
    assert notice_words().kinds.keys() == set(NoticeSubject)
