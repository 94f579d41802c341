"""The strongroom: an append-only transparency log over SQL that knows leaves, not learners.

Front doors: `ledger.append` (inside the caller's transaction), `ledger.read` (tiles, entries,
proofs), `ledger.checkpoint` and `ledger.receipt` (signed notes and proofs), `ledger.audit`.
Nothing is re-exported here, so that the offline verifier never loads a database.
"""
