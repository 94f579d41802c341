"""Example bodies of requests, in both languages, as the API's description prints them."""

from collections.abc import Mapping

from fastapi.openapi.models import Example

Examples = dict[str, Example]


def _examples(**bodies: tuple[str, Mapping[str, object]]) -> Examples:
    return {
        name: Example(summary=summary, value=dict(body)) for name, (summary, body) in bodies.items()
    }


OUTCOME = _examples(
    course=(
        "课程成绩 The result of a course",
        {
            "learner": "20230001",
            "course": "BBB",
            "term": "2014B",
            "result": "Pass",
            "grade": "81.5",
            "grade_scale": "percent",
            "credits": "30",
            "awarded_on": "2014-09-23",
        },
    ),
    learner=(
        "按姓名开户，日期只到月 An account opened with a name; only the month is known",
        {
            "learner": {"learner_number": "20230002", "name": "示例学习者", "birth_year": 1958},
            "course": "DDD",
            "term": "2014春",
            "result": "合格",
            "hours": "600",
            "awarded_on": "2014-09",
        },
    ),
    certificate=(
        "证书 A certificate, without any amount",
        {
            "learner": "20230003",
            "course": "FFF",
            "term": "2014",
            "result": "合格",
            "awarded_on": "2014",
            "certificate": {"series": "电工", "number": "示例-0001", "level": "三级/高级工"},
        },
    ),
)

CORRECTION = _examples(
    grade=(
        "成绩录入错误 A grade was typed wrongly",
        {
            "course": "BBB",
            "term": "2014B",
            "result": "Pass",
            "grade": "92",
            "grade_scale": "percent",
            "credits": "30",
            "awarded_on": "2014-09-23",
            "reason": "成绩录入错误",
        },
    )
)

REVOCATION = _examples(
    void=("作废（录错） Taken back as a clerk's error", {"status": "void", "reason": "录错人"}),
    revoked=("撤销 Revoked for misconduct", {"status": "revoked", "reason": "考试违纪"}),
)

CANCELLATION = _examples(holder=("本人注销 Given up by its holder", {"reason": "本人不再需要"}))

SUSPENSION = _examples(
    review=(
        "冻结或解除冻结 Put under review, or the review is over",
        {"reason": "收到异议，正在复核"},
    )
)

EXTENSION = _examples(
    annual=("年审 Extended by a year", {"valid_until": "2028-06-29", "reason": "年审合格"})
)

HOLDING = _examples(
    day=(
        "某日是否持有 Whether it was held on a day",
        {"learner": "20230003", "definition": "FFF", "on": "2024-06-30"},
    )
)

BACK_ENTRY = _examples(
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

BACK_ENTRY_CHECK = _examples(
    recorded=("核对无误，入账 Checked and recorded", {}),
    refused=("不予入账 Refused", {"refused_because": "档案中无此人"}),
)

DEPOSIT = _examples(
    course=(
        "存入自己的学习成果 An outcome as she declares it",
        {
            "title": "社区摄影班结业",
            "awarding_body": "示例社区学校",
            "awarded_on": "2023-06",
            "class_hours": "32",
            "evidence": "结业证书照片，已上传",
        },
    )
)

MATTER = _examples(
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
)

MATTER_ANSWER = _examples(completed=("补正 What was missing", {"text": "已补充证书背面照片"}))

MATTER_DECISION = _examples(
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
    returned=("退回补正 Returned", {"decision": "returned", "text": "请补充证书背面"}),
    refused=(
        "不予认证 Refused",
        {"decision": "refused", "text": "查无记录", "code": "not-found-in-records"},
    ),
)

ACCOUNT = _examples(
    institution=(
        "机构为学习者开户 An institution opens an account for its learner",
        {"learner_number": "20230009", "name": "示例学习者", "birth_year": 1958},
    ),
    citizen=(
        "本人开户 A citizen opens her own",
        {"name": "示例学习者", "birth_year": 1958, "password": "一个足够长的密码"},
    ),
)

CLAIM = _examples(
    claim=(
        "认领账户 Claim an account",
        {
            "code": "ABCD-EFGH-JKLM-NPQR",
            "name": "示例学习者",
            "birth_year": 1958,
            "password": "一个足够长的密码",
        },
    )
)

PASS = _examples(
    chosen=(
        "求职，只显示学分与日期 For an application, with credits and dates only",
        {
            "outcomes": ["0192f0a1b2c37000a1b2c3d4e5f60718"],
            "expires_at": "2027-01-01T00:00:00+08:00",
            "shown": ["credits", "awarded_on"],
            "purpose": "求职",
        },
    )
)

CONVERSION = _examples(
    certificate=(
        "证书认定课程学分 A certificate for a course",
        {
            "rule": "certificate-courses",
            "outcomes": ["0192f0a1b2c37000a1b2c3d4e5f60718"],
            "targets": ["DG-101"],
        },
    ),
    hours=(
        "学时折算学分 Class hours for elective credit",
        {"rule": "class-hours", "outcomes": ["0192f0a1b2c37000a1b2c3d4e5f60718"]},
    ),
)

VERIFICATION = _examples(
    link=(
        "扫码得到的链接 The link of a QR code",
        {"document": "https://bank.example/V/ABCDEFGHJKLMNPQRSTUVWXYZ23"},
    ),
    typed=("手工输入的字符 A code as typed", {"document": "abcd efgh jklm npqr stuv wxyz 23"}),
)

INSTITUTION = _examples(
    provider=(
        "办学机构 A provider",
        {"kind": "provider", "name": "职业技能培训学校", "name_en": "Vocational Skills School"},
    )
)

XAPI_SOURCE = _examples(
    moodle=(
        "一个 Moodle 站点 One Moodle site",
        {
            "format": "creditbank/xapi-source/v1",
            "home_page": "https://moodle.example.edu",
            "activities": {"https://moodle.example.edu/course/view.php?id=7": "BBB"},
            "terms": [{"term": "2024春", "first_day": "2024-02-01", "last_day": "2024-07-31"}],
            "result": "合格",
        },
    ),
)

XAPI_STATEMENT = _examples(
    completed=(
        "Moodle 课程完成 A course completed in Moodle",
        {
            "id": "6f1a9a52-1f0e-4d38-9c0b-6d1f7d9b7c11",
            "actor": {"account": {"homePage": "https://moodle.example.edu", "name": "20230001"}},
            "verb": {"id": "http://id.tincanapi.com/verb/completed"},
            "object": {"id": "https://moodle.example.edu/course/view.php?id=7"},
            "timestamp": "2024-06-30T09:00:00+08:00",
        },
    ),
    voided=(
        "作废一条陈述 A statement is voided",
        {
            "id": "6f1a9a52-1f0e-4d38-9c0b-6d1f7d9b7c12",
            "actor": {"account": {"homePage": "https://moodle.example.edu", "name": "admin"}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
            "object": {
                "objectType": "StatementRef",
                "id": "6f1a9a52-1f0e-4d38-9c0b-6d1f7d9b7c11",
            },
        },
    ),
)
