"""Example bodies of filings, in both languages."""

from api.v1.examples import examples_of

FILING = examples_of(
    certificate=(
        "提请审定 A request that persons decide",
        {
            "rule": "certificate-courses",
            "outcomes": ["0192f0a1b2c37000a1b2c3d4e5f60718"],
            "targets": ["DG-101"],
            "text": "成绩为等级制，请予审定",
        },
    )
)

FILING_DECISION = examples_of(
    passed=(
        "通过本步骤，并写明所查事实 Passed, with what was found",
        {
            "decision": "passed",
            "text": "经查，该等级相当于 75 分以上",
            "findings": [
                {
                    "outcome": "0192f0a1b2c37000a1b2c3d4e5f60718",
                    "code": "grade-scale-not-listed",
                    "met": True,
                }
            ],
        },
    ),
    returned=("退回补正 Returned", {"decision": "returned", "text": "请补交成绩单"}),
    refused=(
        "不予认定 Refused",
        {"decision": "refused", "code": "content-differs", "text": "课程内容不足三分之二相符"},
    ),
)

WORDS = examples_of(said=("文字说明 What is said, in words", {"text": "补交成绩单，请继续办理"}))
