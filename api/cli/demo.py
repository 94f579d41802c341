"""The demonstration."""


def demo() -> None:
    """Seed and serve."""
