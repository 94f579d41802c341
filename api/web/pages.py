"""Every router of pages that speak one language at a time: a new one is a line here."""

from api.web import preferences
from api.web.check_in import device
from api.web.citizen import (
    acting_for,
    appeals,
    check_ins,
    closing,
    contacts,
    conversions,
    credentials,
    delegates,
    dispute,
    grants,
    home,
    new_matters,
    offers,
    outcome,
    passes,
    plans,
    settings,
)
from api.web.citizen import filings as own_filings
from api.web.citizen import matters as own_matters
from api.web.counter import answers as counter_answers
from api.web.counter import appeals as counter_appeals
from api.web.counter import check_in_cards as counter_cards
from api.web.counter import disputes as counter_disputes
from api.web.counter import filings as counter_filings
from api.web.counter import find, objections, papers, person, prints, recoveries, scans, signed
from api.web.counter import open as counter_open
from api.web.employer import files, held_grants, installed, many, receipts, scanner, verify
from api.web.entry import accounts, login, second_factor, welcome
from api.web.provider.routers import PROVIDER_ROUTERS
from api.web.published import ledger, programmes, rules
from api.web.staff import (
    audit,
    colleagues,
    desk,
    filings,
    institution_changes,
    institution_keys,
    institutions,
    matters,
    measures,
    reversals,
    reviews,
    rule_drafts,
    rule_pages,
    rule_simulations,
    statistics,
)

ROUTERS = (
    welcome.router,
    preferences.router,
    login.router,
    second_factor.router,
    accounts.router,
    home.router,
    outcome.router,
    passes.router,
    plans.router,
    offers.router,
    own_filings.router,
    conversions.router,
    new_matters.router,
    own_matters.router,
    dispute.router,
    appeals.router,
    grants.router,
    credentials.router,
    settings.router,
    closing.router,
    contacts.router,
    delegates.router,
    acting_for.router,
    check_ins.router,
    device.router,
    files.router,
    scanner.router,
    receipts.router,
    many.router,
    installed.router,
    ledger.router,
    rules.router,
    programmes.router,
    verify.router,
    desk.router,
    held_grants.router,
    filings.router,
    rule_pages.router,
    rule_drafts.router,
    rule_simulations.router,
    matters.router,
    reviews.router,
    reversals.router,
    institutions.router,
    institution_changes.router,
    institution_keys.router,
    colleagues.router,
    measures.router,
    audit.router,
    statistics.router,
    find.router,
    counter_open.router,
    person.router,
    papers.router,
    recoveries.router,
    counter_filings.router,
    counter_disputes.router,
    counter_appeals.router,
    counter_answers.router,
    counter_cards.router,
    scans.router,
    objections.router,
    prints.router,
    signed.router,
    *PROVIDER_ROUTERS,
)
