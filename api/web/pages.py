"""Every router of pages that speak one language at a time: a new one is a line here."""

from api.web import preferences
from api.web.citizen import (
    acting_for,
    contacts,
    conversions,
    credentials,
    delegates,
    dispute,
    filings,
    grants,
    home,
    matters,
    new_matters,
    outcome,
    passes,
    plans,
    settings,
)
from api.web.entry import accounts, login, second_factor, welcome
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
    plans.router,
    filings.router,
    conversions.router,
    new_matters.router,
    matters.router,
    dispute.router,
    grants.router,
    credentials.router,
    settings.router,
    contacts.router,
    delegates.router,
    acting_for.router,
    desk.router,
)
