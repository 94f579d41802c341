"""The words of a verification report: named checks, each passed, failed or skipped."""

from dataclasses import dataclass
from enum import StrEnum


class CheckName(StrEnum):
    """What is looked at, in this order."""

    FORMAT = "format"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    LEDGER = "ledger"
    STATUS = "status"
    DATES = "dates"
    HOLDER = "holder"


class CheckResult(StrEnum):
    """What came of it."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check; `problem` is a code where it failed or could not be made."""

    name: CheckName
    result: CheckResult
    problem: str | None = None


def passed(name: CheckName) -> Check:
    """Give a passed check."""
    return Check(name=name, result=CheckResult.PASSED)


def failed(name: CheckName, problem: str) -> Check:
    """Give a failed check."""
    return Check(name=name, result=CheckResult.FAILED, problem=problem)


def skipped(name: CheckName, problem: str | None = None) -> Check:
    """Give a check that was not made."""
    return Check(name=name, result=CheckResult.SKIPPED, problem=problem)
