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

ATTACHMENT = _examples(
    number=("按账户号归户 Attached by account number", {"account": "1234567890123452"}),
)

HOLD_REFUSAL = _examples(
    unknown=("无法确认归属 Nobody can say whose it is", {"reason": "not-identifiable"}),
)

REASSIGNMENT = _examples(
    number=(
        "归错人 It was attached to the wrong person",
        {"account": "1234567890123452", "reason": "同名误归"},
    ),
)

SEEN_DOCUMENT = _examples(
    card=(
        "柜面见到身份证原件 An identity card seen at the counter",
        {
            "type": "identity_card",
            "number": "990101189901010015",
            "name": "示例学习者",
            "checked": "original_seen",
        },
    ),
)

COUNTER_CLAIM = _examples(
    passport=(
        "凭护照柜面认领 Claimed at the counter with a passport",
        {
            "type": "passport",
            "country": "FRA",
            "number": "12AB34567",
            "name": "示例学习者",
            "checked": "original_seen",
            "password": "一个足够长的密码",
        },
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

STATE_CHANGE = _examples(
    freeze=("冻结账户 Freeze an account", {"act": "freeze", "reason": "身份核对中"}),
    death=(
        "登记死亡 Record a death",
        {"act": "record-death", "reason": "家属出示死亡证明", "died_on": "2026-02-13"},
    ),
)

CONTACT = _examples(
    phone=(
        "电话（可与家人共用） A phone, shared or not",
        {"kind": "phone", "contact": "021 5550 0100"},
    ),
    email=("电子邮箱 An address", {"kind": "email", "contact": "learner@example.org"}),
)

CONTACT_CHECK = _examples(called=("去电核对 She was called", {"how": "called"}))

MERGE = _examples(
    two=(
        "同一人的两个账户 Two accounts of one person",
        {"into": "0123456789012340", "reason": "同一人重复开户，证件已核对"},
    )
)

PART = _examples(wrong=("合并有误 They are two persons", {"reason": "经核实为两人"}))

RECOVERY = _examples(seen=("当面核对证件 A document was seen", {"document": "居民身份证"}))

PASSWORD_RESET = _examples(
    code=(
        "凭找回码设置新密码 A new password by the code on paper",
        {
            "account_number": "0123456789012340",
            "code": "ABCD-EFGH-JKLM-NPQR",
            "password": "a new long password",
        },
    )
)

SERVICE_POINT = _examples(
    point=(
        "指定服务网点 A service point",
        {"institution": "inst-9c41e0a1b2c3d4e5f607", "from": "2026-03-01"},
    )
)

DELEGATION = _examples(
    helper=(
        "家人代办 A helper from the family",
        {"kind": "helper", "delegate": "0123456789012340", "acts": ["read"], "until": "2027-12-31"},
    )
)

COUNTER_DELEGATION = _examples(
    visit=("本人到柜面办理 A visit at the counter", {"kind": "counter"}),
    guardian=("监护人 A guardian", {"kind": "guardian", "delegate": "0123456789012340"}),
)

CONSENT = _examples(
    contact=(
        "同意被联系 To being contacted",
        {
            "purpose": "contact",
            "text_sha256": "0f343b0931126a20f133d67c2b018a3b5b2f8e0b2a3a4f1d0e9c8b7a69584736",
        },
    )
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

STAFF = _examples(
    clerk=(
        "经办人 A clerk",
        {"name": "clerk-1", "institution": "inst-0123456789abcdef0123", "roles": ["clerk"]},
    )
)

ROLES = _examples(two=("经办与复核 Clerk and checker", {"roles": ["clerk", "checker"]}))

CHANGE = _examples(
    renamed=(
        "更名 A new name",
        {"act": "renamed", "since": "2012-06-21", "name": "开放大学", "name_en": "Open University"},
    ),
    closed=("撤销 Its last day", {"act": "closed", "since": "2025-08-31"}),
)

INSTITUTION = _examples(
    provider=(
        "办学机构 A provider",
        {"kind": "provider", "name": "职业技能培训学校", "name_en": "Vocational Skills School"},
    )
)

SUBMISSION = _examples(
    submission=(
        "申请认证 Submit a definition to be certified",
        {"credits": "2", "valid_from": "2024-01-01", "valid_until": "2028-12-31"},
    )
)

SUCCESSORS = _examples(
    replaced=(
        "课程更名 One definition replaces another",
        {
            "earlier": ["0192f0a1b2c37000a1b2c3d4e5f60718"],
            "later": ["0192f0a1b2c37000a1b2c3d4e5f60719"],
            "from_day": "2025-09-01",
        },
    )
)

VOTE = _examples(
    approval=("同意 A vote for it", {"vote": "for"}),
    recusal=("回避 A recusal", {"vote": "recused"}),
)

MINUTES = _examples(
    minutes=(
        "会议纪要 The minutes of the meeting",
        {"minutes": "经评议，课程目标、学时与考核方式符合标准，同意认证。"},
    )
)

WITHDRAWAL = _examples(
    withdrawal=(
        "撤回认证 The certification ends",
        {"from_day": "2026-09-01", "reason": "课程停开"},
    )
)

TERMS = _examples(
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

OFFERING = _examples(
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
