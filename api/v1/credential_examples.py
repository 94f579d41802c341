"""Example bodies of requests for credentials, as the API's description prints them."""

from api.v1.examples import examples_of

CREDENTIAL = examples_of(
    outcome=(
        "一项学习成果的凭证 The credential of one outcome",
        {"outcome": "018c5f0e6b3a4d2f9e7c1a5b8d0f4e62", "show_name": True},
    ),
    application=(
        "已入册学分的凭证 The credential of credit that a school entered",
        {"application": "018c5f0e6b3a4d2f9e7c1a5b8d0f4e63"},
    ),
)
