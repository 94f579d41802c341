"""The life of a definition: draft, submitted, certified 已认证, withdrawn or expired. Pure.

Certifying says that a definition is sound. It is decided by the votes of experts 表决; a recusal
回避 counts as no vote. Whether a result's definition was certified is asked of the award date.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from creditbank.errors import Refusal


class DefinitionState(StrEnum):
    """How far a definition has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CERTIFIED = "certified"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Step(StrEnum):
    """What can be done with a definition."""

    SUBMIT = "submit"
    CERTIFY = "certify"
    RETURN = "return"
    WITHDRAW = "withdraw"


TRANSITIONS: Mapping[tuple[str, Step], DefinitionState] = MappingProxyType(
    {
        (DefinitionState.DRAFT, Step.SUBMIT): DefinitionState.SUBMITTED,
        (DefinitionState.SUBMITTED, Step.CERTIFY): DefinitionState.CERTIFIED,
        (DefinitionState.SUBMITTED, Step.RETURN): DefinitionState.DRAFT,
        (DefinitionState.CERTIFIED, Step.WITHDRAW): DefinitionState.WITHDRAWN,
        (DefinitionState.WITHDRAWN, Step.SUBMIT): DefinitionState.SUBMITTED,
        (DefinitionState.EXPIRED, Step.SUBMIT): DefinitionState.SUBMITTED,
    }
)


def state_after(state: str, step: Step) -> DefinitionState:
    """Give the state that a step leads to; raises `Refusal("definition-state")`."""
    following = TRANSITIONS.get((state, step))
    if following is None:
        raise Refusal("definition-state", state=str(state), step=step.value)
    return following


class Vote(StrEnum):
    """What an expert says; a recusal 回避 is no vote."""

    FOR = "for"
    AGAINST = "against"
    RECUSED = "recused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority:
    """The share of the votes for a definition that certifies it: above it, or from it on."""

    numerator: int
    denominator: int
    is_inclusive: bool

    @classmethod
    def parse(cls, text: str) -> "Majority":
        """Read `>1/2` or `>=2/3`; raises `ValueError`."""
        numerator, _, denominator = text.lstrip(">=").partition("/")
        return cls(
            numerator=int(numerator),
            denominator=int(denominator),
            is_inclusive=text.startswith(">="),
        )

    def is_reached(self, votes_for: int, votes: int) -> bool:
        """Say whether so many of these votes are enough; none at all never are."""
        reached, needed = votes_for * self.denominator, self.numerator * votes
        return votes > 0 and (reached > needed or (self.is_inclusive and reached == needed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One person's vote; `person` is the login used, `cast_at` in seconds since 1970."""

    person: str
    vote: str
    cast_at: int


def count_votes(ballots: Iterable[Ballot]) -> dict[str, int]:
    """Count the votes and recusals, by the values of `Vote`."""
    counts = {vote.value: 0 for vote in Vote}
    counts.update(Counter(ballot.vote for ballot in ballots))
    return counts


def is_carried(counts: Mapping[str, int], *, quorum: int, majority: Majority) -> bool:
    """Say whether a definition is certified; raises `Refusal("quorum-missing")`."""
    votes = counts[Vote.FOR] + counts[Vote.AGAINST]
    if votes < quorum:
        raise Refusal("quorum-missing", votes=votes, quorum=quorum)
    return majority.is_reached(counts[Vote.FOR], votes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """One submission of a definition to the institution that certifies, and what became of it.

    Days are YYYY-MM-DD; `valid_until` is the last day, `withdrawn_from` the first day without it.
    """

    id: str
    definition_id: str
    institution_id: str
    state: str
    credits: int | None
    level_framework: str | None
    level: int | None
    valid_from: str
    valid_until: str | None
    quorum: int
    majority: str
    submitted_by: str
    submitted_at: int
    decided_by: str | None = None
    decided_at: int | None = None
    minutes: str | None = None
    salt: bytes | None = None
    entry_index: int | None = None
    withdrawn_from: str | None = None
    withdrawn_by: str | None = None
    withdrawal_reason: str | None = None
    withdrawal_index: int | None = None

    def covers(self, day: date) -> bool:
        """Say whether the definition was certified by this on a day."""
        text = day.isoformat()
        return (
            self.entry_index is not None
            and self.valid_from <= text
            and (self.valid_until is None or text <= self.valid_until)
            and (self.withdrawn_from is None or text < self.withdrawn_from)
        )


def state_of(certifications: Sequence[Certification], today: date) -> DefinitionState:
    """Give a definition's state: that of its newest submission, expired after its last day."""
    if not certifications:
        return DefinitionState.DRAFT
    newest = max(certifications, key=lambda one: (one.submitted_at, one.id))
    has_ended = newest.valid_until is not None and newest.valid_until < today.isoformat()
    if newest.state == DefinitionState.CERTIFIED and has_ended:
        return DefinitionState.EXPIRED
    return DefinitionState(newest.state)


class Standing(StrEnum):
    """Whether a result's definition was certified when it was awarded."""

    CERTIFIED = "certified"  # 已认证
    UNCERTIFIED = "uncertified"  # 未认证
    UNCLEAR = "unclear"
    """Certified for a part of the days that an imprecise date may mean."""


def standing(
    certifications: Sequence[Certification], *, first_day: date, last_day: date
) -> Standing:
    """Say whether a definition was certified on the day of an award, as precise as it is known."""
    covering = {one.covers(day) for day in (first_day, last_day) for one in certifications} or {
        False
    }
    if not any(covering):
        return Standing.UNCERTIFIED
    on_both = all(any(one.covers(day) for one in certifications) for day in (first_day, last_day))
    return Standing.CERTIFIED if on_both else Standing.UNCLEAR
