"""The keys that open what entries are sealed under, and the entries whose key is gone."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from creditbank.keystore.account_key import AccountKey, SealBroken
from ledger.findings import Findings

_KNOWN_MAX = 5_000


class KeySource(Protocol):
    """Where keys are: the key store, or one citizen's hand."""

    def get(self, account_ids: Iterable[str]) -> dict[str, AccountKey]:
        """Give those of these keys that exist; raises `SealBroken` when one was changed."""
        ...


class OwnKey:
    """One citizen's key alone."""

    def __init__(self, key: AccountKey) -> None:
        self._key = key

    def get(self, account_ids: Iterable[str]) -> dict[str, AccountKey]:
        """Give it if it is asked for."""
        key = self._key
        return {key.account_id: key} if key.account_id in set(account_ids) else {}


class KnownKeys:
    """Remembers the keys that the checks of one audit open, some thousand at most.

    Each stretch of the log names the same accounts to many checks. What is not there, or was
    changed, is asked for each time.
    """

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._known: dict[str, AccountKey] = {}

    def get(self, account_ids: Iterable[str]) -> dict[str, AccountKey]:
        """Give those of these keys that exist; raises `SealBroken` when one was changed."""
        wanted = set(account_ids)
        found = {one: self._known[one] for one in wanted if one in self._known}
        if missing := wanted - found.keys():
            fresh = self._source.get(missing)
            if len(self._known) + len(fresh) > _KNOWN_MAX:
                self._known.clear()
            self._known |= fresh
            found |= fresh
        return found


def readable_keys(source: KeySource, account_ids: Iterable[str]) -> dict[str, AccountKey]:
    """Give those of these keys that are there and unwrap."""
    wanted = set(account_ids)
    try:
        return source.get(wanted)
    except SealBroken:
        if len(wanted) == 1:
            return {}
        single = (readable_keys(source, [one]) for one in wanted)
        return {name: key for found in single for name, key in found.items()}


class Keys:
    """Opens keys and counts the entries whose key is gone."""

    def __init__(self, source: KeySource, findings: Findings) -> None:
        self.sealed: list[int] = []
        """The indexes of the entries that nobody can read any more."""
        self._source = source
        self._findings = findings

    def open(self, named: Mapping[int, str]) -> dict[str, AccountKey]:
        """Give the keys of these accounts, which are named by the index of an entry of theirs."""
        found, gone = self._get(named)
        self.sealed += gone
        return found

    def open_all(self, named: Mapping[int, str]) -> dict[str, AccountKey]:
        """Give keys of which none is ever destroyed; one that is not there is a finding."""
        found, gone = self._get(named)
        for index, key_id in gone.items():
            self._findings.add("account_key", index, f"the key of {key_id} is not there")
        return found

    def _get(self, named: Mapping[int, str]) -> tuple[dict[str, AccountKey], dict[int, str]]:
        """Give the keys, and the entries whose key is gone; a changed key is a finding."""
        broken: set[str] = set()
        try:
            found = self._source.get(set(named.values()))
        except SealBroken:
            found, broken = self._get_singly(named)
        known = found.keys() | broken
        return found, {index: one for index, one in named.items() if one not in known}

    def _get_singly(self, named: Mapping[int, str]) -> tuple[dict[str, AccountKey], set[str]]:
        found: dict[str, AccountKey] = {}
        broken: set[str] = set()
        for index, account_id in named.items():
            if account_id in found or account_id in broken:
                continue
            try:
                found |= self._source.get([account_id])
            except SealBroken:
                broken.add(account_id)
                problem = f"the key of {account_id} does not unwrap"
                self._findings.add("account_key", index, problem)
        return found, broken
