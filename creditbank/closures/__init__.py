"""Accounts that end: closed, limited, erased, merged into another."""
