"""What the pages say of a report: one line in both languages, and a word for every check."""

import pytest

from api.web.verdicts import CHECKS, REASONS, RESULTS, VERDICTS, tell
from certificates.report import CheckName, CheckResult
from creditbank.verification.report import Reason, Report, Verdict


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_told_in_both_languages(verdict: Verdict) -> None:
    """The line, and below it what it means and what to do."""
    told = tell(Report(verdict=verdict, checks=()))
    assert told is VERDICTS[verdict]
    assert all((told.zh, told.en, told.means_zh, told.means_en, told.sign))


@pytest.mark.parametrize("reason", list(Reason))
def test_a_reason_is_told_instead_of_its_verdict(reason: Reason) -> None:
    """Nobody is told of a revocation who corrected a clerk's error or stopped a share."""
    told = tell(Report(verdict=Verdict.REVOKED, reason=reason, checks=()))
    assert told is REASONS[reason]
    assert (told is VERDICTS[Verdict.REVOKED]) == (reason == Reason.REVOKED)


def test_tones_are_good_for_valid_alone() -> None:
    """Whatever is not plainly valid looks so."""
    told = [*VERDICTS.values(), *REASONS.values()]
    assert [one for one in told if one.tone == "good"] == [VERDICTS[Verdict.VALID]]


def test_every_check_and_result_has_a_name() -> None:
    """The table of checks has no gap."""
    assert set(CHECKS) == set(CheckName)
    assert set(RESULTS) == set(CheckResult)
