"""What staff post at the desk and the counter, and the commands that do the same."""

ACCOUNT = "/api/v1/accounts/{account_id}"
COUNTER = "/desk/counter/accounts/{account_id}"
AT_COUNTER = "A scan is taken where a learner stands, at a browser with a camera or a scanner."

STAFF_COMMANDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("POST", "/api/v1/conversions/{decision_id}/appeal"): ("matters appeal",),
    ("POST", f"{ACCOUNT}/matters"): ("matters dispute",),
    ("POST", f"{ACCOUNT}/matters/{{matter_id}}/appeal"): ("matters appeal",),
    ("POST", "/desk/publications/{filing_id}"): ("filings object",),
    ("POST", f"{COUNTER}/document"): ("documents record", "documents claim"),
    ("POST", f"{COUNTER}/filing/{{rule_id}}"): ("filings file", "conversions create"),
    ("POST", f"{COUNTER}/signed-record/new"): ("credentials create", "credentials transcript"),
    ("POST", f"{COUNTER}/recovery"): ("recoveries start",),
    ("POST", f"{COUNTER}/recovery/{{recovery_id}}/confirmation"): ("recoveries confirm",),
    ("POST", f"{COUNTER}/visit"): ("delegations give",),
    ("POST", f"{COUNTER}/disputes/{{record_id}}"): ("matters dispute",),
    ("POST", f"{COUNTER}/appeals/{{decision_id}}"): ("matters appeal",),
    ("POST", f"{COUNTER}/answers/{{returned_id}}"): ("matters answer", "filings answer"),
    ("POST", f"{COUNTER}/check-in-cards"): ("check-in-cards create",),
    ("POST", f"{COUNTER}/check-in-cards/{{card_id}}/end"): ("check-in-cards end",),
    ("POST", "/desk/matters/{matter_id}/decision"): ("matters decide",),
    ("POST", "/desk/reviews/{conversion_id}/decision"): ("conversion-reviews decide",),
    ("POST", "/desk/institutions/{institution_id}/staff"): ("staff add",),
    ("POST", "/desk/staff/{login_id}/roles"): ("staff roles",),
    ("POST", "/desk/staff/{login_id}/new-phone"): ("staff new-phone",),
    ("POST", "/desk/staff/{login_id}/end"): ("staff disable",),
    ("POST", "/desk/measures"): ("measures preview", "measures take"),
    ("POST", "/desk/counter/open"): ("accounts open",),
    ("POST", "/desk/filings/{filing_id}/decision"): ("filings decide",),
    ("POST", "/desk/grants/{grant_id}"): ("grants look",),
    ("POST", "/desk/rule-drafts/new"): ("rules import",),
    ("POST", "/desk/rule-drafts/{rule_id}/{version}/approval"): ("rules publish",),
    ("POST", "/desk/rule-drafts/{rule_id}/{version}/simulation"): ("rules simulate",),
    ("POST", "/api/v1/rules/{rule_id}/{version}/simulation"): ("rules simulate",),
}

STAFF_WITHOUT = {
    ("POST", f"{ACCOUNT}/counter/evidence"): AT_COUNTER,
    ("POST", f"{COUNTER}/evidence"): AT_COUNTER,
    ("POST", f"{COUNTER}/deposit"): AT_COUNTER,
    ("POST", "/desk/counter"): "It only looks up whom one serves; a command takes the number.",
}
"""What no command does, and why."""
