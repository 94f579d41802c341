"""Folding: what does not tell two people apart, for any name there is."""

from hypothesis import example, given
from hypothesis import strategies as st

from creditbank.learners.names import agrees, fold

NAMES = st.text(max_size=40)
DOTS = "·•‧・ \u3000"
FULL_WIDTH = {symbol: chr(ord(symbol) + 0xFEE0) for symbol in map(chr, range(0x21, 0x7F))}
TRADITIONAL = dict(zip("张陈刘国华马龙门", "張陳劉國華馬龍門", strict=True))


@given(NAMES)
@example("A´")  # Its accent stands on a space of its own until the space is dropped.
def test_folding_twice_changes_nothing_more(name: str) -> None:
    """So a folded name may be kept and compared again."""
    assert fold(fold(name)) == fold(name)


@given(NAMES, NAMES)
def test_agreeing_is_symmetric(one: str, other: str) -> None:
    """Whoever is asked first."""
    assert agrees(one, [fold(other)]) == agrees(other, [fold(one)])


@given(st.text(alphabet="".join(FULL_WIDTH), max_size=40))
def test_width_and_case_do_not_tell_people_apart(name: str) -> None:
    """A romanised name is typed either way."""
    wide = "".join(FULL_WIDTH[symbol] for symbol in name)
    assert fold(wide) == fold(name) == fold(name.lower())


@given(st.lists(st.text(alphabet="阿依古丽买提江", min_size=1), max_size=5), st.data())
def test_dots_and_spaces_do_not_tell_people_apart(parts: list[str], data: st.DataObject) -> None:
    """Whichever middle dot the clerk's keyboard has."""
    dotted = "".join(part + data.draw(st.sampled_from(DOTS)) for part in parts)
    assert fold(dotted) == fold("".join(parts))


@given(st.text(alphabet="".join(TRADITIONAL), max_size=40))
def test_traditional_and_simplified_characters_fold_alike(name: str) -> None:
    """繁 and 简 of one name."""
    assert fold("".join(TRADITIONAL[symbol] for symbol in name)) == fold(name)
