"""The planner against a search through every choice: on small cases it never gives less."""

from random import Random

from creditbank.planning.propose import propose
from tests.fixtures.small_questions import best_by_search, small_question

CASES = 120


def test_the_planner_never_gives_less_than_the_best_choice_there_is() -> None:
    """T6's question, at random: overlapping bundles, courses, pools, versions and caps."""
    positive = 0
    for number in range(CASES):
        question = small_question(Random(number))  # noqa: S311 - cases, no secrets
        best = best_by_search(question)
        found = propose(question, most=1)[0]
        assert found.application.credits >= best, (number, found.steps, question)
        assert found.is_proved, (number, found.steps, question)
        positive += best.milli > 0
    assert positive > CASES // 3
