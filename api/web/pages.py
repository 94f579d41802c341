"""Every router of pages that speak one language at a time: a new one is a line here."""

from api.web import preferences
from api.web.citizen import home, outcome, passes
from api.web.employer import files, installed, many, receipts, scanner, verify
from api.web.entry import accounts, login, second_factor, welcome
from api.web.published import ledger, programmes, rules
from api.web.staff import desk

ROUTERS = (
    welcome.router,
    preferences.router,
    login.router,
    second_factor.router,
    accounts.router,
    home.router,
    outcome.router,
    passes.router,
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
)
