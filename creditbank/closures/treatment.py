"""What erasing a learner does to every table of the bank: declared here, and nowhere else.

A new table is not erased until it stands here; a test compares this with all tables that there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """The table by whose rows those of this one are hers: `column` holds their `key`."""

    table: str
    column: str
    key: str = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What becomes of her rows in one table.

    `owner` is the column that holds her account's id. Where rows stay they get a random id of their
    own in its place, so that they count and do not link; what is sealed is blanked, and so are
    keyed hashes of what was stated; what finds them is set to null, and her logins' ids give way
    to a word. `pointers` are columns by which rows of others name her account: a random id stands
    there instead. `is_entry` says that a leaf made them.
    """

    owner: str | None = None
    through: Through | None = None
    stays: bool = False
    sealed: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    nulled: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()
    is_entry: bool = False


def _by(table: str, column: str) -> Through:
    return Through(table=table, column=column)


TREATMENTS: Mapping[str, Treatment] = MappingProxyType(
    {
        # Rows that others make are treated before what they hang on.
        "access_token": Treatment(through=_by("login", "login_id")),
        "session": Treatment(through=_by("login", "login_id")),
        "activity_statement": Treatment(through=_by("outcome", "outcome_id")),
        "learning_pass_view": Treatment(through=_by("learning_pass", "pass_id")),
        "learning_pass_outcome": Treatment(through=_by("learning_pass", "pass_id")),
        "standing_grant_look": Treatment(through=_by("standing_grant", "grant_id")),
        "standing_grant_outcome": Treatment(through=_by("standing_grant", "grant_id")),
        "check_in": Treatment(owner="account_id"),
        "check_in_card": Treatment(owner="account_id"),
        "venue_roster_entry": Treatment(owner="account_id"),
        "filing_step": Treatment(through=_by("filing", "filing_id")),
        "filing": Treatment(owner="account_id"),
        "matter_step": Treatment(through=_by("matter", "matter_id")),
        "matter": Treatment(owner="account_id", nulled=("about_id",)),
        "back_entry": Treatment(owner="account_id"),
        "outcome_event": Treatment(
            through=_by("outcome", "outcome_id"),
            stays=True,
            sealed=("sealed_statement",),
            is_entry=True,
        ),
        "held_outcome": Treatment(
            through=_by("outcome", "outcome_id"),
            stays=True,
            sealed=("sealed_row", "sealed_decision"),
            hashes=("content_tag",),
            nulled=("natural_tag",),
        ),
        "outcome_revocation": Treatment(
            through=_by("outcome", "outcome_id"),
            stays=True,
            sealed=("sealed_statement",),
            is_entry=True,
        ),
        "conversion_conflict": Treatment(through=_by("conversion", "conversion_id")),
        "conversion_review": Treatment(through=_by("conversion", "conversion_id")),
        "conversion_reversal": Treatment(
            through=_by("conversion", "conversion_id"),
            stays=True,
            sealed=("sealed_statement",),
            actors=("decided_with",),
            is_entry=True,
        ),
        "outside_use": Treatment(
            owner="account_id",
            stays=True,
            sealed=("sealed_statement",),
            actors=("stated_with",),
            is_entry=True,
        ),
        "account_merge": Treatment(
            owner="account_id",
            stays=True,
            sealed=("sealed_statement",),
            nulled=("merged_id", "survivor_id"),
            pointers=("merged_id", "survivor_id"),
            is_entry=True,
        ),
        # Only what was merged has rows here, and that is parted before it is erased.
        "merged_outcome": Treatment(owner="account_id"),
        "account_recovery": Treatment(owner="account_id"),
        "delegated_act": Treatment(owner="account_id"),
        "delegation": Treatment(owner="account_id", pointers=("delegate_account_id",)),
        "credential": Treatment(
            owner="account_id",
            stays=True,
            sealed=("sealed_statement", "sealed_token", "sealed_document"),
            is_entry=True,
        ),
        "learning_pass": Treatment(
            owner="account_id",
            stays=True,
            sealed=("sealed_token", "sealed_document"),
            nulled=("pin_hash",),
        ),
        # The row stays so that its employer is told that it is gone.
        "standing_grant": Treatment(owner="account_id", stays=True, sealed=("sealed_document",)),
        "evidence": Treatment(
            owner="account_id",
            stays=True,
            sealed=("sealed_statement",),
            actors=("added_by",),
            is_entry=True,
        ),
        "application_entry": Treatment(
            through=_by("application", "application_id"),
            stays=True,
            sealed=("sealed_statement",),
            is_entry=True,
        ),
        "application": Treatment(
            owner="account_id",
            stays=True,
            sealed=("sealed_statement",),
            nulled=("enrolment_id",),
            actors=("decided_with",),
            is_entry=True,
        ),
        "conversion": Treatment(
            owner="account_id",
            stays=True,
            sealed=("sealed_statement",),
            nulled=("enrolment_id",),
            actors=("decided_with",),
            is_entry=True,
        ),
        "outcome": Treatment(
            owner="account_id",
            stays=True,
            sealed=("sealed_statement",),
            nulled=("natural_tag",),
            is_entry=True,
        ),
        "consent": Treatment(
            owner="account_id",
            stays=True,
            sealed=("sealed_statement",),
            actors=("given_by",),
            is_entry=True,
        ),
        "notice": Treatment(owner="account_id"),
        "account_contact": Treatment(owner="account_id"),
        "enrolment": Treatment(owner="account_id"),
        "account_name": Treatment(owner="account_id"),
        "account_document": Treatment(owner="account_id"),
        "account_service_point": Treatment(owner="account_id"),
        "account_state_change": Treatment(owner="account_id"),
        "claim_code": Treatment(owner="account_id"),
        "erasure": Treatment(owner="account_id"),
        "login": Treatment(owner="account_id"),
        "account": Treatment(owner="id", stays=True, sealed=("sealed_statement",), is_entry=True),
    }
)
"""By table, in the order in which they are treated."""

UNTOUCHED: Mapping[str, str] = MappingProxyType(
    {
        "activity_source": "an institution's declaration",
        "api_key": "an institution's",
        "second_factor": "of staff; sealed under a key of the login's own",
        "application_part": "credits by place; hangs on an application that nobody can read",
        "batch": "counts of files; no person",
        "batch_decision": "about a file, by staff; its reason is sealed under the batch's key",
        "batch_practice": "an institution's choice",
        "batch_rejected_row": "blanked before, where it names her; sealed under its batch's key",
        "conversion_grant": "credits by target; hangs on a conversion that nobody can read",
        "conversion_use": "which parts were used, so that they are not used again",
        "certification": "public",
        "certification_vote": "staff of institutions",
        "definition": "the catalogue",
        "definition_successor": "the catalogue",
        "idempotency": "attempts of thirty days, under ids of logins and keys that are gone",
        "former_name": "the bank",
        "installation": "the bank",
        "institution": "public",
        "institution_change": "public",
        "key_cut_off": "the bank's keys; public",
        "ledger_checkpoint": "the log",
        "ledger_head": "the log",
        "ledger_leaf": "the log: hashes and tags, which her key alone could read",
        "ledger_live_spend": "the log: what is used stays used",
        "ledger_object": "public documents",
        "ledger_tile": "the log",
        "level_framework": "public",
        "measure": "by an institution; its reason is sealed under the measure's own key",
        "measure_outcome": "ids of outcomes, which must be found whoever was erased",
        "offering": "the catalogue",
        "precedent": "what was decided on a course; it names nobody",
        "outbox": "ids of what an institution was told; no person",
        "programme": "public",
        "pseudonym": "the random ids that erased rows were given; they lead nowhere",
        "rule": "public",
        "rule_course": "public",
        "rule_simulation": "counts and sums; it names nobody",
        "scheme": "the catalogue",
        "status_list": "public: bits at random places",
        "term": "the catalogue",
        "venue": "an institution's declaration",
        "venue_device": "a device of an institution; it knows no learner",
        "venue_rule": "an institution's declaration",
        "venue_shift": "an institution's; it names no learner",
        "webhook_delivery": "ids of what an institution was told; no person",
        "webhook_endpoint": "an institution's; sealed under a key of its own",
        "trusted_issuer": "an institution's choice of other issuers",
    }
)
"""The tables that hold nothing of a learner, or what must outlive her, and why."""
