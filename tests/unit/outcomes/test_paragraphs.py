"""What people write to each other may have lines; what is a word or number may not."""

import pytest

from creditbank.outcomes.texts import LENGTHS, text_problem


@pytest.mark.parametrize("name", ["text", "reason", "should_be"])
def test_whoever_explains_something_may_press_enter(name: str) -> None:
    """But nothing comes along that cannot be seen."""
    assert text_problem(name, "少记了两次课。\n请核对签到表。") is None
    for unseen in ("\r", "\u202e", "\u2028", "\x07"):
        problem = text_problem(name, f"少记了{unseen}两次课")
        assert problem is not None
        assert problem.code == "text-control-character"


@pytest.mark.parametrize("name", LENGTHS)
def test_no_field_of_a_posting_has_lines(name: str) -> None:
    """A file of results has them only where its rows are broken."""
    problem = text_problem(name, "1\n2")
    assert problem is not None
    assert problem.code == "text-control-character"
