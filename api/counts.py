"""How counts are written for persons: in thousands where they are long, in both languages alike."""

_LONG = 10_000


def in_thousands(count: int) -> str:
    """Write a count, from 10,000 on with commas; numbers that identify something never go here."""
    return f"{count:,}" if count >= _LONG else str(count)
