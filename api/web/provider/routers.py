"""The routers of a provider's pages, in the order in which addresses are compared."""

from api.web.provider import batch_acts, batches, correction, held, new_batch, outcome, posted

PROVIDER_ROUTERS = (
    new_batch.router,
    batches.router,
    batch_acts.router,
    held.router,
    posted.router,
    outcome.router,
    correction.router,
)
