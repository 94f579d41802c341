"""A learner's passes: make one, show it, see who looked, stop it."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.pass_links import pass_link, qr_text
from api.v1.passes import PassRequest, create_pass, end_pass, own_pass, own_passes, read_views
from api.web.citizen.outcomes import every_outcome
from api.web.forms import Form, PostedForm, renamed
from api.web.page import CitizenPage, Page
from certificates.pass_claims import PassClaims
from certificates.qr import png
from certificates.token import typed_form
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.passes.show import HeldPass

router = APIRouter(include_in_schema=False)

PURPOSES = {"job": "求职", "admission": "升学"}
"""What a purpose is called on the pass; it is signed in 中文, and glossed where it is shown."""
OTHER = "other"
DAYS = {"7": 7, "30": 30, "90": 90, "180": 180}
LOOKS_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPass:
    """A pass as pages show it; its state is `shared`, `ended` or `expired`."""

    id: str
    state: str
    views: int
    code: str
    link: str
    claims: PassClaims

    @classmethod
    def of(cls, held: HeldPass, page: Page) -> "ShownPass":
        """Give a pass with its state of now."""
        claims = held.claims
        is_over = claims.expires_at <= page.bank.clock()
        return cls(
            id=held.pass_id,
            state="ended" if held.ended_at is not None else "expired" if is_over else "shared",
            views=held.views,
            code=typed_form(held.token),
            link=pass_link(page.bank, held.token),
            claims=claims,
        )


@router.get("/me/passes")
def show_passes(page: CitizenPage, bank: CurrentBank) -> Response:
    """List her passes, those that are shared first."""
    shown = [ShownPass.of(one, page) for one in own_passes(page.actor, bank)]
    ordered = sorted(shown, key=lambda one: one.state != "shared")
    return page.show("citizen/passes.html", passes=ordered)


@router.get("/me/passes/new")
def ask_pass(page: CitizenPage, outcomes: str = "") -> Response:
    """Ask what to show, for what, and how long."""
    return _form(page, page.form(outcomes=[outcomes], days="30", purpose="job", name="yes"))


@router.post("/me/passes/new")
async def make_pass(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Make a pass, and show it."""
    try:
        body = _read(form, bank.clock())
        made = await create_pass(body, page.actor, bank, form.attempt(page.request), Response())
    except Refusal as refusal:
        named = renamed(refusal, {"purpose": "purpose_other"} if form.has("purpose", OTHER) else {})
        refused = page.refused(form, named, "outcomes", secrets=["pin"])
        return await run_in_threadpool(_form, page, refused, 422)
    return page.go(f"/me/passes/{made.id}", "pass-created")


@router.get("/me/passes/{pass_id}")
def show_pass(page: CitizenPage, pass_id: str, bank: CurrentBank) -> Response:
    """Show a pass with its QR code, what stands on it, and who looked."""
    shown = ShownPass.of(own_pass(pass_id, page.actor, bank), page)
    picture = b64encode(png(qr_text(shown.link))).decode()
    looks = read_views(pass_id, page.actor, bank, LOOKS_SHOWN).views
    return page.show("citizen/pass.html", one=shown, picture=picture, looks=looks)


@router.get("/me/passes/{pass_id}/looks")
def show_looks(page: CitizenPage, pass_id: str, bank: CurrentBank) -> Response:
    """Give the looks at a pass alone, for the page that is open while somebody scans it."""
    looks = read_views(pass_id, page.actor, bank, LOOKS_SHOWN).views
    return page.show("citizen/looks.html", looks=looks)


@router.post("/me/passes/{pass_id}/end")
async def stop_pass(
    page: CitizenPage, pass_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Stop sharing at once; nobody is told anything bad about the learning."""
    del form  # Asked for, so that no other site stops a pass.
    await end_pass(pass_id, page.actor, bank)
    return page.go("/me/passes", "pass-ended")


def _read(form: Form, now: datetime) -> PassRequest:
    """Read what was chosen; raises `InvalidInput` with every field that is missing or wrong."""
    chosen, days = [one for one in form.texts("outcomes") if one], DAYS.get(form.typed("days"))
    missing = [name for name, value in (("outcomes", chosen), ("days", days)) if not value]
    if missing:
        raise InvalidInput([FieldProblem(field=name, code="field-missing") for name in missing])
    purpose = form.chosen("purpose", (*PURPOSES, OTHER)) or OTHER
    return form.read(
        PassRequest,
        outcomes=chosen,
        expires_at=now + timedelta(days=days or 0),
        show_name=form.has("name", "yes"),
        purpose=PURPOSES.get(purpose, form.text("purpose_other")),
        audience=form.text("audience"),
        pin=form.text("pin"),
    )


def _form(page: Page, form: Form, status: int = 200) -> Response:
    outcomes = [one for one in every_outcome(page) if one.status == "active"]
    return page.show("citizen/new_pass.html", status=status, form=form, outcomes=outcomes)
