"""The commands that do what routes and forms about institutions and reversals do."""

API = "/api/v1/institutions"
INSTITUTION = f"{API}/{{institution_id}}"
DESK = "/desk/institutions/{institution_id}"
CHANGES = (
    "institutions rename",
    "institutions move",
    "institutions relocate",
    "institutions set-code",
    "institutions close",
    "institutions merge",
    "institutions split",
    "institutions suspend",
    "institutions resume",
)

INSTITUTION_COMMANDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("POST", API): ("institutions register",),
    ("POST", f"{INSTITUTION}/api-keys"): ("institutions issue-key",),
    ("DELETE", f"{INSTITUTION}/api-keys/{{key_id}}"): ("institutions revoke-key",),
    ("POST", f"{INSTITUTION}/api-keys/{{key_id}}/revocation"): ("institutions revoke-key",),
    ("POST", f"{INSTITUTION}/changes"): CHANGES,
    ("POST", f"{INSTITUTION}/changes/preview"): ("institutions dependants",),
    ("POST", "/desk/institutions/new"): ("institutions register",),
    ("POST", f"{DESK}/keys"): ("institutions issue-key",),
    ("POST", f"{DESK}/keys/{{key_id}}/end"): ("institutions revoke-key",),
    ("POST", "/api/v1/conversions/{conversion_id}/reversal"): ("conversion-reviews appeal",),
    ("POST", "/desk/conversions/{conversion_id}/reversal"): ("conversion-reviews appeal",),
    ("POST", f"{DESK}/changes/{{act}}"): ("institutions dependants", *CHANGES),
}
