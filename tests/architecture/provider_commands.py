"""The commands that do what the forms of a provider's pages do."""

from tests.fixtures.webhook_pages import WEBHOOK_COMMANDS

FILE, DRAFT = "/desk/batches/{batch_id}", "/desk/batches/checked/{draft_id}"
SHIFT = "/desk/venues/{venue_id}/shifts/{shift_id}"
KEYS = "/desk/institution/api-keys"
HELD, OUTCOME = "/desk/held/{held_id}", "/desk/outcomes/{outcome_id}"

PROVIDER_COMMANDS: dict[tuple[str, str], tuple[str, ...]] = {
    **WEBHOOK_COMMANDS,
    ("POST", "/desk/batches/new"): ("import",),
    ("POST", f"{DRAFT}/record"): ("import",),
    ("POST", f"{FILE}/check"): ("import",),
    ("POST", f"{FILE}/countersignature"): ("batches countersign",),
    ("POST", f"{FILE}/discard"): ("batches discard",),
    ("POST", f"{FILE}/withdrawal"): ("batches withdraw",),
    ("POST", "/desk/courses/new"): ("courses import",),
    ("POST", "/desk/courses/file"): ("courses import",),
    ("POST", "/desk/courses/{definition_id}/submission"): ("definitions submit",),
    ("POST", "/desk/institution/practice"): ("batches practice",),
    ("POST", KEYS): ("institutions issue-key",),
    ("POST", f"{KEYS}/{{key_id}}/end"): ("institutions revoke-key",),
    ("POST", "/desk/venues/new"): ("venues declare",),
    ("POST", "/desk/venues/{venue_id}/rules/new"): ("venues declare",),
    ("POST", "/desk/venues/{venue_id}/shifts"): ("venues open-shift",),
    ("POST", f"{SHIFT}/roster"): ("venues add-to-roster",),
    ("POST", f"{SHIFT}/roster/{{entry_id}}/tick"): ("venues tick",),
    ("POST", f"{SHIFT}/devices"): ("venues offer-device",),
    ("POST", f"{SHIFT}/devices/{{device_id}}/removal"): ("venues revoke-device",),
    ("POST", f"{SHIFT}/end"): ("venues end-shift",),
    ("POST", f"{HELD}/attachment"): ("held attach",),
    ("POST", f"{HELD}/refusal"): ("held refuse",),
    ("POST", f"{OUTCOME}/correction"): ("outcomes correct",),
    ("POST", f"{OUTCOME}/revocation"): ("outcomes revoke",),
}

PROVIDER_WITHOUT: dict[tuple[str, str], str] = {
    ("POST", "/desk/posted"): "It only looks; a number that is asked for stands in no address.",
    (
        "POST",
        f"{DRAFT}/removal",
    ): "It is about a file that a browser left; a command reads its own.",
}
