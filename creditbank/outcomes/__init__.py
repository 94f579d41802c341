"""Learning outcomes: recorded one by one or in batches, each once and each on the ledger."""
