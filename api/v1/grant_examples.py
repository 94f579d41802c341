"""Example bodies of standing grants, as the API's description prints them."""

from api.v1.examples import examples_of

GRANT = examples_of(
    licence=(
        "让用人单位复核一项职业证书 Let an employer check a licence again",
        {
            "employer": "inst-0192f0a1b2c3",
            "outcomes": ["0192f0a1b2c37000a1b2c3d4e5f60718"],
            "expires_at": "2028-12-31T00:00:00+08:00",
            "shown": ["awarded_on"],
            "purpose": "在职期间复核上岗证书",
            "show_name": True,
        },
    )
)
