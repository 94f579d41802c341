"""Every router of pages that speak one language at a time: a new one is a line here."""

from api.web import preferences
from api.web.entry import login, second_factor, welcome
from api.web.staff import desk

ROUTERS = (
    welcome.router,
    preferences.router,
    login.router,
    second_factor.router,
    desk.router,
)
