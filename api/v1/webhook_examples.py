"""Examples of what institutions say of webhooks, and of each message as it is posted to them."""

from collections.abc import Mapping

import orjson

from api.v1.examples import examples_of
from creditbank.webhooks.message import TEST, Told, body_of
from creditbank.writer.outbox import MessageKind

_ID = "0192f0a1b2c37000a1b2c3d4e5f60718"
_ORIGIN = "https://bank.example"
_AT = 1_788_220_800

WEBHOOK = examples_of(
    records_system=(
        "教务系统接收待入册学分与批次结果 A records system that enters credit and hands files in",
        {
            "url": "https://sis.school.example/creditbank",
            "types": ["credit.to_enter", "credit.reversed", "batch.ended"],
        },
    )
)
ROTATION = examples_of(
    overlapping=("旧密钥再用一天 The former secret signs for one day more", {"former_hours": 24}),
    leaked=("密钥泄露，旧密钥立即失效 It leaked: the former ends at once", {"former_hours": 0}),
)
END = examples_of(moved=("系统停用 The system is given up", {"reason": "教务系统停用"}))
AGAIN = examples_of(
    given_up=("重新推送全部未送达的 Everything that was given up", {}),
    one=("重新推送一条 One of them", {"delivery": _ID}),
)

_FACTS: Mapping[str, Mapping[str, str | int]] = {
    MessageKind.BATCH_ENDED: {
        "state": "recorded",
        "accepted": 29_988,
        "held": 2,
        "duplicate": 0,
        "not_awarded": 10,
        "rejected": 2,
    },
    MessageKind.HELD_DECIDED: {"state": "attached", "outcome": _ID},
    MessageKind.MATTER_RECEIVED: {"kind": "dispute", "state": "open"},
    MessageKind.MATTER_ENDED: {"kind": "dispute", "state": "corrected"},
    MessageKind.FILING_RECEIVED: {"state": "open"},
    MessageKind.FILING_ENDED: {"state": "recognised"},
    MessageKind.OUTCOME_TAKEN_BACK: {"status": "revoked"},
}

MEANINGS: Mapping[str, tuple[str, str]] = {
    MessageKind.CREDIT_TO_ENTER: (
        "待入册",
        "Credit counts in an enrolment and waits to be entered.",
    ),
    MessageKind.CREDIT_REVERSED: ("已入册的学分被撤销", "Credit that was entered is taken back."),
    MessageKind.BATCH_ENDED: ("批次处理完毕", "A file of results is recorded, or was refused."),
    MessageKind.HELD_DECIDED: ("待核成果已处理", "A held result was attached, or refused."),
    MessageKind.MATTER_RECEIVED: ("事项待办", "A matter waits for the institution."),
    MessageKind.MATTER_ENDED: ("事项办结", "A matter has come to its end."),
    MessageKind.FILING_RECEIVED: ("申请待办", "A filing waits for the institution's staff."),
    MessageKind.FILING_ENDED: ("申请办结", "A filing has come to its end."),
    MessageKind.OUTCOME_SUSPENDED: ("成果被冻结", "An outcome was suspended by somebody above."),
    MessageKind.OUTCOME_LIFTED: ("成果解除冻结", "A suspension from above was lifted."),
    MessageKind.OUTCOME_TAKEN_BACK: ("成果被撤回", "An outcome was taken back from above."),
    TEST: ("测试消息", "A test message that the institution asked for."),
}
"""What each kind of message tells, in both languages."""


def posted(kind: str) -> object:
    """Give a message of a kind as it is posted."""
    told = Told(
        kind=kind,
        institution_id="inst-a1b2c3d4",
        subject_id=_ID,
        facts=_FACTS.get(kind, {}),
        at=_AT,
    )
    return orjson.loads(body_of(told, _ORIGIN))
