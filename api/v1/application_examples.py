"""Examples of what schools and citizens say of applications 计入."""

from api.v1.examples import examples_of

ACCEPTANCE = examples_of(
    offer=(
        "接受可计入的学分 An offer that is accepted",
        {
            "conversion": "0192f0a1b2c37000a1b2c3d4e5f60718",
            "enrolment": "00112233445566778899aabbccddeeff",
        },
    )
)

ENTRY = examples_of(
    entered=("已入册 Entered", {"verdict": "entered", "on": "2026-03-02"}),
    declined=(
        "不予入册 Not entered",
        {
            "verdict": "declined",
            "on": "2026-03-02",
            "reason": "already-passed",
            "text": "该课程已修读合格",
        },
    ),
)

ACKNOWLEDGEMENT = examples_of(
    read=(
        "已收到至此 Everything up to here has arrived",
        {"up_to": "000000000000042-0192f0a1b2c37000a1b2c3d4e5f60718"},
    )
)
