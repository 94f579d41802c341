"""One outcome as a record on paper; its technical proof is folded, and checked in the browser."""

from fastapi import APIRouter
from starlette.responses import Response

from api.v1.disclosures import DisclosureView, read_disclosure
from api.web.citizen.dispute import dispute_under_way
from api.web.citizen.outcomes import own_outcome
from api.web.names import institution_names
from api.web.page import CitizenPage, Page
from ledger.merkle import leaf_hash

router = APIRouter(include_in_schema=False)

PROVED = ("title", "provider", "result", "awarded_on")
"""What the proof discloses beside the entry itself; every outcome states these."""


@router.get("/me/outcomes/{outcome_id}")
def show_outcome(page: CitizenPage, outcome_id: str) -> Response:
    """Show who attested what and when, and below it the proof."""
    outcome = own_outcome(page, outcome_id)
    proof = _proof(page, outcome_id)
    dispute = dispute_under_way(page, outcome_id)
    holders = {dispute.institution} if dispute is not None and dispute.institution else set()
    return page.show(
        "citizen/outcome.html",
        outcome=outcome,
        dispute=dispute,
        holder=next(iter(institution_names(page.bank, holders).values()), None),
        proof=proof,
        leaf_hash=leaf_hash(proof.leaf.encode()).hex(),
        proof_text=proof.model_dump_json(),
    )


@router.get("/me/outcomes/{outcome_id}/proof.json")
def give_proof(page: CitizenPage, outcome_id: str) -> Response:
    """Give the proof as a file, which any offline verifier reads."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="proof-{outcome_id[:12]}.json"',
    }
    text = _proof(page, outcome_id).model_dump_json()
    return Response(text, media_type="application/json", headers=headers)


def _proof(page: Page, outcome_id: str) -> DisclosureView:
    return read_disclosure("me", outcome_id, page.actor, page.bank, list(PROVED))
