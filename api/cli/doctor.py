"""Examine the installation and say for each part what to mend."""

from importlib.resources import files
from typing import Any

import typer
import yaml

from api.cli.options import AsJson
from api.cli.output import Exit, answering, language, print_result
from api.problems import fill
from creditbank.bank import utc_now
from creditbank.doctor.examine import examine
from creditbank.doctor.finding import Finding
from creditbank.settings import Settings


def doctor(*, as_json: AsJson = False) -> None:
    """Examine databases, log, key files, fonts and all else it stands on; exit 1 when one fails."""
    with answering():
        findings = examine(Settings(), utc_now)
    told = {finding.part: _told(finding) for finding in findings}
    is_passed = all(finding.is_passed for finding in findings)
    if as_json:
        print_result({"passed": is_passed, "parts": told}, as_json=True)
    else:
        lines = {part: f"{one['result']} · {one['detail']}" for part, one in told.items()}
        print_result(lines, as_json=False)
    if not is_passed:
        raise typer.Exit(Exit.NEGATIVE)


def _told(finding: Finding) -> dict[str, object]:
    words: dict[str, Any] = yaml.safe_load(
        files("api.cli").joinpath("doctor.yaml").read_text("utf-8")
    )
    return {
        "result": "passed" if finding.is_passed else "failed",
        "code": finding.code,
        "detail": fill(words[finding.code][language()], finding.facts, language()),
    }
