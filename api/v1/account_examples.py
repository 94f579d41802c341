"""Example bodies about accounts and whose they are, in both languages."""

from api.v1.examples import examples_of

SEEN_DOCUMENT = examples_of(
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

COUNTER_CLAIM = examples_of(
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

ACCOUNT = examples_of(
    institution=(
        "机构为学习者开户 An institution opens an account for its learner",
        {"learner_number": "20230009", "name": "示例学习者", "birth_year": 1958},
    ),
    citizen=(
        "本人开户 A citizen opens her own",
        {"name": "示例学习者", "birth_year": 1958, "password": "一个足够长的密码"},
    ),
)

STATE_CHANGE = examples_of(
    freeze=("冻结账户 Freeze an account", {"act": "freeze", "reason": "身份核对中"}),
    death=(
        "登记死亡 Record a death",
        {"act": "record-death", "reason": "家属出示死亡证明", "died_on": "2026-02-13"},
    ),
)

CONTACT = examples_of(
    phone=(
        "电话（可与家人共用） A phone, shared or not",
        {"kind": "phone", "contact": "021 5550 0100"},
    ),
    email=("电子邮箱 An address", {"kind": "email", "contact": "learner@example.org"}),
)

CONTACT_CHECK = examples_of(called=("去电核对 She was called", {"how": "called"}))

CONTACT_CODE = examples_of(typed=("填写验证码 The code as typed", {"code": "7KQM-3XPA"}))

SERVICE_POINT = examples_of(
    point=(
        "指定服务网点 A service point",
        {"institution": "inst-9c41e0a1b2c3d4e5f607", "from": "2026-03-01"},
    )
)

DELEGATION = examples_of(
    helper=(
        "家人代办 A helper from the family",
        {"kind": "helper", "delegate": "0123456789012340", "acts": ["read"], "until": "2027-12-31"},
    )
)

COUNTER_DELEGATION = examples_of(
    visit=("本人到柜面办理 A visit at the counter", {"kind": "counter"}),
    guardian=("监护人 A guardian", {"kind": "guardian", "delegate": "0123456789012340"}),
)

CONSENT = examples_of(
    contact=(
        "同意被联系 To being contacted",
        {
            "purpose": "contact",
            "text_sha256": "0f343b0931126a20f133d67c2b018a3b5b2f8e0b2a3a4f1d0e9c8b7a69584736",
        },
    )
)

CLAIM = examples_of(
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

MERGE = examples_of(
    two=(
        "同一人的两个账户 Two accounts of one person",
        {"into": "0123456789012340", "reason": "同一人重复开户，证件已核对"},
    )
)

PART = examples_of(wrong=("合并有误 They are two persons", {"reason": "经核实为两人"}))

RECOVERY = examples_of(seen=("当面核对证件 A document was seen", {"document": "居民身份证"}))

PASSWORD_RESET = examples_of(
    code=(
        "凭找回码设置新密码 A new password by the code on paper",
        {
            "account_number": "0123456789012340",
            "code": "ABCD-EFGH-JKLM-NPQR",
            "password": "a new long password",
        },
    )
)

PASSWORD_CHANGE = examples_of(
    other=(
        "修改密码 Another password",
        {"old_password": "a long password", "password": "a new long password"},
    )
)

FORMER_NAME = examples_of(
    before=(
        "婚前姓名 The name before a marriage",
        {"name": "示例曾用名", "until": "2008-05-01"},
    )
)

NAME_DECISION = examples_of(
    confirmed=("已核实 Confirmed", {"confirmed": True, "seen": "户口簿曾用名栏"})
)
