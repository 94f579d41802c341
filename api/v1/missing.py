"""What one still lacks in one's own enrolment: the audit 缺口 of a programme."""

from fastapi import APIRouter
from pydantic import Field

from api.dependencies import Citizen, CurrentBank
from api.response import Response
from api.v1.account_keys import account_key
from creditbank.conversion.amounts import Credits
from creditbank.conversion.days import civil_day
from creditbank.credits.proposals import stand
from creditbank.planning.missing import Audit, CapRoom
from creditbank.planning.missing import audit as audited

router = APIRouter(prefix="/api/v1/enrolments", tags=["conversions"])


class LackView(Response):
    """Credit that is asked for, what of it counts today, and what is missing."""

    required: str = Field(examples=["80"], description="Credits that the plan asks for.")
    covered: str = Field(examples=["6"], description="Credits that count today.")
    missing: str = Field(examples=["74"], description="Credits that are lacking.")


class CategoryLackView(LackView):
    """The same of a category 课程模块."""

    category: str = Field(examples=["专业课"])


class SlotLackView(LackView):
    """The same of a course 目标课程 of the plan."""

    slot: str = Field(examples=["DQ-1"])
    category: str = Field(examples=["专业课"])
    is_exempted: bool = Field(description="It need not be taken 免修; it lacks nothing.")
    may_be_converted: bool = Field(description="False where no conversion may fill it.")
    results: list[str] = Field(
        description="Ids of the school's own results for it. Whether they are passed is for the "
        "school to say: they cover nothing here."
    )


class CapView(Response):
    """What a cap leaves: in credits, or in certificates for the kind `certificates`."""

    kind: str = Field(examples=["programme"])
    rule: str | None = Field(description="Whose cap it is; absent for one of the plan.")
    category: str | None
    key: str | None = Field(description="Provider, or first day of the period, counted apart.")
    basis: str = Field(examples=["applied"], description="`applied` 计入 or `recognised` 认定.")
    limit: str | None = Field(examples=["40"], description="Null where it cannot be known.")
    used: str = Field(examples=["6"])
    left: str | None = Field(examples=["34"], description="Limit less used.")
    is_full: bool

    @classmethod
    def of(cls, room: CapRoom) -> "CapView":
        """Show a cap."""
        return cls(
            kind=room.kind,
            rule=room.rule,
            category=room.category,
            key=room.key,
            basis=room.basis,
            limit=_amount(room, room.limit),
            used=_amount(room, room.used) or "0",
            left=_amount(room, room.left),
            is_full=room.left == 0,
        )


class MissingView(Response):
    """What is missing in an enrolment, by what counts today alone."""

    programme: str
    plan_version: str
    total: LackView
    categories: list[CategoryLackView]
    slots: list[SlotLackView]
    caps: list[CapView]


@router.get("/{enrolment_id}/missing")
def show_missing(enrolment_id: str, actor: Citizen, bank: CurrentBank) -> MissingView:
    """Show what one's own enrolment lacks, slot by slot, and what each cap still leaves.

    Caps of the plan are shown, and those of rules that gave something already.
    """
    key = account_key(actor.account, bank)
    with bank.readers.reading() as connection:
        standing = stand(
            connection, key, bank.keystore.secrets, enrolment_id, civil_day(bank.clock())
        )
    programme, audit = standing.enrolled.programme, audited(standing.question)
    return MissingView(
        programme=programme.code,
        plan_version=programme.version,
        total=LackView(**_lack(audit.plan.credits, audit.covered, audit.missing)),
        categories=_categories(audit),
        slots=_slots(audit),
        caps=[CapView.of(one) for one in audit.caps],
    )


def _categories(audit: Audit) -> list[CategoryLackView]:
    return [
        CategoryLackView(
            category=one.category.code, **_lack(one.category.credits, one.covered, one.missing)
        )
        for one in audit.categories
    ]


def _slots(audit: Audit) -> list[SlotLackView]:
    return [
        SlotLackView(
            slot=one.slot.code,
            category=one.slot.category,
            is_exempted=one.is_exempted,
            may_be_converted=one.slot.is_exemptible,
            results=list(one.results),
            **_lack(one.slot.credits, one.covered, one.missing),
        )
        for one in audit.slots
    ]


def _lack(required: Credits, covered: Credits, missing: Credits) -> dict[str, str]:
    return {"required": str(required), "covered": str(covered), "missing": str(missing)}


def _amount(room: CapRoom, amount: int | None) -> str | None:
    if amount is None:
        return None
    return str(amount) if room.kind == "certificates" else str(Credits(milli=amount))
