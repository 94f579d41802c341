"""Verification 核验: one report from signature, ledger, status and dates. Pure, no database."""
