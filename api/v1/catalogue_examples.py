"""Example bodies about the catalogue, in both languages."""

from api.v1.examples import examples_of

SUBMISSION = examples_of(
    submission=(
        "申请认证 Submit a definition to be certified",
        {"credits": "2", "valid_from": "2024-01-01", "valid_until": "2028-12-31"},
    )
)

SUCCESSORS = examples_of(
    replaced=(
        "课程更名 One definition replaces another",
        {
            "earlier": ["0192f0a1b2c37000a1b2c3d4e5f60718"],
            "later": ["0192f0a1b2c37000a1b2c3d4e5f60719"],
            "from_day": "2025-09-01",
        },
    )
)

VOTE = examples_of(
    approval=("同意 A vote for it", {"vote": "for"}),
    recusal=("回避 A recusal", {"vote": "recused"}),
)

MINUTES = examples_of(
    minutes=(
        "会议纪要 The minutes of the meeting",
        {"minutes": "经评议，课程目标、学时与考核方式符合标准，同意认证。"},
    )
)

WITHDRAWAL = examples_of(
    withdrawal=(
        "撤回认证 The certification ends",
        {"from_day": "2026-09-01", "reason": "课程停开"},
    )
)

TERMS = examples_of(
    terms=(
        "学期与考期 Terms and a sitting",
        {
            "terms": [
                {"name": "2024春", "first_day": "2024-02-26", "last_day": "2024-07-07"},
                {
                    "name": "2404",
                    "first_day": "2024-04-13",
                    "last_day": "2024-04-14",
                    "synonyms": ["自考 2404"],
                },
            ]
        },
    )
)

OFFERING = examples_of(
    offering=(
        "一次开班 An offering of a course",
        {
            "code": "2024春-01",
            "definition": "0192f0a1b2c37000a1b2c3d4e5f60718",
            "term": "2024春",
            "place": "第一教学楼",
            "first_day": "2024-03-04",
            "last_day": "2024-06-28",
        },
    )
)
