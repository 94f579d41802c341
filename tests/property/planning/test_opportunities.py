"""Whatever opportunity is named, having exactly that outcome gives at least what was said."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from creditbank.conversion.cap_sums import certificates_of, is_in, keys_of, limit_of
from creditbank.conversion.caps import CertificatesCap, ScopedCap
from creditbank.conversion.plan import CountedCredit, Plan
from creditbank.planning.opportunities import find_opportunities
from creditbank.planning.propose import propose
from tests.fixtures.small_questions import small_question


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=0, max_value=1_000_000))
def test_a_named_opportunity_gives_what_it_says(number: int) -> None:
    """The planner is asked again with the new outcomes; no cap is exceeded by what it gives."""
    question = small_question(Random(number))  # noqa: S311 - cases, no secrets
    known = find_opportunities(question, most=4)
    keys = [(-one.credits.milli, len(one.wanted)) for one in known.found]
    assert keys == sorted(keys)
    for one in known.found:
        new = [each.outcome for each in one.wanted]
        more = replace(question, outcomes=[*question.outcomes, *new])
        found = propose(more, most=1)[0].application
        assert found.credits >= known.proposal.application.credits + one.credits, one
        assert one.credits.milli > 0
        assert exceeded(question.plan, question.plan_caps, question.applied, found.applied) == []


def exceeded(
    plan: Plan,
    caps: Sequence[ScopedCap],
    before: Sequence[CountedCredit],
    added: Sequence[CountedCredit],
) -> list[ScopedCap]:
    """Give the caps under which more was added than they left."""
    return [cap for cap in caps if not _is_kept(cap, plan, before, added)]


def _is_kept(
    cap: ScopedCap, plan: Plan, before: Sequence[CountedCredit], added: Sequence[CountedCredit]
) -> bool:
    if isinstance(cap, CertificatesCap):
        counted = [one for one in (*before, *added) if is_in(cap.category, one)]
        old = certificates_of(one for one in before if is_in(cap.category, one))
        return len(certificates_of(counted)) <= max(cap.at_most, len(old))
    limit = limit_of(cap, plan)
    assert limit is not None
    for key in {key for one in added for key in keys_of(cap, one)}:
        whole = sum(one.credits.milli for one in (*before, *added) if key in keys_of(cap, one))
        if whole > limit.milli:
            return False
    return True
