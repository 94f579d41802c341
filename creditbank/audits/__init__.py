"""Audits with the bank's own eyes: every row against the leaf that it made, seals opened."""
