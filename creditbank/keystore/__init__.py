"""Every learner's key, in a database of its own that the main backup never holds.

Destroying a row here is how the ledger forgets: what was sealed under the key becomes noise.
"""
