"""What was fetched is kept for minutes, and never without bound."""

from creditbank.network.kept import ANSWERS_MAX, SECONDS_KEPT, Kept


class Clock:
    """A clock that stands until it is moved."""

    now = 1_000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def test_an_answer_is_kept_for_its_time_and_no_longer() -> None:
    """Afterwards the issuer is asked again."""
    clock = Clock()
    kept = Kept(clock)
    kept.keep("a", b"1")
    clock.now += SECONDS_KEPT - 1
    assert kept.get("a") == b"1"
    clock.now += 1
    assert kept.get("a") is None
    assert kept.get("b") is None


def test_the_oldest_makes_room() -> None:
    """Memory stays bounded whoever asks for what."""
    kept = Kept(Clock())
    for number in range(ANSWERS_MAX + 1):
        kept.keep(str(number), b"")
    assert kept.get("0") is None
    assert kept.get("1") == kept.get(str(ANSWERS_MAX)) == b""
