"""What the merged accounts of one person hold together: she files as one person.

One result that two accounts have is used up in both, and what a rule gave or filled in any of them
counts for the one that goes on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection

from creditbank.catalogue.queries import definitions_by_id
from creditbank.conversion.alike import Used
from creditbank.conversion.amounts import Credits
from creditbank.conversion.filing import FilledTarget, Outcome, Use
from creditbank.credits.alike import used_outcomes
from creditbank.credits.balances import (
    filled_targets,
    recognised_by_rule,
    uses_of_accounts,
    uses_of_units,
)
from creditbank.credits.offered import Offered, open_outcome, outcome_of
from creditbank.credits.units import in_account, unit_of, unit_tag
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.secrets import VaultSecrets
from creditbank.learners.queries import merged_into
from creditbank.outcomes.merged import merged_outcomes
from creditbank.outcomes.queries import find_outcomes

Merged = Mapping[str, Sequence[str]]
"""The accounts that were merged into an account, by that account."""

Place = tuple[str, str, str | None]
"""Account, institution, and enrolment where there is one."""

ByRule = tuple[str, str, str]
"""Account, rule, and scope."""

Filled = Sequence[FilledTarget]


def tags_as_one(
    offered: Iterable[Offered], merged: Merged, secrets: VaultSecrets
) -> dict[bytes, set[bytes]]:
    """Give the tags that the units of these outcomes have in all accounts, by the own one."""
    return {
        one.tag: {
            one.tag,
            *(
                unit_tag(secrets, in_account(one.unit, account))
                for account in merged.get(one.account_id, ())
            ),
        }
        for one in offered
    }


def uses_as_one(
    connection: Connection, offered: Collection[Offered], secrets: VaultSecrets
) -> dict[bytes, list[Use]]:
    """Give what is used of the units of these outcomes, in merged accounts too, by unit tag."""
    tags = tags_as_one(
        offered, merged_into(connection, {one.account_id for one in offered}), secrets
    )
    return uses_together(uses_of_units(connection, set[bytes]().union(*tags.values())), tags)


def uses_together(
    found: Mapping[bytes, Sequence[Use]], tags: Mapping[bytes, Collection[bytes]]
) -> dict[bytes, list[Use]]:
    """Give what is used of each unit under all tags that it has."""
    return {
        tag: [use for each in sorted(some) for use in found.get(each, ())]
        for tag, some in tags.items()
    }


def filled_as_one(connection: Connection, account_ids: Collection[str]) -> dict[Place, Filled]:
    """Give what is filled as `filled_targets` does, with what merged accounts filled."""
    merged = merged_into(connection, account_ids)
    return filled_together(filled_targets(connection, _all_of(account_ids, merged)), merged)


def filled_together(found: Mapping[Place, Filled], merged: Merged) -> dict[Place, Filled]:
    """Give what is filled, what merged accounts filled beside that of the one that goes on."""
    goes_on = _goes_on(merged)
    filled: dict[Place, list[FilledTarget]] = defaultdict(list)
    for (account, institution, enrolment), targets in found.items():
        filled[goes_on.get(account, account), institution, enrolment] += targets
    return dict(filled)


def recognised_as_one(
    connection: Connection, account_ids: Collection[str]
) -> dict[ByRule, Credits]:
    """Give what each rule gave as `recognised_by_rule` does, with what it gave merged accounts."""
    merged = merged_into(connection, account_ids)
    return recognised_together(recognised_by_rule(connection, _all_of(account_ids, merged)), merged)


def recognised_together(found: Mapping[ByRule, Credits], merged: Merged) -> dict[ByRule, Credits]:
    """Give what each rule gave, what it gave merged accounts added to that of who goes on."""
    goes_on = _goes_on(merged)
    given: dict[ByRule, Credits] = {}
    for (account, rule, scope), credit in found.items():
        place = (goes_on.get(account, account), rule, scope)
        given[place] = given.get(place, Credits(milli=0)) + credit
    return given


def used_as_one(
    connection: Connection, keys: Mapping[str, AccountKey], secrets: VaultSecrets
) -> dict[str, Sequence[Used]]:
    """Give what is used as `used_outcomes` does, with what merged accounts use.

    Their outcomes are read by what was kept under the key of the account that goes on.
    """
    found = {**used_outcomes(connection, keys, secrets)}
    for account, merged in merged_into(connection, keys).items():
        uses = uses_of_accounts(connection, merged)
        seen = _seen(connection, keys[account], secrets)
        theirs = [(seen[one.outcome_id], one.use) for one in uses if one.outcome_id in seen]
        found[account] = [*found.get(account, ()), *theirs]
    return found


def _seen(
    connection: Connection, survivor: AccountKey, secrets: VaultSecrets
) -> dict[str, Outcome]:
    """Give the merged outcomes as rules see them; what is one result is seen as the one it is."""
    rows = merged_outcomes(connection, [survivor.account_id])
    stated = {one.outcome_id: one.stated(survivor) for one in rows if one.sealed_stated is not None}
    same = {one.outcome_id: one.same_as_id for one in rows if one.same_as_id is not None}
    stored = find_outcomes(connection, {*stated, *same.values()})
    definitions = definitions_by_id(connection, {one.definition_id for one in stored.values()})
    seen: dict[str, Outcome] = {}
    for one in stored.values():
        definition = definitions[one.definition_id]
        if one.account_id == survivor.account_id:
            seen[one.id] = open_outcome(one, definition, {}, survivor, secrets).outcome
        else:
            unit = in_account(unit_of(one, stated[one.id]), survivor.account_id)
            group = unit_tag(secrets, unit).hex()
            seen[one.id] = outcome_of(one, stated[one.id], definition, group=group)
    return {**seen, **{one: seen[other] for one, other in same.items()}}


def _goes_on(merged: Merged) -> dict[str, str]:
    return {one: account for account, some in merged.items() for one in some}


def _all_of(account_ids: Iterable[str], merged: Merged) -> list[str]:
    return [each for one in account_ids for each in (one, *merged.get(one, ()))]
