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
TRANSCRIPT = examples_of(
    chosen=(
        "选定的两项凭证 Two credentials that were chosen",
        {
            "credentials": [
                "018c5f0e6b3a4d2f9e7c1a5b8d0f4e64",
                "018c5f0e6b3a4d2f9e7c1a5b8d0f4e65",
            ]
        },
    ),
)

_UNSIGNED = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    "credentialSubject": {"id": "urn:uuid:5f1c2e2a-3a3e-4d1b-9b51-0c6f0f6f2a77"},
}
ISSUE = examples_of(
    unsigned=("待签凭证 A credential to be signed", {"credential": _UNSIGNED}),
)
VERIFY = examples_of(
    credential=("凭证 A credential", {"verifiableCredential": _UNSIGNED}),
)
PRESENTATION = examples_of(
    empty=(
        "空的出示 An empty presentation",
        {
            "verifiablePresentation": {
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": ["VerifiablePresentation"],
            }
        },
    ),
)

TRUSTED_ISSUERS = examples_of(
    two=(
        "信任两家签发方 Two issuers",
        {
            "issuers": [
                {"did": "did:web:issuer.example", "name": "示例大学"},
                {"did": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"},
            ]
        },
    ),
    none=("不信任任何外部签发方 Nobody", {"issuers": []}),
)
