"""Conversion rules in plain 中文: one page for the committee, and what a version says otherwise."""
