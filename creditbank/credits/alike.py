"""What an account's conversions used of outcomes that other outcomes of it are named like."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from creditbank.catalogue.queries import definitions_by_id
from creditbank.conversion.alike import Used
from creditbank.credits.balances import uses_of_accounts
from creditbank.credits.offered import open_outcome
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.outcomes.queries import find_outcomes


def used_outcomes(
    connection: Connection, keys: Mapping[str, AccountKey], secrets: VaultSecrets
) -> dict[str, Sequence[Used]]:
    """Give the outcomes that the standing conversions of these accounts use, by account."""
    uses = uses_of_accounts(connection, keys)
    stored = find_outcomes(connection, {one.outcome_id for one in uses})
    definitions = definitions_by_id(connection, {one.definition_id for one in stored.values()})
    opened = {
        one.id: open_outcome(one, definitions[one.definition_id], {}, keys[one.account_id], secrets)
        for one in stored.values()
        if one.account_id in keys
    }
    found: dict[str, list[Used]] = defaultdict(list)
    for one in uses:
        if one.outcome_id in opened:
            found[one.account_id].append((opened[one.outcome_id].outcome, one.use))
    return dict(found)
