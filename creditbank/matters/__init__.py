"""Matters 事项: what a citizen asks of an institution, with a clock and a history."""
