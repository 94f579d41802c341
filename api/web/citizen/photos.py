"""A photo or scan that a form brings along, kept as evidence before anything else is read."""

from dataclasses import replace

from api.v1.evidence import AddedBy, hand_in_own
from api.web.forms import Form
from api.web.page import Page
from api.web.uploaded import read_upload
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.evidence.add import EvidenceKind

PHOTO, EVIDENCE = "photo", "evidence"


async def keep_photo(page: Page, form: Form) -> Form:
    """Keep the photo of a form, if there is one; gives the form with the id of what is kept.

    So that a form that is refused for something else need not bring it again. Raises
    `InvalidInput` that names the photo.
    """
    content = await read_upload(page.request, PHOTO)
    if not content:
        return form
    try:
        by = AddedBy(page.actor.id, EvidenceKind.CERTIFICATE)
        added = await hand_in_own("me", content, page.actor, page.bank, by)
    except Refusal as refusal:
        facts = dict(refusal.facts)
        raise InvalidInput([FieldProblem(field=PHOTO, code=refusal.code, facts=facts)]) from None
    return replace(form, values={**form.values, EVIDENCE: [*form.texts(EVIDENCE), added.id]})
