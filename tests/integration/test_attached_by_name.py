"""No row is ever attached to anybody by a name: a number must match, and the name agree."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creditbank.access.actor import COMMAND_LINE
from creditbank.bank import Bank
from creditbank.learners.names import fold
from creditbank.learners.newcomers import Reception, StatedLearner
from creditbank.learners.open import OpenAccounts
from creditbank.outcomes.hold import Held
from creditbank.outcomes.post import prepare_posting
from creditbank.outcomes.queries import find_outcomes
from creditbank.outcomes.record import RecordOutcome
from tests.fixtures.bank import Provider
from tests.fixtures.people import RESULT

NAMES = ("张三", "張三", "张 三", "张三丰", "李四", "Li Si", "ＬＩ ＳＩ", "买买提·江")
YEARS = (1990, 1991)
_terms = count()

People = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(YEARS)), min_size=1, max_size=3)
Rows = st.lists(
    st.tuples(st.none() | st.integers(0, 3), st.sampled_from(NAMES), st.sampled_from(YEARS)),
    min_size=1,
    max_size=4,
)


def opened(bank: Bank, provider: Provider, people: list[tuple[str, int]]) -> dict[str, str]:
    """Open an account for each of these people; gives the folded name by account number."""
    reception = Reception(
        institution_id=provider.institution, readers=bank.readers, keystore=bank.keystore
    )
    newcomers = [
        reception.receive(
            StatedLearner(learner_number=f"P-{next(_terms)}", name=name, birth_year=year),
            bank.clock(),
        )
        for name, year in people
    ]
    bank.writer.write(OpenAccounts(opened_by=provider.institution, newcomers=newcomers))
    return {one.key.number: fold(name) for one, (name, _) in zip(newcomers, people, strict=True)}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(people=People, rows=Rows)
def test_nothing_is_attached_unless_a_number_matched_and_the_name_agreed(
    bank: Bank,
    provider: Provider,
    people: list[tuple[str, int]],
    rows: list[tuple[int | None, str, int]],
) -> None:
    """People share names and birth years; rows name them by name alone, or beside a number."""
    accounts = opened(bank, provider, people)
    numbers = list(accounts)
    for place, name, year in rows:
        number = None if place is None else numbers[place % len(numbers)]
        prepared = prepare_posting(
            {
                **RESULT,
                "account_number": number,
                "learner_name": name,
                "learner_birth_year": str(year),
                "term": f"T-{next(_terms)}",
            },
            institution_id=provider.institution,
            readers=bank.readers,
            keystore=bank.keystore,
            now=bank.clock(),
        )
        command = RecordOutcome(
            institution_id=provider.institution,
            posted_with=COMMAND_LINE,
            posting=prepared.posting,
            hold_key=prepared.hold_key,
        )
        answer = bank.writer.write(command).answer
        agrees = number is not None and accounts[number] == fold(name)
        assert isinstance(answer, Held) != agrees
        if not isinstance(answer, Held):
            with bank.readers.reading() as connection:
                stored = find_outcomes(connection, [answer.outcome_id])[answer.outcome_id]
            assert bank.keystore.get([stored.account_id])[stored.account_id].number == number
