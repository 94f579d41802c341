"""Example bodies of back-entries and of matters, in both languages."""

from api.v1.examples import examples_of

BACK_ENTRY = examples_of(
    closed_school=(
        "已停办学校的毕业证，只知年份 A certificate of a closed school, of which the year is known",
        {
            "learner": {"learner_number": "A-1998-17", "name": "示例学习者", "birth_year": 1958},
            "course": "FFF",
            "course_version": "1",
            "term": "1998",
            "result": "毕业",
            "awarded_on": "1998",
            "certificate": {"series": "中专毕业证书", "number": "示例-98017"},
            "awarded_by": [{"name": "原县农业机械化学校", "role": "certifying"}],
            "archive_reference": "示例-1998-031",
        },
    )
)

BACK_ENTRY_CHECK = examples_of(
    recorded=("核对无误，入账 Checked and recorded", {}),
    refused=("不予入账 Refused", {"refused_because": "档案中无此人"}),
)

DEPOSIT = examples_of(
    course=(
        "存入自己的学习成果 An outcome as she declares it",
        {
            "title": "社区摄影班结业",
            "awarding_body": "示例社区学校",
            "awarded_on": "2023-06",
            "class_hours": "32",
            "evidence": ["0192f0a1b2c37000a1b2c3d4e5f60718"],
        },
    )
)

MATTER = examples_of(
    certification=(
        "申请认证 That a deposit be attested",
        {
            "kind": "certification",
            "institution": "inst-0192f0a1b2c37000a1b2",
            "deposit": "0192f0a1b2c37000a1b2c3d4e5f60718",
        },
    ),
    missing_result=(
        "缺漏申报 That a missing result be posted",
        {
            "kind": "missing_result",
            "institution": "inst-0192f0a1b2c37000a1b2",
            "course": "BBB",
            "term": "2014B",
            "text": "该课程成绩未在账户中显示",
        },
    ),
    dispute=(
        "记录异议 That an outcome be corrected",
        {
            "kind": "dispute",
            "outcome": "0192f0a1b2c37000a1b2c3d4e5f60719",
            "field": "class_hours",
            "should_be": "40",
            "text": "最后两次课未计入",
            "evidence": ["0192f0a1b2c37000a1b2c3d4e5f60718"],
        },
    ),
)

APPEAL = examples_of(
    appeal=(
        "申诉 That it be decided again by others",
        {"text": "课程内容一致，请重新审定", "evidence": ["0192f0a1b2c37000a1b2c3d4e5f60718"]},
    )
)

MATTER_ANSWER = examples_of(completed=("补正 What was missing", {"text": "已补充证书背面照片"}))

MATTER_DECISION = examples_of(
    attested=(
        "认证入账 Attested and recorded",
        {
            "decision": "attested",
            "text": "与原件核对一致",
            "result": {
                "course": "BBB",
                "term": "2014B",
                "result": "Pass",
                "credits": "30",
                "awarded_on": "2014-09-23",
                "assurance": "assessed",
            },
        },
    ),
    corrected=(
        "已更正（异议） The disputed outcome was corrected",
        {"decision": "corrected", "text": "学时录入有误，已更正"},
    ),
    upheld=(
        "申诉成立 The conversion was wrong and is reversed",
        {"decision": "upheld", "text": "所用成果不属该规则范围"},
    ),
    returned=("退回补正 Returned", {"decision": "returned", "text": "请补充证书背面"}),
    refused=(
        "不予认证 Refused",
        {"decision": "refused", "text": "查无记录", "code": "not-found-in-records"},
    ),
)
