"""Keys that an audit opens: each asked for once, whatever is wrong with one told every time."""

from collections.abc import Iterable

import pytest

from creditbank.audits.keys import KnownKeys, readable_keys
from creditbank.keystore.account_key import AccountKey, SealBroken

BROKEN = "broken"


class Store:
    """A key store that notes what it is asked for; one of its keys was changed."""

    def __init__(self, *known: str) -> None:
        self.asked: list[set[str]] = []
        self._known = {name: AccountKey(name, bytes(32)) for name in known}

    def get(self, account_ids: Iterable[str]) -> dict[str, AccountKey]:
        """Give those of these keys that exist."""
        self.asked.append(set(account_ids))
        if BROKEN in self.asked[-1]:
            raise SealBroken
        return {name: key for name, key in self._known.items() if name in self.asked[-1]}


def test_the_store_is_asked_for_what_is_not_known_yet() -> None:
    """Twenty checks name the same accounts; what may have come since is asked for again."""
    store = Store("a", "b")
    known = KnownKeys(store)
    assert known.get(["a"]).keys() == {"a"}
    assert known.get(["a", "b", "gone"]).keys() == {"a", "b"}
    assert known.get(["b", "a"]).keys() == {"a", "b"}
    known.get(["gone"])
    assert store.asked == [{"a"}, {"b", "gone"}, {"gone"}]


def test_a_changed_key_is_told_each_time() -> None:
    """Each check names it where it met it."""
    known = KnownKeys(Store("a"))
    for _ in range(2):
        with pytest.raises(SealBroken):
            known.get(["a", BROKEN])


def test_beside_a_changed_key_the_others_are_read() -> None:
    """One row that somebody changed hides no other."""
    assert readable_keys(KnownKeys(Store("a", "b")), ["a", BROKEN, "b", "gone"]).keys() == {
        "a",
        "b",
    }


def test_no_more_than_some_thousand_keys_are_held() -> None:
    """An audit runs over ten million rows."""
    store = Store("a", *map(str, range(5_000)))
    known = KnownKeys(store)
    known.get(["a"])
    known.get(map(str, range(5_000)))
    known.get(["a"])
    assert store.asked[0] == store.asked[2] == {"a"}
