"""Recognised credit: outcomes are converted by published rules, each part of one once."""
