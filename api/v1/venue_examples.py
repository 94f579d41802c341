"""Example bodies about venues and check-ins, in both languages."""

from api.v1.examples import examples_of

VENUE = examples_of(
    museum=(
        "博物馆：每次两学时，一天一次 A museum: 2 class hours a visit, one a day",
        {
            "course": "MUSEUM",
            "name": "市博物馆常设展",
            "from_day": "2026-03-01",
            "class_hours": "2",
            "visits_a_day": 1,
            "minutes_between": 60,
            "methods": ["live_code", "card", "roster"],
        },
    ),
    library=(
        "图书馆：每次 90 分钟，含自助机 A library: 90 minutes a visit, with a kiosk",
        {
            "course": "READING",
            "name": "社区图书馆",
            "from_day": "2026-03-01",
            "minutes": 90,
            "visits_a_day": 2,
            "minutes_between": 180,
            "methods": ["card", "kiosk", "live_code"],
        },
    ),
)

SHIFT = examples_of(
    morning=(
        "上午班 A morning at the east gate",
        {"place": "东门", "ends_at": "2026-03-07T12:00:00+08:00"},
    )
)

DEVICE = examples_of(
    desk=("志愿者手机 A volunteer's phone", {"kind": "desk", "label": "东门一号"}),
    kiosk=("自助机 A kiosk that nobody attends to", {"kind": "kiosk", "label": "大厅自助机"}),
)

PAIRING = examples_of(code=("配对码 The code that staff show", {"code": "7KQM-3XPA-RT6W"}))

ROSTER = examples_of(
    group=("参观团 A group that is expected", {"account_numbers": ["1234567890123456"]})
)

TICK = examples_of(
    now=("现在到场 She has come", {}),
    late=("事后补登 Written down at the gate", {"at": "2026-03-07T09:40:00+08:00"}),
)

SCAN = examples_of(
    live=(
        "动态码 A live code",
        {"scan": "7f1c0b52", "text": "HTTPS://BANK.EXAMPLE/K/ABCDEFGHJKLMNPQRSTUVWXYZ23"},
    ),
    late=(
        "离线扫的打卡证 A card that was scanned without a network",
        {
            "scan": "7f1c0b53",
            "text": "HTTPS://BANK.EXAMPLE/C/ABCDEFGHJKLMNPQRSTUVWXYZ23",
            "scanned_at": "2026-03-07T09:41:05+08:00",
        },
    ),
)

SCREEN = examples_of(
    screen=(
        "场馆屏幕上的码 The code on the venue's screen",
        {"text": "HTTPS://BANK.EXAMPLE/S/ABCDEFGHJKLMNPQRSTUVWXYZ23"},
    )
)
