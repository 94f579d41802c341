"""Who may take a step of a chain: a person of the institution that acts, in the role it names."""

from collections.abc import Mapping
from datetime import date

from creditbank.access.roles import Role
from creditbank.access.staff import StaffLogin
from creditbank.conversion.workflow import ChainStep
from creditbank.errors import Refusal
from creditbank.filings.chain import REVIEWS, Act
from creditbank.filings.known import Known
from creditbank.filings.queries import StoredFiling
from creditbank.institutions.tree import tree_on

_WEIGHING: frozenset[Role] = frozenset(
    {Role.DIRECTOR, Role.CHECKER, Role.EXPERT, Role.INSTITUTION_ADMINISTRATOR}
)
_RECEIVING = _WEIGHING | {Role.CLERK}
_UNNAMED: Mapping[str, frozenset[Role]] = {"acceptance": _RECEIVING}
"""Who takes a step for which its rule names no role."""
_BY_HER = (Act.FILED, Act.ANSWERED)
"""Acts that she takes herself, or a clerk at the counter for her."""


def require_may_see(
    known: Known, filing: StoredFiling, institution: str, bank: str, on: date
) -> None:
    """Refuse ("not-found") staff of an institution whose subtree the filing is not of.

    Those of the bank itself see every filing, since a chain may ask them.
    """
    covers = tree_on(known.histories, on).covers
    if institution != bank and not covers(institution, filing.institution_id):
        raise Refusal("not-found")


def require_may_take(  # noqa: PLR0913, PLR0917 - who, what, where and when
    known: Known, filing: StoredFiling, step: ChainStep, login_id: str, bank: str, on: date
) -> None:
    """Refuse whom the step does not ask.

    Raises a `Refusal`: "filing-not-theirs", "filing-role-needed", and "filing-same-person" for who
    filed or answered it for its learner or passed a review of it, where this is a review.
    """
    login = known.staff.get(login_id)
    if login is None:
        raise Refusal("forbidden")
    acting = bank if step.by == "bank" else filing.institution_id
    if not tree_on(known.histories, on).covers(login.institution_id, acting):
        raise Refusal("filing-not-theirs", step=step.step, by=step.by)
    _require_role(step, login)
    if step.step in REVIEWS and login_id in _weighed(known, filing):
        raise Refusal("filing-same-person")


def _require_role(step: ChainStep, login: StaffLogin) -> None:
    if step.role is not None:
        wanted = frozenset({Role(step.role)})
    elif step.by == "committee":
        wanted = frozenset({Role.EXPERT})
    else:
        wanted = _UNNAMED.get(step.step, _WEIGHING)
    if wanted.isdisjoint(login.roles):
        named = tuple(sorted(role.value for role in wanted))
        raise Refusal("filing-role-needed", step=step.step, roles=named)


def _weighed(known: Known, filing: StoredFiling) -> set[str]:
    """Give who filed or answered it, passed a review, or took a step of what it appeals against."""
    own = {
        one.taken_by
        for one in known.steps.get(filing.id, ())
        if one.act in _BY_HER or (one.act == Act.PASSED and one.step in REVIEWS)
    }
    before = {one.taken_by for one in known.steps.get(filing.appeal_of or "", ())}
    return own | before
