"""Signed credentials 凭证 of outcomes and of applied conversions, and their status lists."""
