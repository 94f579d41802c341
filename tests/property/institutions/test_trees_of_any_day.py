"""Whatever is asked in whatever order: the tree of every day is a tree, and the past stays."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from creditbank.errors import Refusal
from creditbank.institutions.change import ChangeInstitution, State
from creditbank.institutions.history import Act, History, Institution
from creditbank.institutions.tree import ever_covered, tree_on
from creditbank.writer.command import Moment

IDS = ("a", "b", "c", "d", "e")
FIRST = date(2020, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(12)]


def founded() -> State:
    """Five institutions, the later below the one before."""
    return {
        one: History(
            Institution(
                id=one,
                kind="provider",
                name=one,
                name_en=None,
                uscc=None,
                parent_id=IDS[number - 1] if number else None,
                entry_index=number,
            )
        )
        for number, one in enumerate(IDS)
    }


def commands() -> st.SearchStrategy[ChangeInstitution]:
    """Moves, names and ends of any of them on any of the days."""

    def command(
        one: str, act: Act, day: date, parent: str | None, successors: list[str]
    ) -> ChangeInstitution:
        return ChangeInstitution(
            institution_id=one,
            act=act,
            since=str(day),
            name=str(day),
            region="310000",
            parent_id=parent,
            reason="复核",
            ask="管理部",
            successors=successors[: {Act.MERGED: 1, Act.SPLIT: 2}.get(act, 0)],
        )

    acts = st.sampled_from([Act.MOVED, *Act])
    others = st.lists(st.sampled_from(IDS), min_size=2, max_size=2, unique=True)
    parent = st.one_of(st.none(), st.sampled_from(IDS))
    return st.builds(command, st.sampled_from(IDS), acts, st.sampled_from(DAYS), parent, others)


def decided(state: State, asked: list[ChangeInstitution]) -> State:
    """Decide them one after the other; what is refused changes nothing."""
    for index, command in enumerate(asked):
        moment = Moment(
            now=datetime(2020, 1, 5, tzinfo=UTC),
            log="log.test",
            next_index=len(IDS) + index,
            entropy=bytes,
        )
        try:
            state = command.decide(state, moment).state
        except Refusal:
            continue
    return state


@given(st.lists(commands(), max_size=12))
def test_no_day_has_a_circle(asked: list[ChangeInstitution]) -> None:
    """Nobody stands above herself, not even from a day that is to come."""
    state = decided(founded(), asked)
    for day in [FIRST - timedelta(days=1), *DAYS, DAYS[-1] + timedelta(days=2)]:
        assert not tree_on(state, day).has_circle()


@given(st.lists(commands(), max_size=8), commands())
def test_a_change_leaves_the_days_before_it_as_they_were(
    asked: list[ChangeInstitution], last: ChangeInstitution
) -> None:
    """An outcome is read by the tree of its award for ever."""
    before = decided(founded(), asked)
    after = decided(before, [last])
    for day in DAYS:
        if str(day) < last.since:
            assert tree_on(after, day) == tree_on(before, day)
            assert [one.on(day).name for one in after.values()] == [
                one.on(day).name for one in before.values()
            ]


@given(st.lists(commands(), max_size=12))
def test_whoever_ended_ended_once_and_nothing_follows(asked: list[ChangeInstitution]) -> None:
    """The last day is the last."""
    for history in decided(founded(), asked).values():
        if history.end is not None:
            assert all(one.since <= history.end.since for one in history.changes)
            assert sum(one.act in {"closed", "merged", "split"} for one in history.changes) == 1


@given(st.lists(commands(), max_size=12))
def test_whoever_is_merged_stands_under_the_successor_from_the_next_day(
    asked: list[ChangeInstitution],
) -> None:
    """Somebody must be able to serve those records."""
    state = decided(founded(), asked)
    for history in state.values():
        if history.end is not None and history.end.act == Act.MERGED:
            successor = history.end.successors[0]
            assert tree_on(state, history.end.effective).covers(successor, history.id)
            assert ever_covered(state, successor, history.id)


@given(st.lists(commands(), max_size=12))
def test_an_institution_is_resumed_only_after_it_was_suspended(
    asked: list[ChangeInstitution],
) -> None:
    """On each day the last that was registered for it or before counts, and nothing is undone."""
    for history in decided(founded(), asked).values():
        pauses = [one for one in history.in_order if one.act in {"suspended", "resumed"}]
        for earlier, later in pairwise([None, *pauses]):
            assert later is not None
            assert later.act == "suspended" or (earlier is not None and earlier.act == "suspended")
        for day in DAYS:
            by_now = [one for one in pauses if one.since <= str(day)]
            expected = by_now[-1] if by_now and by_now[-1].act == "suspended" else None
            assert history.suspension_on(day) == expected
