"""A photo or scan that a form brings along, kept as evidence before anything else is read."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from api.v1.evidence import AddedBy, AddedEvidenceView, hand_in_own
from api.web.forms import Form
from api.web.page import Page
from api.web.uploaded import read_upload
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.evidence.add import EvidenceKind

PHOTO, EVIDENCE = "photo", "evidence"


async def keep_photo(page: Page, form: Form) -> Form:
    """Keep the photo of a form as hers, if there is one; gives the form with what is kept.

    So that a form that is refused for something else need not bring it again. Raises
    `InvalidInput` that names the photo.
    """

    async def take(content: bytes) -> AddedEvidenceView:
        by = AddedBy(page.actor.id, EvidenceKind.CERTIFICATE)
        return await hand_in_own("me", content, page.actor, page.bank, by)

    return await keep_with(take, page, form)


async def keep_with(
    take: Callable[[bytes], Awaitable[AddedEvidenceView]], page: Page, form: Form
) -> Form:
    """Keep the photo of a form, if there is one, as `take` does; raises `InvalidInput`."""
    content = await read_upload(page.request, PHOTO)
    if not content:
        return form
    try:
        added = await take(content)
    except Refusal as refusal:
        facts = dict(refusal.facts)
        raise InvalidInput([FieldProblem(field=PHOTO, code=refusal.code, facts=facts)]) from None
    return replace(form, values={**form.values, EVIDENCE: [*form.texts(EVIDENCE), added.id]})
