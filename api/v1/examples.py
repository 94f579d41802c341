"""Example bodies of requests, in both languages, as the API's description prints them."""

from collections.abc import Mapping

from fastapi.openapi.models import Example

Examples = dict[str, Example]


def examples_of(**bodies: tuple[str, Mapping[str, object]]) -> Examples:
    """Give examples by name, each with its summary in both languages and its body."""
    return {
        name: Example(summary=summary, value=dict(body)) for name, (summary, body) in bodies.items()
    }


OUTCOME = examples_of(
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

CORRECTION = examples_of(
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

REVOCATION = examples_of(
    void=("作废（录错） Taken back as a clerk's error", {"status": "void", "reason": "录错人"}),
    revoked=("撤销 Revoked for misconduct", {"status": "revoked", "reason": "考试违纪"}),
)

ATTACHMENT = examples_of(
    number=("按账户号归户 Attached by account number", {"account": "1234567890123452"}),
)

HOLD_REFUSAL = examples_of(
    unknown=("无法确认归属 Nobody can say whose it is", {"reason": "not-identifiable"}),
)

REASSIGNMENT = examples_of(
    number=(
        "归错人 It was attached to the wrong person",
        {"account": "1234567890123452", "reason": "同名误归"},
    ),
)

BATCH_DISCARD = examples_of(
    other_year=("退回：文件有误 Not this file", {"reason": "上传了去年的文件"}),
)
BATCH_WITHDRAWAL = examples_of(
    wrong_file=("整批撤回 Withdraw a wrong file", {"status": "void", "reason": "上传了错误的文件"}),
)
MEASURE_CHOICE = examples_of(
    sitting=("作废一个考次 A void sitting", {"act": "void", "offering": "2025-06-A"}),
    key=(
        "密钥泄露之后 After a key was compromised",
        {
            "act": "suspended",
            "posted_with": "0123456789abcdef0123456789abcdef",
            "since": "2026-03-10T00:00:00+08:00",
        },
    ),
)
MEASURE = examples_of(
    sitting=(
        "作废一个考次 A void sitting",
        {"act": "void", "offering": "2025-06-A", "reason": "考场管理失误，考次作废"},
    ),
    list=(
        "逐项列出 A list",
        {
            "act": "suspended",
            "outcomes": ["0123456789abcdef0123456789abcdef"],
            "reason": "密钥泄露，复核中",
        },
    ),
)
REVIEW_ANSWER = examples_of(
    answer=("答复 An answer", {"text": "更正后的成绩正在申请复核"}),
)
OUTSIDE_USE = examples_of(
    elsewhere=(
        "已在其他学分银行使用 Counted at another bank",
        {
            "outcome": "0192f0a1b2c37000a1b2c3d4e5f60718",
            "where": "示例省学分银行，已转换为选修学分",
        },
    )
)

OUTSIDE_USE_WITHDRAWAL = examples_of(
    withdrawn=("该处并未使用 It did not count there", {"text": "对方学分银行来函，未予转换"})
)

REVERSAL = examples_of(
    upheld=(
        "申诉成立 An appeal was upheld",
        {"cause": "appeal", "text": "目标课程有误，应认定为另一门课程"},
    ),
    error=("办理有误 An error of the bank", {"cause": "error", "text": "录入时选错了规则"}),
)

REVIEW_DECISION = examples_of(
    back=("收回 Taken back", {"decision": "taken_back", "text": "更正后的成绩未达到规则要求"}),
)
BATCH_PRACTICE = examples_of(two=("两人办理 Two persons", {"two_persons": True}))


CANCELLATION = examples_of(holder=("本人注销 Given up by its holder", {"reason": "本人不再需要"}))

SUSPENSION = examples_of(
    review=(
        "冻结或解除冻结 Put under review, or the review is over",
        {"reason": "收到异议，正在复核"},
    )
)

EXTENSION = examples_of(
    annual=("年审 Extended by a year", {"valid_until": "2028-06-29", "reason": "年审合格"})
)

HOLDING = examples_of(
    day=(
        "某日是否持有 Whether it was held on a day",
        {"learner": "20230003", "definition": "FFF", "on": "2024-06-30"},
    )
)


PASS = examples_of(
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

CONVERSION = examples_of(
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

VERIFICATION = examples_of(
    link=(
        "扫码得到的链接 The link of a QR code",
        {"document": "https://bank.example/V/ABCDEFGHJKLMNPQRSTUVWXYZ23"},
    ),
    typed=("手工输入的字符 A code as typed", {"document": "abcd efgh jklm npqr stuv wxyz 23"}),
)

VERIFICATION_BATCH = examples_of(
    mixed=(
        "多人出示的内容 What several holders showed",
        {
            "documents": [
                "https://bank.example/V/ABCDEFGHJKLMNPQRSTUVWXYZ23",
                "abcd efgh jklm npqr stuv wxyz 23",
            ]
        },
    )
)

STAFF = examples_of(
    clerk=(
        "经办人 A clerk",
        {"name": "clerk-1", "institution": "inst-0123456789abcdef0123", "roles": ["clerk"]},
    )
)

ROLES = examples_of(two=("经办与复核 Clerk and checker", {"roles": ["clerk", "checker"]}))

CHANGE = examples_of(
    renamed=(
        "更名 A new name",
        {"act": "renamed", "since": "2012-06-21", "name": "开放大学", "name_en": "Open University"},
    ),
    closed=("撤销 Its last day", {"act": "closed", "since": "2025-08-31"}),
    suspended=(
        "暂停提交 It posts nothing",
        {
            "act": "suspended",
            "since": "2025-03-01",
            "reason": "成绩复核",
            "ask": "学分银行机构管理部",
        },
    ),
)

KEY = examples_of(named=("一个系统的密钥 For one program", {"name": "教务系统"}))

KEY_REVOCATION = examples_of(leaked=("泄露 It leaked", {"reason": "密钥泄露"}))

INSTITUTION = examples_of(
    provider=(
        "办学机构 A provider",
        {"kind": "provider", "name": "职业技能培训学校", "name_en": "Vocational Skills School"},
    )
)


XAPI_SOURCE = examples_of(
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

XAPI_STATEMENT = examples_of(
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
