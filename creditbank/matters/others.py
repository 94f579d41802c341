"""Who may not decide an appeal: whoever decided before, or took it or an answer of hers down.

Another person of the institution does, or one of an institution above it.
"""

from collections.abc import Collection

from sqlalchemy import Connection

from creditbank.errors import Refusal
from creditbank.matters.matter import MatterKind, StepKind
from creditbank.matters.queries import Matter, steps_of

_BY_HER = (StepKind.FILED, StepKind.ANSWERED)
"""Steps that she takes herself, or a clerk at the counter for her."""


def barred_from(connection: Connection, matters: Collection[Matter]) -> dict[str, frozenset[str]]:
    """Give the logins that may not decide each of these appeals; what is no appeal is left out."""
    appeals = [one for one in matters if is_appeal(one)]
    earlier = {one.appeal_of for one in appeals if one.appeal_of is not None}
    steps = steps_of(connection, {one.id for one in appeals} | earlier)
    return {
        one.id: frozenset(
            {step.taken_by for step in steps[one.id] if step.kind in _BY_HER}
            | {step.taken_by for step in steps.get(one.appeal_of or "", ())}
        )
        for one in appeals
    }


def is_appeal(matter: Matter) -> bool:
    """Say whether a matter asks that something decided be decided again."""
    return matter.appeal_of is not None or matter.kind == MatterKind.CONVERSION_APPEAL


def require_another(login_id: str, barred: Collection[str]) -> None:
    """Refuse whom an appeal does not ask; raises `Refusal("matter-same-person")`."""
    if login_id in barred:
        raise Refusal("matter-same-person")
