"""The six named roles of staff, and what each may do within its institution's subtree."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from creditbank.access.actor import Scope


class Role(StrEnum):
    """What a member of staff is to an institution; one person may have several."""

    DIRECTOR = "director"  # 主任
    CLERK = "clerk"  # 经办
    CHECKER = "checker"  # 复核
    EXPERT = "expert"  # 专家
    INSTITUTION_ADMINISTRATOR = "institution_administrator"  # 机构管理员
    AUDITOR = "auditor"  # 审计


ROLE_SCOPES: Mapping[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.DIRECTOR: frozenset(
            {
                Scope.ACCOUNTS_DECIDE,
                Scope.AUDIT_READ,
                Scope.BATCHES_COUNTERSIGN,
                Scope.CATALOGUE_CERTIFY,
                Scope.FILINGS_DECIDE,
                Scope.GRANTS_READ,
                Scope.HELD_DECIDE,
                Scope.MATTERS_DECIDE,
                Scope.OUTCOMES_READ,
                Scope.WEBHOOKS_MANAGE,
            }
        ),
        Role.CLERK: frozenset(
            {
                Scope.ACCOUNTS_OPEN,
                Scope.ACCOUNTS_SERVE,
                Scope.CATALOGUE_WRITE,
                Scope.FILINGS_DECIDE,
                Scope.GRANTS_READ,
                Scope.OUTCOMES_READ,
                Scope.OUTCOMES_WRITE,
                Scope.VENUES_RUN,
            }
        ),
        Role.CHECKER: frozenset(
            {
                Scope.ACCOUNTS_SERVE,
                Scope.BATCHES_COUNTERSIGN,
                Scope.FILINGS_DECIDE,
                Scope.HELD_DECIDE,
                Scope.MATTERS_DECIDE,
                Scope.OUTCOMES_CHECK,
                Scope.OUTCOMES_READ,
            }
        ),
        Role.EXPERT: frozenset({Scope.CATALOGUE_CERTIFY, Scope.FILINGS_DECIDE}),
        Role.INSTITUTION_ADMINISTRATOR: frozenset(
            {
                Scope.CATALOGUE_WRITE,
                Scope.FILINGS_DECIDE,
                Scope.INSTITUTIONS_REGISTER,
                Scope.ISSUERS_TRUST,
                Scope.OUTCOMES_READ,
                Scope.STAFF_MANAGE,
                Scope.VENUES_RUN,
                Scope.WEBHOOKS_MANAGE,
            }
        ),
        Role.AUDITOR: frozenset({Scope.AUDIT_READ, Scope.OUTCOMES_READ}),
    }
)


def scopes_of(*roles: Role) -> frozenset[Scope]:
    """Give what these roles may do together."""
    return frozenset(scope for role in roles for scope in ROLE_SCOPES[role])
