"""Individual learning accounts: opened by a provider or by the citizen, one for life."""
