"""Examines an installation from outside, before and while it serves; changes nothing."""
