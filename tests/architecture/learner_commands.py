"""The commands that do what the forms of a learner's pages do, and of who checks her in."""

AT_THE_DOOR = "It is done with the phone in one's hand, where people come in."

LEARNER_COMMANDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("POST", "/me/conversions/plans/{enrolment_id}/check"): ("conversions create",),
    ("POST", "/me/offers/{enrolment_id}/{conversion_id}/check"): ("applications accept",),
    ("POST", "/me/consents"): ("consents give",),
    ("POST", "/me/consents/{consent_id}/withdrawal"): ("consents withdraw",),
    ("POST", "/me/contacts"): ("contacts add",),
    ("POST", "/me/contacts/{contact_id}/removal"): ("contacts remove",),
    ("POST", "/for/{account_id}/contacts"): ("contacts add",),
    ("POST", "/for/{account_id}/contacts/{contact_id}/removal"): ("contacts remove",),
    ("POST", "/me/filings/new"): ("filings file",),
    ("POST", "/me/publications/{filing_id}"): ("filings object",),
    ("POST", "/me/grants/new"): ("grants give",),
    ("POST", "/me/grants/{grant_id}/end"): ("grants end",),
    ("POST", "/me/outcomes/{outcome_id}/credential"): ("credentials create",),
    ("POST", "/me/transcripts"): ("credentials transcript",),
    ("POST", "/me/transcripts/{transcript_id}/end"): ("credentials end",),
    ("POST", "/me/passes/new"): ("passes create",),
    ("POST", "/me/passes/{pass_id}/end"): ("passes end",),
    ("POST", "/me/check-in/cards"): ("check-in-cards create",),
    ("POST", "/me/check-in/cards/{card_id}/end"): ("check-in-cards end",),
}

LEARNER_WITHOUT: dict[tuple[str, str], str] = {
    ("POST", "/check-in"): AT_THE_DOOR,
    ("POST", "/check-in/leave"): AT_THE_DOOR,
    ("POST", "/check-in/scan"): AT_THE_DOOR,
    ("POST", "/me/check-in"): AT_THE_DOOR,
}
