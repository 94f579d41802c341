"""What can be done over HTTP can be done at the command line, or the reason why not stands here."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from typer.main import get_command

from api.app import create_app
from api.cli.main import app
from api.dependencies import declared_actors
from tests.architecture.institution_commands import INSTITUTION_COMMANDS
from tests.architecture.learner_commands import LEARNER_COMMANDS, LEARNER_WITHOUT
from tests.architecture.provider_commands import PROVIDER_COMMANDS, PROVIDER_WITHOUT
from tests.architecture.staff_commands import STAFF_COMMANDS, STAFF_WITHOUT
from tests.architecture.tree import source_of
from tests.fixtures.learner_doors import HER_OWN_ACTS
from tests.fixtures.objections import HER_OWN_OBJECTIONS

READS = {"GET", "HEAD", "OPTIONS"}
V1, ACCOUNT = "/api/v1", "/api/v1/accounts/{account_id}"
BATCH, OUTCOME = f"{V1}/outcome-batches/{{batch_id}}", f"{V1}/outcomes/{{outcome_id}}"
CERTIFICATION = f"{V1}/certifications/{{certification_id}}"
SHIFT = f"{V1}/venue-shifts/{{shift_id}}"

COMMANDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("POST", f"{V1}/accounts"): ("accounts open",),
    ("POST", f"{ACCOUNT}/claim-codes"): ("accounts claim-codes",),
    ("POST", f"{ACCOUNT}/merge"): ("accounts merge",),
    ("POST", f"{ACCOUNT}/parting"): ("accounts part",),
    ("POST", f"{ACCOUNT}/state-changes"): (
        "accounts freeze", "accounts unfreeze", "accounts deceased",
    ),
    ("POST", f"{ACCOUNT}/recoveries"): ("recoveries start",),
    ("POST", f"{ACCOUNT}/recoveries/{{recovery_id}}/confirmation"): ("recoveries confirm",),
    ("POST", f"{ACCOUNT}/consents"): ("consents give",),
    ("POST", f"{ACCOUNT}/consents/{{consent_id}}/withdrawal"): ("consents withdraw",),
    ("POST", f"{ACCOUNT}/contacts"): ("contacts add",),
    ("DELETE", f"{ACCOUNT}/contacts/{{contact_id}}"): ("contacts remove",),
    ("POST", f"{ACCOUNT}/contacts/{{contact_id}}/check"): ("contacts check",),
    ("POST", f"{ACCOUNT}/counter-claim"): ("documents claim",),
    ("POST", f"{ACCOUNT}/counter-delegations"): ("delegations give",),
    ("DELETE", f"{ACCOUNT}/counter-delegations/{{delegation_id}}"): ("delegations end",),
    ("POST", f"{ACCOUNT}/documents"): ("documents record",),
    ("POST", f"{ACCOUNT}/notices/{{notice_id}}/delivery"): ("notices deliver",),
    ("POST", f"{ACCOUNT}/reported-names/{{name_id}}/decision"): ("names decide",),
    ("POST", f"{ACCOUNT}/service-points"): ("service-points set",),
    ("POST", f"{V1}/back-entries"): ("outcomes back-enter",),
    ("POST", f"{V1}/back-entries/{{entry_id}}/check"): ("outcomes check",),
    ("POST", f"{V1}/applications"): ("applications accept",),
    ("POST", f"{V1}/applications/{{application_id}}/entry"): ("applications confirm",),
    ("POST", f"{V1}/application-entries"): ("applications confirm",),
    ("POST", f"{V1}/conversions"): ("conversions create",),
    ("POST", f"{V1}/conversions/preview"): ("conversions preview",),
    ("POST", f"{V1}/conversions/{{filing_id}}/decision"): ("filings decide",),
    ("POST", f"{V1}/filings"): ("filings file",),
    ("POST", f"{V1}/publications/{{filing_id}}/objections"): ("filings object",),
    ("POST", f"{ACCOUNT}/outside-uses"): ("conversion-reviews use-outside",),
    ("POST", f"{V1}/outside-uses/{{use_id}}/withdrawal"): ("conversion-reviews withdraw-use",),
    ("POST", f"{V1}/conversion-reviews/{{conversion_id}}/decision"): ("conversion-reviews decide",),
    ("POST", f"{V1}/definitions"): ("courses import",),
    ("POST", f"{V1}/enrolments"): ("enrolments import",),
    ("POST", f"{V1}/held-outcomes/{{held_id}}/attachment"): ("held attach",),
    ("POST", f"{V1}/held-outcomes/{{held_id}}/refusal"): ("held refuse",),
    **INSTITUTION_COMMANDS,
    ("POST", f"{V1}/outcome-batches"): ("import",),
    ("POST", f"{BATCH}/withdrawal"): ("batches withdraw",),
    ("POST", f"{V1}/outcome-measures"): ("measures take",),
    ("POST", f"{V1}/outcome-measures/preview"): ("measures preview",),
    ("POST", f"{OUTCOME}/evidence"): ("evidence add",),
    ("POST", f"{OUTCOME}/reassignment"): ("outcomes reassign",),
    ("PUT", f"{V1}/batch-practice"): ("batches practice",),
    ("POST", f"{V1}/holdings"): ("outcomes holding",),
    ("POST", f"{BATCH}/countersignature"): ("batches countersign",),
    ("POST", f"{BATCH}/discard"): ("batches discard",),
    ("POST", f"{V1}/outcomes"): ("outcomes post",),
    ("POST", f"{OUTCOME}/correction"): ("outcomes correct",),
    ("POST", f"{OUTCOME}/extension"): ("outcomes extend",),
    ("POST", f"{OUTCOME}/revocation"): ("outcomes revoke",),
    ("POST", f"{OUTCOME}/suspension"): ("outcomes suspend",),
    ("POST", f"{OUTCOME}/suspension/end"): ("outcomes lift",),
    ("POST", f"{CERTIFICATION}/decision"): ("certifications decide",),
    ("POST", f"{CERTIFICATION}/votes"): ("certifications vote",),
    ("POST", f"{CERTIFICATION}/withdrawal"): ("certifications withdraw",),
    ("POST", f"{V1}/definition-successors"): ("definitions succeed",),
    ("POST", f"{V1}/definitions/{{definition_id}}/submissions"): ("definitions submit",),
    ("POST", f"{V1}/matters/{{matter_id}}/decision"): ("matters decide",),
    ("POST", f"{V1}/offerings"): ("offerings add",),
    ("POST", f"{V1}/credentials"): ("credentials create",),
    ("POST", f"{V1}/transcripts"): ("credentials transcript",),
    ("DELETE", f"{V1}/transcripts/{{transcript_id}}"): ("credentials end",),
    ("POST", f"{V1}/passes"): ("passes create",),
    ("DELETE", f"{V1}/passes/{{pass_id}}"): ("passes end",),
    ("POST", f"{ACCOUNT}/grants"): ("grants give",),
    ("DELETE", f"{ACCOUNT}/grants/{{grant_id}}"): ("grants end",),
    ("POST", f"{V1}/programmes"): ("programmes import",),
    ("POST", f"{V1}/staff"): ("staff add",),
    ("PUT", f"{V1}/staff/{{login_id}}/roles"): ("staff roles",),
    ("DELETE", f"{V1}/staff/{{login_id}}"): ("staff disable",),
    ("POST", f"{V1}/terms"): ("calendar terms",),
    ("POST", f"{V1}/venues"): ("venues declare",),
    ("POST", f"{V1}/venues/{{venue_id}}/shifts"): ("venues open-shift",),
    ("POST", f"{SHIFT}/end"): ("venues end-shift",),
    ("POST", f"{SHIFT}/devices"): ("venues offer-device",),
    ("DELETE", f"{V1}/venue-devices/{{device_id}}"): ("venues revoke-device",),
    ("POST", f"{SHIFT}/roster"): ("venues add-to-roster",),
    ("POST", f"{SHIFT}/roster/{{roster_entry_id}}/tick"): ("venues tick",),
    ("POST", f"{V1}/check-in-cards"): ("check-in-cards create",),
    ("DELETE", f"{V1}/check-in-cards/{{card_id}}"): ("check-in-cards end",),
    ("PUT", f"{V1}/trusted-issuers"): ("trusted-issuers set",),
    ("POST", f"{V1}/verify"): ("verify",),
    ("POST", f"{V1}/verify-uploads"): ("verify",),
    **LEARNER_COMMANDS,
    **PROVIDER_COMMANDS,
    **STAFF_COMMANDS,
    ("POST", "/open"): ("accounts open",),
    ("POST", "/verify"): ("verify",),
    ("POST", "/verify/file"): ("verify",),
    ("POST", "/verify/receipt"): ("verify",),
    ("POST", "/verify/{token}"): ("verify",),
    ("PUT", f"{V1}/xapi/sources"): ("learning-systems declare",),
}  # fmt: skip
"""The command or commands that do what a route does; together they do all of it."""

SCANNED = "A device at a venue does it: its codes are scanned, and hold half a minute."
HER_OWN = "A learner's own act: nobody does it for her, and she has no terminal of the bank."
BROWSER = "It is about a browser's session; a command asks for the password each time."
EACH = "`creditbank verify` takes one, and a shell goes through a file."
WITHOUT: dict[tuple[str, str], str] = {
    **LEARNER_WITHOUT,
    **PROVIDER_WITHOUT,
    **STAFF_WITHOUT,
    **dict.fromkeys((*HER_OWN_ACTS, *HER_OWN_OBJECTIONS), HER_OWN),
    ("POST", f"{V1}/account-claims"): "The learner types the code that she got on paper.",
    ("POST", f"{V1}/account-recoveries"): "The learner types the code that she got on paper.",
    ("POST", f"{ACCOUNT}/closure"): HER_OWN,
    ("DELETE", f"{ACCOUNT}/closure"): HER_OWN,
    ("POST", f"{ACCOUNT}/contacts/{{contact_id}}/code"): HER_OWN,
    ("POST", f"{ACCOUNT}/contacts/{{contact_id}}/confirmation"): HER_OWN,
    ("POST", f"{ACCOUNT}/delegations"): HER_OWN,
    ("DELETE", f"{ACCOUNT}/delegations/{{delegation_id}}"): HER_OWN,
    ("POST", f"{ACCOUNT}/conversion-reviews/{{conversion_id}}/answer"): HER_OWN,
    ("POST", f"{ACCOUNT}/deposits"): HER_OWN,
    ("POST", f"{ACCOUNT}/erasure"): HER_OWN,
    ("DELETE", f"{ACCOUNT}/erasure"): HER_OWN,
    ("POST", f"{ACCOUNT}/evidence"): HER_OWN,
    ("POST", f"{ACCOUNT}/limit"): HER_OWN,
    ("DELETE", f"{ACCOUNT}/limit"): HER_OWN,
    ("POST", f"{V1}/accounts/me/filings/{{filing_id}}/answer"): HER_OWN,
    ("POST", f"{V1}/accounts/me/filings/{{filing_id}}/withdrawal"): HER_OWN,
    ("POST", f"{ACCOUNT}/matters/{{matter_id}}/answer"): HER_OWN,
    ("POST", f"{ACCOUNT}/matters/{{matter_id}}/withdrawal"): HER_OWN,
    ("POST", f"{ACCOUNT}/notices/{{notice_id}}/reading"): HER_OWN,
    ("POST", f"{ACCOUNT}/outcomes/{{outcome_id}}/cancellation"): HER_OWN,
    ("DELETE", f"{ACCOUNT}/recoveries/{{recovery_id}}"): HER_OWN,
    ("PUT", f"{ACCOUNT}/password"): HER_OWN,
    ("POST", f"{ACCOUNT}/reported-names"): HER_OWN,
    ("POST", f"{V1}/check-ins"): SCANNED,
    ("POST", f"{V1}/check-ins/devices"): SCANNED,
    ("POST", f"{V1}/check-ins/screen-codes"): SCANNED,
    ("POST", f"{V1}/check-ins/live-codes"): HER_OWN,
    ("POST", f"{V1}/check-ins/screens"): HER_OWN,
    ("POST", "/vc/credentials/issue"): "A conformance suite speaks HTTP.",
    ("POST", "/vc/credentials/verify"): "A conformance suite speaks HTTP.",
    ("POST", "/vc/presentations/verify"): "A conformance suite speaks HTTP.",
    ("POST", f"{V1}/messages/acknowledgement"): "Programs ask for messages; a person lists.",
    ("POST", f"{V1}/verify-batches"): EACH,
    ("POST", f"{V1}/verify-batches/csv"): EACH,
    ("POST", "/verify/many"): EACH,
    ("POST", f"{V1}/token"): "A command signs in with the password that it asks for.",
    ("DELETE", f"{V1}/token"): "A command leaves no token behind that could be ended.",
    ("POST", "/claim"): "The learner types the code that she got on paper.",
    ("POST", "/login"): BROWSER,
    ("POST", "/login/code"): BROWSER,
    ("POST", "/logout"): BROWSER,
    ("POST", f"{V1}/xapi/statements"): "Learning systems speak xAPI; a person has a file instead.",
}
"""Why a route has no command."""


SHIPPED = "The operator publishes it from a file; what was published is read by anybody."
MACHINE = "It is about the machine that the bank runs on, which no caller of the API reaches."
ONLY_HERE: dict[str, str] = {
    **dict.fromkeys(("init", "migrate", "move", "serve", "jobs", "doctor", "demo"), MACHINE),
    "accounts erase-due": "The hourly job does it; an operator does the same at once.",
    "agreements read": "It only reads a table into a file of rules, and needs no bank.",
    "calendar working-days": SHIPPED,
    "levels import": SHIPPED,
    "rules diff": "It only compares two files, and needs no bank.",
    "rules test": "It only computes the cases of a rule's file, and needs no bank.",
    "rules sheet write": "It only writes a workbook, and needs no bank.",
    "rules sheet compile": "It makes rule files of a workbook, which are imported afterwards.",
    "rules sheet from": "It only writes rules as a workbook, and needs no bank.",
    "conversions replay": "A full audit reads every sealed statement; the operator holds the keys.",
    "keys show": "It lists when keys were retired; which there are, the DID document says.",
    "keys export": "It writes a folder for verifying offline; each key is served by itself.",
    "keys rotate": "It writes the key file, which is on the bank's machine.",
    "keys cut-off": "It answers a theft of keys, which who has the machine finds out.",
    "ledger audit": "A full audit reads every sealed statement; the operator holds the keys.",
}
"""Why a command has no route."""

LOOKS = {
    "institutions list", "institutions show", "institutions keys", "staff list",
    "definitions list", "offerings list",
    "contacts list", "names list", "service-points list", "delegations list",
    "consents texts", "consents list", "notices list", "outcomes list", "held list", "batches slip",
    "evidence show", "matters list", "conversions propose", "filings list", "filings show",
    "conversions coverage", "conversions missing", "conversions opportunities",
    "applications list", "applications export", "applications offers",
    "conversion-reviews list", "matters show", "measures show", "rules print",
    "credentials show", "trusted-issuers list",
    "grants given", "grants looks", "grants held",
    "ledger checkpoint", "ledger count", "ledger find", "ledger proof", "openapi",
    "webhooks list", "webhooks deliveries",
    "venues list", "venues shifts", "venues roster",
}  # fmt: skip
"""Commands that only show what a route shows, too."""


def writes(routes: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The routes that are more than a look."""
    return {(method, path) for method, path in routes if method not in READS}


def unanswered(
    routes: Iterable[tuple[str, str]], answered: Iterable[tuple[str, str]]
) -> set[tuple[str, str]]:
    """The write routes that have neither a command nor a reason."""
    return writes(routes) - set(answered)


def commands(command: Any, before: str = "") -> Iterator[str]:
    """The names of all commands as they are typed."""
    inner: Mapping[str, Any] = getattr(command, "commands", {})
    for name, one in inner.items():
        yield from commands(one, f"{before} {name}")
    if not inner:
        yield before.strip()


def test_every_write_route_has_a_command_or_a_reason_why_not() -> None:
    """Whoever sits at the bank's machine is not sent to write HTTP by hand."""
    routes = declared_actors(create_app())
    answered = [*COMMANDS, *WITHOUT]
    assert unanswered(routes, answered) == set()
    assert set(answered) - writes(routes) == set()
    assert len(answered) == len(set(answered))


def test_every_command_that_answers_a_route_exists() -> None:
    """It is read from the program, not from its source."""
    named = {command for answering in COMMANDS.values() for command in answering}
    assert named - set(commands(get_command(app))) == set()


def test_every_command_has_a_route_or_a_reason_why_not() -> None:
    """Whoever has no terminal of the bank is not kept from what belongs to her office."""
    answering = [command for one in COMMANDS.values() for command in one]
    assert {*answering, *LOOKS, *ONLY_HERE} == set(commands(get_command(app)))
    assert LOOKS.isdisjoint(ONLY_HERE)
    assert {*LOOKS, *ONLY_HERE}.isdisjoint(answering)


def listed(page: str) -> Iterator[str]:
    """The commands that a page of commands has: nouns in its first column, acts in the second."""
    for line in page.splitlines():
        if line.startswith("| `"):
            nouns, acts = (re.findall(r"`([\w -]+)`", cell) for cell in line.split("|")[1:3])
            yield from (f"{noun} {act}".strip() for noun in nouns for act in acts or [""])


def test_the_page_of_commands_lists_each_once() -> None:
    """Whoever looks for a command finds it there with who acts."""
    assert sorted(listed(source_of("docs/commands.md"))) == sorted(commands(get_command(app)))


def test_a_new_route_without_a_command_is_found() -> None:
    """A look needs none."""
    routes = [("GET", "/new"), ("POST", "/new"), ("POST", f"{V1}/terms")]
    assert unanswered(routes, COMMANDS) == {("POST", "/new")}
