"""Every router of pages that speak one language at a time: a new one is a line here."""

from api.web import preferences
from api.web.citizen import home, outcome, passes
from api.web.counter import filings as counter_filings
from api.web.counter import find, objections, papers, person, prints, recoveries, scans
from api.web.counter import open as counter_open
from api.web.entry import accounts, login, second_factor, welcome
from api.web.staff import (
    audit,
    colleagues,
    desk,
    filings,
    institutions,
    matters,
    measures,
    reviews,
    rule_drafts,
    rule_pages,
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
    desk.router,
    filings.router,
    rule_pages.router,
    rule_drafts.router,
    matters.router,
    reviews.router,
    institutions.router,
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
    scans.router,
    objections.router,
    prints.router,
)
