"""The routers of a provider's pages, in the order in which addresses are compared."""

from api.web.provider import (
    batch_acts,
    batches,
    correction,
    courses,
    held,
    institution,
    new_batch,
    new_courses,
    new_venue,
    outcome,
    posted,
    shifts,
    venues,
    webhook_acts,
    webhooks,
)

PROVIDER_ROUTERS = (
    new_batch.router,
    batches.router,
    batch_acts.router,
    held.router,
    posted.router,
    outcome.router,
    correction.router,
    new_courses.router,
    courses.router,
    institution.router,
    webhooks.router,
    webhook_acts.router,
    new_venue.router,
    venues.router,
    shifts.router,
)
