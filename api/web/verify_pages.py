"""The pages that answer an employer who scanned a learning pass or typed its code. No login."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from api.dependencies import CurrentBank, Limited, Public
from api.throttling import VERIFYING
from api.verification_view import shown_outcome
from api.web.glosses import GLOSSES
from api.web.shown_credentials import shown_credential
from api.web.verdicts import CLASSES, PIN_PROBLEMS, STANDINGS, tell, tell_check
from certificates.pass_claims import PassClaims, PassOutcome
from certificates.report import CheckName
from certificates.token import is_token
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.passes.presented import Presented
from creditbank.passes.verify import token_in
from creditbank.verification.report import Report, has_failed

router = APIRouter(include_in_schema=False, dependencies=[Public])

NO_STORE = {"Cache-Control": "no-store"}
TYPED_LENGTH_MAX = 1 << 16
"""The text of a pass over fifty outcomes is shorter."""

LIMITED = [Depends(Limited(VERIFYING))]

_templates = Jinja2Templates(directory=Path(__file__).parent / "templates")


@router.get("/verify", response_class=HTMLResponse)
def verify_form(request: Request) -> Response:
    """Ask for a pass code."""
    return _page(request, "verify_form.html", {"is_unreadable": False, "typed": ""})


@router.post("/verify", response_class=HTMLResponse, dependencies=LIMITED)
def verify_typed(
    request: Request, bank: CurrentBank, code: Annotated[str, Form()] = ""
) -> Response:
    """Answer a typed code: a token by its own address, an offline pass's text at once.

    What cannot be read comes back in the field, to be mended.
    """
    token = token_in(code)
    if token is not None:
        return RedirectResponse(f"/verify/{token}", status_code=303)
    typed = code[:TYPED_LENGTH_MAX]
    report = bank.verifier.verify(typed, bank.clock())
    if has_failed(report.checks, CheckName.FORMAT):
        return _page(request, "verify_form.html", {"is_unreadable": True, "typed": typed})
    return _result(request, bank, report)


@router.get("/V/{token}", response_class=HTMLResponse, dependencies=LIMITED)
@router.get("/verify/{token}", response_class=HTMLResponse, dependencies=LIMITED)
def verify_token(request: Request, bank: CurrentBank, token: str) -> Response:
    """Answer a scanned pass: one line first, then the signed content and every check."""
    code = token if is_token(token) else token_in(token) or ""
    return _result(request, bank, bank.verifier.verify(code, bank.clock()))


@router.post("/verify/{token}", response_class=HTMLResponse, dependencies=LIMITED)
def verify_with_pin(
    request: Request, bank: CurrentBank, token: str, pin: Annotated[str, Form(max_length=8)] = ""
) -> Response:
    """Answer a scanned pass whose holder asks for a PIN."""
    code = token if is_token(token) else token_in(token) or ""
    presented = Presented(pin=pin.strip())
    return _result(request, bank, bank.verifier.verify(code, bank.clock(), presented))


def _result(request: Request, bank: Bank, report: Report) -> Response:
    content: dict[str, object] = {
        "pin_problem": _pin_problem(report),
        "glosses": GLOSSES,
        "credential": None if report.credential is None else shown_credential(report.credential),
        "told": tell(report),
        "checks": [tell_check(check) for check in report.checks],
        "content": None if report.content is None else _shown(report.content, report),
        "successors": report.successors,
        "now": _civil(bank.clock()),
    }
    return _page(request, "verify_result.html", content)


def _pin_problem(report: Report) -> str | None:
    """Give why a PIN is asked for, None where none is."""
    problems = {one.problem for one in report.checks if one.name == CheckName.HOLDER}
    return next((one for one in problems if one in PIN_PROBLEMS), None)


def _shown(claims: PassClaims, report: Report) -> dict[str, object]:
    standings = {one.index: one.certification for one in report.evidence}
    validity = {one.index: one for one in report.validity}
    return {
        "issuer": claims.issuer,
        "log": claims.log,
        "holder": claims.holder,
        "purpose": claims.purpose,
        "purpose_gloss": GLOSSES.get(claims.purpose or ""),
        "audience": claims.audience,
        "issued_at": _civil(claims.issued_at),
        "expires_at": _civil(claims.expires_at),
        "outcomes": [
            {
                **_shown_outcome(one, standings.get(one.index)),
                "validity": validity.get(one.index),
            }
            for one in claims.outcomes
        ],
    }


def _shown_outcome(outcome: PassOutcome, certification: str | None) -> dict[str, object]:
    return {
        **shown_outcome(outcome).model_dump(),
        "certification": STANDINGS.get(certification or ""),
        "outcome_class": CLASSES[outcome.outcome_class],
        "result_gloss": GLOSSES.get(outcome.result),
        "grade_scale_gloss": GLOSSES.get(outcome.grade_scale or ""),
    }


def _civil(moment: datetime) -> str:
    return moment.astimezone(CIVIL_TIME).strftime("%Y-%m-%d %H:%M")


def _page(request: Request, name: str, content: dict[str, object]) -> Response:
    return _templates.TemplateResponse(request, name, content, headers=NO_STORE)
