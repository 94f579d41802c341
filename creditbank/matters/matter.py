"""What a matter is, and how it goes from step to step. Pure.

The clock counts working days from receipt; while a matter is returned for completion 退回补正 it
stands still.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from creditbank.conversion.working_days import WorkingDays
from creditbank.errors import Refusal


class MatterKind(StrEnum):
    """What is asked."""

    DEPOSIT = "deposit"  # 成果存储: kept as she declares it; nobody is asked anything
    CERTIFICATION = "certification"  # 申请认证: that a deposit be attested
    MISSING_RESULT = "missing_result"  # 缺漏申报: that a result be posted
    DISPUTE = "dispute"  # 记录异议: that an outcome be corrected
    CONVERSION_APPEAL = "conversion_appeal"  # 转换申诉: that what a rule decided alone be reversed


class MatterState(StrEnum):
    """Where a matter is."""

    STORED = "stored"  # 已存储
    OPEN = "open"  # 办理中
    RETURNED = "returned"  # 退回补正
    ATTESTED = "attested"  # 已认证
    CORRECTED = "corrected"  # 已更正
    UPHELD = "upheld"  # 申诉成立
    REFUSED = "refused"  # 不予认证, 不予更正, 申诉不成立
    WITHDRAWN = "withdrawn"  # 已撤回: by its citizen


class StepKind(StrEnum):
    """What was done."""

    FILED = "filed"
    RETURNED = "returned"
    ANSWERED = "answered"
    ATTESTED = "attested"
    CORRECTED = "corrected"
    UPHELD = "upheld"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RefusalCode(StrEnum):
    """Why a matter is refused; none of these words accuses."""

    NOT_FOUND_IN_RECORDS = "not-found-in-records"  # 查无记录
    EVIDENCE_INSUFFICIENT = "evidence-insufficient"  # 证明材料不足
    OUTSIDE_OUR_SCOPE = "outside-our-scope"  # 不属本机构受理范围
    RECORDED_ALREADY = "recorded-already"  # 已入账
    RECORD_CONFIRMED = "record-confirmed"  # 经核对，记录无误
    DECISION_CONFIRMED = "decision-confirmed"  # 经复核，决定无误


_OF_ALL = (RefusalCode.EVIDENCE_INSUFFICIENT, RefusalCode.OUTSIDE_OUR_SCOPE)
_OF_RESULTS = (RefusalCode.NOT_FOUND_IN_RECORDS, *_OF_ALL, RefusalCode.RECORDED_ALREADY)

REFUSALS: Mapping[MatterKind, tuple[RefusalCode, ...]] = MappingProxyType(
    {
        MatterKind.CERTIFICATION: _OF_RESULTS,
        MatterKind.MISSING_RESULT: _OF_RESULTS,
        MatterKind.DISPUTE: (RefusalCode.RECORD_CONFIRMED, *_OF_ALL),
        MatterKind.CONVERSION_APPEAL: (RefusalCode.DECISION_CONFIRMED, *_OF_ALL),
    }
)
"""For which reasons a matter of each kind is refused."""

GRANTED_BY: Mapping[MatterKind, StepKind] = MappingProxyType(
    {
        MatterKind.DEPOSIT: StepKind.ATTESTED,
        MatterKind.CERTIFICATION: StepKind.ATTESTED,
        MatterKind.MISSING_RESULT: StepKind.ATTESTED,
        MatterKind.DISPUTE: StepKind.CORRECTED,
        MatterKind.CONVERSION_APPEAL: StepKind.UPHELD,
    }
)
"""The step that grants what a matter of each kind asks for."""

WORKING_DAYS: Mapping[MatterKind, int] = MappingProxyType(
    {
        MatterKind.CERTIFICATION: 20,
        MatterKind.MISSING_RESULT: 10,
        MatterKind.DISPUTE: 10,
        MatterKind.CONVERSION_APPEAL: 15,
    }
)
"""Within how many working days from receipt a matter is decided."""

_MOVES: Mapping[tuple[MatterState, StepKind], MatterState] = MappingProxyType(
    {
        (MatterState.OPEN, StepKind.RETURNED): MatterState.RETURNED,
        (MatterState.OPEN, StepKind.ATTESTED): MatterState.ATTESTED,
        (MatterState.OPEN, StepKind.CORRECTED): MatterState.CORRECTED,
        (MatterState.OPEN, StepKind.UPHELD): MatterState.UPHELD,
        (MatterState.OPEN, StepKind.REFUSED): MatterState.REFUSED,
        (MatterState.RETURNED, StepKind.ANSWERED): MatterState.OPEN,
        (MatterState.OPEN, StepKind.WITHDRAWN): MatterState.WITHDRAWN,
        (MatterState.RETURNED, StepKind.WITHDRAWN): MatterState.WITHDRAWN,
        (MatterState.STORED, StepKind.ATTESTED): MatterState.ATTESTED,
    }
)
"""From which state which step leads where; every other step is refused."""

UNDECIDED = (MatterState.OPEN, MatterState.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a matter is, and how its clock stands: a last day, or the days left when stopped."""

    state: MatterState
    due_on: date | None
    days_left: int | None

    def after(self, step: StepKind, today: date, calendar: WorkingDays) -> "Progress":
        """Give where a step leads; raises `Refusal("matter-not-open")` for one that leads nowhere.

        A matter that is returned late has no day left: it is due the day it comes back.
        """
        state = _MOVES.get((self.state, step))
        if state is None:
            raise Refusal("matter-not-open", state=self.state.value)
        if state is MatterState.RETURNED and self.due_on is not None:
            left = calendar.count(today, self.due_on)
            return Progress(state=state, due_on=None, days_left=left)
        if state is MatterState.OPEN:
            due_on = calendar.after(today, self.days_left or 0)
            return Progress(state=state, due_on=due_on, days_left=None)
        return replace(self, state=state)

    def is_late(self, today: date) -> bool:
        """Say whether its last day is over and nobody has decided."""
        return self.state is MatterState.OPEN and self.due_on is not None and self.due_on < today


def require_fitting(kind: MatterKind, step: StepKind) -> None:
    """Refuse a step that grants what a matter of this kind does not ask for.

    Raises `Refusal("matter-of-another-kind")`.
    """
    granted_by = GRANTED_BY[kind]
    if step in GRANTED_BY.values() and step is not granted_by:
        raise Refusal("matter-of-another-kind", decision=granted_by.value)


def begun(kind: MatterKind, received_on: date, calendar: WorkingDays) -> Progress:
    """Give where a new matter is: a deposit is stored at once, the others wait for a decision."""
    days = WORKING_DAYS.get(kind)
    if days is None:
        return Progress(state=MatterState.STORED, due_on=None, days_left=None)
    return Progress(
        state=MatterState.OPEN, due_on=calendar.after(received_on, days), days_left=None
    )
