"""Pages that everybody reads: the ledger, the rules and the programmes. No login."""
