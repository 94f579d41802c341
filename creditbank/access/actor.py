"""Who acts, as a value, and what it may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from creditbank.errors import Refusal


class Scope(StrEnum):
    """One thing that an actor may be allowed; rights over single records come on top."""

    OUTCOMES_WRITE = "outcomes:write"
    OUTCOMES_READ = "outcomes:read"
    ACCOUNTS_OPEN = "accounts:open"
    OUTCOMES_CHECK = "outcomes:check"
    BATCHES_COUNTERSIGN = "batches:countersign"
    HELD_DECIDE = "held:decide"
    ACCOUNTS_SERVE = "accounts:serve"
    ACCOUNTS_DECIDE = "accounts:decide"
    MATTERS_DECIDE = "matters:decide"
    FILINGS_DECIDE = "filings:decide"
    CATALOGUE_WRITE = "catalogue:write"
    CATALOGUE_CERTIFY = "catalogue:certify"
    INSTITUTIONS_REGISTER = "institutions:register"
    STAFF_MANAGE = "staff:manage"
    VENUES_RUN = "venues:run"
    CHECK_INS_WRITE = "check-ins:write"
    ISSUERS_TRUST = "issuers:trust"
    GRANTS_READ = "grants:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    AUDIT_READ = "audit:read"
    OWN_ACCOUNT = "account:own"


COMMAND_LINE = "command-line"
"""What stands as `posted_with` for what bank staff record at the command line."""

LOGIN_PREFIX = "login-"
"""How the ids of logins begin; those of API keys are hex digits."""

PROVIDER_SCOPES = frozenset(
    {
        Scope.OUTCOMES_WRITE,
        Scope.OUTCOMES_READ,
        Scope.ACCOUNTS_OPEN,
        Scope.ISSUERS_TRUST,
        Scope.GRANTS_READ,
    }
)
STAFF_SCOPES = frozenset({Scope.INSTITUTIONS_REGISTER, Scope.STAFF_MANAGE})
CITIZEN_SCOPES = frozenset({Scope.OWN_ACCOUNT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An institution, a member of the bank's staff or a citizen; `id` names the credential used.

    The id of an API key or login stands as `posted_with` beside what was recorded with it.
    """

    id: str
    scopes: frozenset[Scope]
    institution_id: str | None = None
    account_id: str | None = None
    is_stale: bool = False
    """True for an API key whose last use is to be noted anew."""

    @property
    def institution(self) -> str:
        """The institution that acts; raises `Refusal("forbidden")` for a citizen."""
        if self.institution_id is None:
            raise Refusal("forbidden")
        return self.institution_id

    @property
    def account(self) -> str:
        """The account whose owner acts; raises `Refusal("forbidden")` for anybody else."""
        if self.account_id is None:
            raise Refusal("forbidden")
        return self.account_id

    @property
    def person(self) -> str:
        """The login of the person who acts; raises `Refusal("person-required")` for an API key."""
        if self.has_api_key:
            raise Refusal("person-required")
        return self.id

    @property
    def has_api_key(self) -> bool:
        """True for an API key, false for a login and for bank staff at the command line."""
        return not self.id.startswith(LOGIN_PREFIX) and self.id != COMMAND_LINE

    def require(self, scope: Scope) -> None:
        """Raise `Refusal("forbidden")` unless the actor has this scope."""
        if scope not in self.scopes:
            raise Refusal("forbidden", scope=scope.value)


def read_scopes(names: Iterable[str]) -> frozenset[Scope]:
    """Give the scopes of these stored names."""
    return frozenset(map(Scope, names))
