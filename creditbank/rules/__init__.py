"""Conversion rules: drafted, tested by their own cases, approved by a second one, published."""
