"""The routers of a provider's pages, in the order in which addresses are compared."""

from api.web.provider import batch_acts, batches, new_batch

PROVIDER_ROUTERS = (
    new_batch.router,
    batches.router,
    batch_acts.router,
)
