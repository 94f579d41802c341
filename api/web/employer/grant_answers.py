"""What is seen of a standing grant, as a page shows it: verdict, changes, signed content."""

from dataclasses import dataclass

from starlette.responses import Response

from api.v1.grants import ChangeView, OutcomeSinceView, look_view
from api.web.employer.answers import in_language, keep_language, shown_content
from api.web.forms import Form
from api.web.page import Page
from api.web.verdicts import (
    EXPIRED_CERTIFICATE,
    REASONS,
    VERDICTS,
    Spoken,
    Told,
    tell,
    tell_check,
)
from certificates.pass_claims import PassClaims
from creditbank.grants.look import Look
from creditbank.outcomes.status import OutcomeStatus
from creditbank.verification.report import Reason, Report, Verdict

_CORRECTED, _EXPIRED = REASONS[Reason.SUPERSEDED], EXPIRED_CERTIFICATE
OF_GRANTS = {
    _CORRECTED: Told(
        _CORRECTED.sign,
        _CORRECTED.tone,
        _CORRECTED.zh,
        _CORRECTED.en,
        "成果已有更正后的记录，请持有人就更正后的记录重新授权。",
        "The record was corrected. Ask its holder to grant the corrected one.",
    ),
    _EXPIRED: Told(
        _EXPIRED.sign,
        _EXPIRED.tone,
        _EXPIRED.zh,
        _EXPIRED.en,
        "授权有效，但所示证书的有效期已满；其在更早日期是否有效，可向颁发机构查询。",
        "The grant holds, but a certificate that it shows has run out. "
        "Ask its institution whether it was valid on an earlier day.",
    ),
}
"""What an answer means where it speaks of a pass, which nobody has here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """One outcome that a grant shows: how it stands now, and what befell it since."""

    title: str
    title_en: str | None
    told: Spoken
    valid_until: str | None
    changes: list[ChangeView]


def show_look(page: Page, look: Look, report: Report, form: Form) -> Response:
    """Show what is seen, in the language that was asked for beside what is posted."""
    page, seen, told = in_language(page, form), look_view(look), tell(report)
    content = report.content
    response = page.show(
        "employer/grant_seen.html",
        form=form,
        id=seen.id,
        now=page.bank.clock(),
        told=OF_GRANTS.get(told, told).spoken(page.language),
        checks=[tell_check(one, page.language) for one in report.checks],
        content=None if content is None else shown_content(content, report),
        successors=report.successors,
        stands=[] if content is None else _stands(content, seen.outcomes, page.language),
        since=seen.since,
        changed=seen.changed,
    )
    return keep_language(page, form, response)


def _stands(content: PassClaims, outcomes: list[OutcomeSinceView], language: str) -> list[Stands]:
    named = {one.index: one for one in content.outcomes}
    return [
        Stands(
            title=named[one.entry_index].title,
            title_en=named[one.entry_index].title_en,
            told=_now(one).spoken(language),
            valid_until=one.valid_until,
            changes=one.changes,
        )
        for one in outcomes
    ]


def _now(one: OutcomeSinceView) -> Told:
    if one.status is not OutcomeStatus.ACTIVE:
        return REASONS[Reason(one.status)]
    return EXPIRED_CERTIFICATE if one.expired else VERDICTS[Verdict.VALID]
