"""What lives for a minute at most: counters of rate limits and one-use codes. Never a truth."""
